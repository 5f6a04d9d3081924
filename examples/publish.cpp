// Publishes events and waits until the bus has stored them.
//
//     publish URL [DATA]      URL: file:DIR, or stormglass://HOST:PORT with the server's DATA
#include <iostream>

#include "bus/engines/connection.hpp"

namespace bus = stormglass::bus;

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: publish URL [DATA]\n";
        return 2;
    }
    bus::ConnectOptions options;
    options.source = "example-publisher";
    options.data = argc > 2 ? argv[2] : "";
    const auto shop = bus::connect(argv[1], options);
    if (!shop.ok()) {
        std::cerr << shop.error().text << '\n';
        return 1;
    }

    // Two events in one batch: both are stored, or neither.
    bus::EventBatch batch;
    for (const std::string order : {"apples", "pears"}) {
        bus::Event event;
        event.topic = "orders";
        event.type = "shop.order-placed.v1";
        event.partition_key = order;  // events of one key stay in order
        event.payload = order;
        batch.events.push_back(event);
    }
    const bus::Published done = (*shop)->publish(batch).get();
    if (!done.ok()) {
        // `unknown` may take effect yet; everything else certainly has not.
        std::cerr << name_of(done.status) << ": " << done.text << '\n';
        return 1;
    }
    std::cout << "stored at " << done.positions[0] << " and " << done.positions[1] << '\n';
    return 0;
}
