// Traces of a live bus: a server on a real port, a client that publishes, one that answers, and the
// program that reads them.
#include "scenarios/program/export_live.hpp"

#include <array>
#include <cstdio>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "bus/engines/connection.hpp"
#include "bus/engines/server.hpp"
#include "reports/exports/readback.hpp"
#include "reports/exports/writers.hpp"
#include "runtime/crypto/ed25519.hpp"
#include "scenarios/traces/export.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/wait.h>

namespace stormglass::scenarios {
namespace {

class LiveBus : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(crypto::initialise().ok());
        bus::ServerOptions options;
        options.data = data();
        options.listen = {"127.0.0.1:0"};
        options.segment_bytes = 1 << 20;
        auto opened = bus::Server::open(std::move(options));
        ASSERT_TRUE(opened.ok()) << opened.error().text;
        server = std::move(opened).value();
        loop = std::thread([this] { server->run(); });
    }

    void TearDown() override {
        if (server != nullptr) {
            server->host().stop();
            loop.join();
        }
    }

    std::string data() const { return folder / "bus"; }

    std::string url() const { return "stormglass://" + server->addresses()[0]; }

    /// Five orders, each answered by a stock keeper with a reply; returns when all replies are in.
    void trade() {
        bus::ConnectOptions options;
        options.data = data();
        options.source = "stock";
        auto stock = bus::connect(url(), options);
        ASSERT_TRUE(stock.ok()) << stock.error().text;
        bus::Subscription orders;
        orders.topic = "orders";
        orders.group = "stock";
        (*stock)->subscribe(orders, [](const bus::Delivery&) {
            bus::Event reply;
            reply.topic = "replies";
            reply.type = "shop.reserved.v1";
            return bus::Answer::publish({reply});
        });
        options.source = "shop";
        auto shop = bus::connect(url(), options);
        ASSERT_TRUE(shop.ok()) << shop.error().text;
        std::promise<void> done;
        std::set<bus::Position> replies;
        bus::Subscription subscription;
        subscription.topic = "replies";
        subscription.group = "shop";
        (*shop)->subscribe(subscription, [&](const bus::Delivery& delivery) {
            if (replies.insert(delivery.position).second && replies.size() == kOrders) {
                done.set_value();
            }
            return bus::Answer::ack();
        });
        for (std::size_t i = 0; i < kOrders; ++i) {
            bus::Event order;
            order.topic = "orders";
            order.type = "shop.order-placed.v1";
            order.partition_key = "order-" + std::to_string(i);
            ASSERT_TRUE((*shop)->publish(order).get().ok());
        }
        done.get_future().get();
    }

    static constexpr std::size_t kOrders = 5;
    tests::TempDir folder;
    std::unique_ptr<bus::Server> server;
    std::thread loop;
};

TEST_F(LiveBus, tells_of_events_and_of_the_attempts_that_answered_them) {
    trade();
    const auto live = read_bus(url(), data());
    ASSERT_TRUE(live.ok()) << live.error().text;
    ASSERT_EQ(live->log.size(), 2 * kOrders);
    const reports::Export exported = export_log(live->log, "test");
    const auto otlp = reports::read_otlp(reports::to_otlp(exported));
    ASSERT_TRUE(otlp.ok()) << otlp.error().text;
    EXPECT_EQ(otlp->spans, 3 * kOrders) << "order, attempt, reply";
    EXPECT_EQ(exported.flows.size(), kOrders);
    std::set<reports::ExportTraceId> traces;
    for (const reports::ExportSpan& span : exported.spans) {
        traces.insert(span.trace);
    }
    EXPECT_EQ(traces.size(), kOrders) << "a reply goes on in the trace of its order";
}

TEST_F(LiveBus, is_exported_by_the_program) {
    trade();
    const std::string file = folder / "traces.jsonl";
    const std::string command = std::string("'") + STORMGLASS_BINARY + "' export --at " + url() +
                                " --data '" + data() + "' --otlp '" + file + "' --check 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    std::string said;
    std::array<char, 4096> buffer;
    while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        said.append(buffer.data(), count);
    }
    EXPECT_EQ(WEXITSTATUS(pclose(pipe)), 0) << said;
    EXPECT_NE(said.find(std::to_string(3 * kOrders) + " spans"), std::string::npos) << said;
    EXPECT_NE(said.find("read back"), std::string::npos) << said;
}

TEST(NoBus, is_said_to_be_unreachable) {
    ASSERT_TRUE(crypto::initialise().ok());
    const auto live = read_bus("nonsense", "");
    ASSERT_FALSE(live.ok());
    EXPECT_FALSE(live.error().text.empty());
}

}  // namespace
}  // namespace stormglass::scenarios
