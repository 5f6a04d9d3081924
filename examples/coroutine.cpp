// The same with coroutines: publishes three orders one after the other, then reads them back.
//
//     coroutine URL [DATA]
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "bus/engines/awaitable.hpp"

namespace bus = stormglass::bus;
namespace net = boost::asio;

namespace {

bus::Event order(int number) {
    bus::Event event;
    event.topic = "orders";
    event.type = "shop.order-placed.v1";
    event.payload = "order " + std::to_string(number);
    return event;
}

net::awaitable<void> shop(bus::Connection* connection, int* stored) {
    for (int number = 0; number < 3; ++number) {
        bus::Event event = order(number);
        const bus::Published done =
            co_await bus::async_publish(*connection, std::move(event), net::use_awaitable);
        std::cout << name_of(done.status) << '\n';
    }
    const auto orders = co_await bus::async_read(*connection, "orders", 0, net::use_awaitable);
    *stored = orders.ok() ? static_cast<int>(orders->size()) : 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: coroutine URL [DATA]\n";
        return 2;
    }
    net::io_context context;  // before the connection, whose thread posts to it
    bus::ConnectOptions options;
    options.data = argc > 2 ? argv[2] : "";
    const auto connection = bus::connect(argv[1], options);
    if (!connection.ok()) {
        std::cerr << connection.error().text << '\n';
        return 1;
    }
    int stored = 0;
    net::co_spawn(context, shop(connection->get(), &stored), net::detached);
    context.run();
    std::cout << stored << " orders stored\n";
    return stored >= 3 ? 0 : 1;
}
