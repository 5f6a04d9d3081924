// The bus for programs: the same conversation embedded and over TCP, across restarts of the server,
// with keys that fit and keys that do not.
#include "bus/engines/connection.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

#include <gtest/gtest.h>

#include "tests/asio/serving.hpp"
#include "tests/support/temp_dir.hpp"

namespace stormglass::bus {
namespace {

using tests::Serving;
using tests::TempDir;

Event order(int number, std::string key = "k") {
    Event event;
    event.topic = "orders";
    event.type = "shop.order-placed.v1";
    event.payload = "order " + std::to_string(number);
    event.partition_key = std::move(key);
    return event;
}

EventBatch batch_of(std::vector<Event> events) {
    EventBatch batch;
    batch.events = std::move(events);
    return batch;
}

ConnectOptions as(std::string name, const std::string& data) {
    ConnectOptions options;
    options.source = std::move(name);
    options.data = data;
    options.segment_bytes = 1 << 20;
    return options;
}

/// What a group was handed, by payload.
class Inbox {
  public:
    DeliveryHandler handler() {
        return [this](const Delivery& delivery) {
            const std::lock_guard hold(mutex_);
            ++seen_[std::string(as_text(delivery.event.payload))];
            changed_.notify_all();
            return Answer::ack();
        };
    }

    /// Waits for that many different payloads.
    bool wait_for(std::size_t count) {
        std::unique_lock hold(mutex_);
        return changed_.wait_for(
            hold, std::chrono::seconds(20), [&] { return seen_.size() >= count; });
    }

    std::map<std::string, int> seen() {
        const std::lock_guard hold(mutex_);
        return seen_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> seen_;
};

Subscription of_group(std::string_view group, GroupMode mode = GroupMode::at_least_once) {
    Subscription subscription;
    subscription.topic = "orders";
    subscription.group = group;
    subscription.mode = mode;
    return subscription;
}

void converse(Connection& bus) {
    const Published first = bus.publish(order(1)).get();
    ASSERT_TRUE(first.ok()) << first.text;
    EXPECT_EQ(first.positions, std::vector<Position>{0});
    const Published more = bus.publish(batch_of({order(2), order(3)})).get();
    ASSERT_TRUE(more.ok()) << more.text;
    EXPECT_EQ(more.positions, (std::vector<Position>{1, 2}));

    Inbox inbox;
    bus.subscribe(of_group("billing"), inbox.handler());
    ASSERT_TRUE(inbox.wait_for(3));
    EXPECT_EQ(inbox.seen().at("order 2"), 1);

    const auto read = bus.read("orders", 1).get();
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at(1).payload, "order 3");
    EXPECT_EQ(read->at(1).source, bus.source());
    EXPECT_EQ(read->at(1).position, 2U);

    const auto status = bus.ask("status").get();
    ASSERT_TRUE(status.ok()) << status.error().text;
    EXPECT_NE(status->find(R"("topic":"orders","length":3)"), std::string::npos) << *status;
    EXPECT_FALSE(bus.ask("weather").get().ok());

