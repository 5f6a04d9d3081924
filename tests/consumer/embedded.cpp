// The bus inside a program of somebody else's: no server, a journal in a folder, and a database of
// SQLite beside it.
//
//     embedded DIR        prints where the event was stored; each start stores one more
#include <iostream>

#include <stormglass/bus/engines/connection.hpp>
#include <stormglass/sagas/sqlite/database.hpp>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: embedded DIR\n";
        return 2;
    }
    const std::string folder = argv[1];
    stormglass::bus::ConnectOptions options;
    options.source = "shop";
    const auto shop = stormglass::bus::connect("file:" + folder, options);
    if (!shop.ok()) {
        std::cerr << shop.error().text << '\n';
        return 1;
    }
    stormglass::bus::EventBatch batch;
    stormglass::bus::Event event;
    event.topic = "orders";
    event.type = "shop.order-placed.v1";
    event.payload = "apples";
    batch.events.push_back(event);
    const stormglass::bus::Published done = (*shop)->publish(batch).get();
    if (!done.ok()) {
        std::cerr << name_of(done.status) << ": " << done.text << '\n';
        return 1;
    }
    std::cout << "stored at " << done.positions[0] << '\n';

    const auto database = stormglass::sagas::sqlite::Database::open(folder + "/orders.sqlite");
    if (!database.ok()) {
        std::cerr << database.error().text << '\n';
        return 1;
    }
    return 0;
}
