// Consumes a topic as a member of a group, and answers each order with a bill. Acknowledgement and
// bill are one step: however often it is killed and started again, each order has one bill.
//
//     consume URL COUNT [DATA]      ends after COUNT orders
#include <future>
#include <iostream>

#include "bus/engines/connection.hpp"

namespace bus = stormglass::bus;

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: consume URL COUNT [DATA]\n";
        return 2;
    }
    bus::ConnectOptions options;
    options.source = "example-billing";
    options.data = argc > 3 ? argv[3] : "";
    const auto billing = bus::connect(argv[1], options);
    if (!billing.ok()) {
        std::cerr << billing.error().text << '\n';
        return 1;
    }

    std::promise<void> enough;
    int left = std::stoi(argv[2]);
    bus::Subscription orders;
    orders.topic = "orders";
    orders.group = "billing";
    orders.mode = bus::GroupMode::effectively_once;
    (*billing)->subscribe(orders, [&](const bus::Delivery& order) {
        const std::string what(stormglass::as_text(order.event.payload));
        std::cout << "order " << order.position << ": " << what << '\n';
        if (--left == 0) {
            enough.set_value();
        }
        bus::Event bill;
        bill.topic = "bills";
        bill.type = "shop.bill-written.v1";
        bill.partition_key = order.event.partition_key;
        bill.correlation_id = order.event.correlation_id;  // the same conversation,
        bill.causation_id = order.event.id;                // and what came before
        bill.payload = "bill for " + what;
        return bus::Answer::publish({bill});  // or ack(), nack(delay), reject(reason)
    });
    enough.get_future().wait();
    return 0;  // closing waits for the last settlement
}