    const Published wrong = bus.publish(Event{.topic = "orders", .type = "no version"}).get();
    EXPECT_EQ(wrong.status, Published::Status::refused);
    EXPECT_FALSE(wrong.code.empty());
    bus.close();
    EXPECT_EQ(bus.publish(order(9)).get().status, Published::Status::unreachable);
    EXPECT_FALSE(bus.emit(order(9)));
}

TEST(Connection, publishes_consumes_and_reads_embedded) {
    const TempDir data;
    auto bus = connect("file:" + data.path(), as("shop", {}));
    ASSERT_TRUE(bus.ok()) << bus.error().text;
    converse(**bus);
}

TEST(Connection, publishes_consumes_and_reads_over_tcp) {
    const TempDir data;
    Serving server(data.path());
    auto bus = connect(server.url(), as("shop", data.path()));
    ASSERT_TRUE(bus.ok()) << bus.error().text;
    converse(**bus);
}

TEST(Connection, a_file_bus_keeps_what_it_acknowledged) {
    const TempDir data;
    for (int life = 0; life < 3; ++life) {
        auto bus = connect("file:" + data.path(), as("shop", {}));
        ASSERT_TRUE(bus.ok()) << bus.error().text;
        ASSERT_TRUE((*bus)->publish(order(life)).get().ok());
        EXPECT_EQ((*bus)->read("orders").get()->size(), static_cast<std::size_t>(life) + 1);
        auto second = connect("file:" + data.path(), as("other", {}));
        ASSERT_FALSE(second.ok());
        EXPECT_EQ(second.error().code, "data.locked");
    }
}

TEST(Connection, driven_by_its_caller_needs_no_thread) {
    const TempDir data;
    ConnectOptions options = as("shop", {});
    options.driving = Driving::caller;
    auto bus = connect("file:" + data.path(), options);
    ASSERT_TRUE(bus.ok()) << bus.error().text;
    for (int n = 0; n < 100; ++n) {
        ASSERT_TRUE((*bus)->publish_and_wait(batch_of({order(n)})).ok());
    }
    Inbox inbox;
    (*bus)->subscribe(of_group("billing"), inbox.handler());
    EXPECT_TRUE((*bus)->run_until([&] { return inbox.seen().size() == 100; }, seconds(20)));
}

// Publishes while the server goes away and comes back: every event is stored once, in order, and
// an effectively-once consumer takes each once.
TEST(Connection, loses_and_doubles_nothing_when_the_server_restarts) {
    constexpr int kEvents = 600;
    const TempDir data;
    Serving server(data.path());
    auto shop = connect(server.url(), as("shop", data.path()));
    auto billing = connect(server.url(), as("billing", data.path()));
    ASSERT_TRUE(shop.ok() && billing.ok());
    (*billing)->subscribe(of_group("billing", GroupMode::effectively_once),
                          [](const Delivery& delivery) {
                              Event bill;
                              bill.topic = "bills";
                              bill.type = "shop.bill-written.v1";
                              bill.partition_key = delivery.event.partition_key;
                              bill.payload = as_text(delivery.event.payload);
                              bill.correlation_id = delivery.event.correlation_id;
                              bill.causation_id = delivery.event.id;
                              return Answer::publish({bill});
                          });
    std::vector<std::future<Published>> told;
    for (int n = 0; n < kEvents; ++n) {
        told.push_back((*shop)->publish(order(n)));
        if (n == kEvents / 3 || n == 2 * kEvents / 3) {
            server.stop();
            server.start();
        }
    }
    for (auto& each : told) {
        const Published done = each.get();
        ASSERT_TRUE(done.ok()) << name_of(done.status) << " " << done.text;
    }
    const auto orders = (*shop)->read("orders").get();
    ASSERT_EQ(orders->size(), static_cast<std::size_t>(kEvents));
    for (int n = 0; n < kEvents; ++n) {
        EXPECT_EQ(orders->at(n).payload, "order " + std::to_string(n));
    }
    Inbox inbox;
    Subscription all_bills = of_group("ledger");
    all_bills.topic = "bills";
    (*shop)->subscribe(all_bills, inbox.handler());
    ASSERT_TRUE(inbox.wait_for(kEvents));
    const std::vector<ReadEvent> bills = (*shop)->read("bills").get().value();
    std::map<std::string, int> billed;
    for (const ReadEvent& bill : bills) {
        ++billed[bill.payload];
    }
    EXPECT_EQ(billed.size(), static_cast<std::size_t>(kEvents));
    EXPECT_EQ(bills.size(), static_cast<std::size_t>(kEvents));
}

TEST(Connection, says_that_nobody_is_there) {
    const TempDir data;
    ASSERT_TRUE(make_local_key(data.path()).ok());
    ConnectOptions options = as("shop", data.path());
    options.connect_timeout = milliseconds(200);
    const auto bus = connect("stormglass://127.0.0.1:1", options);
    ASSERT_FALSE(bus.ok());
    EXPECT_EQ(bus.error().code, "bus.unreachable");
    EXPECT_EQ(connect("http://example.org").error().code, "bus.url");
    EXPECT_EQ(connect("stormglass://").error().code, "bus.url");
    EXPECT_EQ(connect("stormglass://127.0.0.1:1").error().code, "key.missing");
}

TEST(Connection, a_stranger_is_refused_and_told_why) {
    const TempDir data;
    const TempDir other;
    Serving server(data.path());
    ASSERT_TRUE(make_local_key(other.path()).ok());
    ConnectOptions options = as("shop", other.path());
    options.connect_timeout = milliseconds(700);
    const auto bus = connect(server.url(), options);
    ASSERT_FALSE(bus.ok());
    EXPECT_EQ(bus.error().code, "bus.refused") << bus.error().text;
    options.data = data.path();
    options.bus_id = "another";
    EXPECT_EQ(connect(server.url(), options).error().code, "bus.refused");
    options.bus_id = "main";
    EXPECT_TRUE(connect(server.url(), options).ok());
}

TEST(Connection, a_signing_key_speaks_for_its_source_alone) {
    const TempDir data;
    const std::string source = "urn:agent:billing-7";
    ASSERT_TRUE(new_signing_key(data.path(), "billing-2026", source).ok());
    Serving server(data.path());
    ConnectOptions options = as("ignored", data.path());
    options.key_file = key_directory(data.path()) + "/billing-2026.key";
    auto bus = connect(server.url(), options);
    ASSERT_TRUE(bus.ok()) << bus.error().text;
    EXPECT_EQ((*bus)->source(), source);
    ASSERT_TRUE((*bus)->publish(order(1)).get().ok());
    Inbox inbox;
    (*bus)->subscribe(of_group("billing"), inbox.handler());
    EXPECT_TRUE(inbox.wait_for(1));
    ConnectOptions impostor = as(source, data.path());  // the name, with the local key
    impostor.connect_timeout = milliseconds(700);
    EXPECT_EQ(connect(server.url(), impostor).error().code, "bus.refused");
    bus = Error{"closed", ""};
    server.stop();
    ASSERT_TRUE(revoke_key(data.path(), "billing-2026").ok());
    server.start();
    options.connect_timeout = milliseconds(700);
    EXPECT_EQ(connect(server.url(), options).error().code, "bus.refused");
    const auto reader = connect(server.url(), as("reader", data.path()));
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*reader)->read("orders").get()->size(), 1U);  // what it signed stays
}

TEST(Connection, two_keys_for_one_source_are_one_too_many) {
    const TempDir data;
    ASSERT_TRUE(new_signing_key(data.path(), "billing-2025", "urn:agent:billing").ok());
    ASSERT_TRUE(new_signing_key(data.path(), "billing-2026", "urn:agent:billing").ok());
    EXPECT_EQ(connect("file:" + data.path()).error().code, "key.conflict");
    ASSERT_TRUE(revoke_key(data.path(), "billing-2025").ok());
    EXPECT_TRUE(connect("file:" + data.path()).ok());
}

TEST(Connection, more_than_may_wait_is_overloaded_not_lost) {
    const TempDir data;
    ConnectOptions options = as("shop", {});
    options.outstanding_max = 8;
    auto bus = connect("file:" + data.path(), options);
    ASSERT_TRUE(bus.ok());
    std::vector<std::future<Published>> told;
    for (int n = 0; n < 500; ++n) {
        told.push_back((*bus)->publish(order(n)));
    }
    std::size_t accepted = 0;
    std::size_t overloaded = 0;
    for (auto& each : told) {
        const Published done = each.get();
        accepted += done.ok() ? 1 : 0;
        overloaded += done.status == Published::Status::overloaded ? 1 : 0;
        EXPECT_TRUE(done.ok() || done.retry_after.ns > 0);
    }
    EXPECT_EQ(accepted + overloaded, 500U);
    EXPECT_GE(accepted, 8U);
    EXPECT_EQ((*bus)->read("orders").get()->size(), accepted);
}

}  // namespace
}  // namespace stormglass::bus
