// Completion tokens: results come on the caller's executor, whatever the token.
#include "bus/engines/awaitable.hpp"

#include <thread>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace stormglass::bus {
namespace {

namespace net = boost::asio;

Event order(int number) {
    Event event;
    event.topic = "orders";
    event.type = "shop.order-placed.v1";
    event.payload = "order " + std::to_string(number);
    return event;
}

struct Seen {
    std::vector<Published> published;
    std::vector<std::thread::id> threads;
    std::size_t read = 0;
};

net::awaitable<void> shop(Connection* connection, Seen* seen) {
    for (int number = 0; number < 5; ++number) {
        Event event = order(number);
        Published done = co_await async_publish(*connection, std::move(event), net::use_awaitable);
        seen->published.push_back(std::move(done));
        seen->threads.push_back(std::this_thread::get_id());
    }
    const auto orders = co_await async_read(*connection, "orders", 2, net::use_awaitable);
    seen->read = orders.ok() ? orders->size() : 0;
}

TEST(Awaitable, coroutines_go_on_where_they_were) {
    const tests::TempDir data;
    net::io_context context;
    const auto bus = connect("file:" + data.path());
    ASSERT_TRUE(bus.ok());
    Seen seen;
    net::co_spawn(context, shop(bus->get(), &seen), net::detached);
    context.run();
    ASSERT_EQ(seen.published.size(), 5U);
    for (std::size_t n = 0; n < 5; ++n) {
        EXPECT_TRUE(seen.published[n].ok());
        EXPECT_EQ(seen.published[n].positions[0], n);
        EXPECT_EQ(seen.threads[n], std::this_thread::get_id());
    }
    EXPECT_EQ(seen.read, 3U);
}

TEST(Awaitable, futures_and_callbacks_are_tokens_too) {
    const tests::TempDir data;
    net::io_context context;
    const auto bus = connect("file:" + data.path());
    ASSERT_TRUE(bus.ok());
    EXPECT_TRUE(async_publish(**bus, order(1), net::use_future).get().ok());
    bool told = false;
    async_publish(
        **bus, order(2), net::bind_executor(context.get_executor(), [&](const Published& what) {
            told = what.ok();
        }));
    context.run();  // the operation keeps it running
    EXPECT_TRUE(told);
}

TEST(Awaitable, a_closed_connection_completes_too) {
    const tests::TempDir data;
    const auto bus = connect("file:" + data.path());
    ASSERT_TRUE(bus.ok());
    (*bus)->close();
    EXPECT_EQ(async_publish(**bus, order(1), net::use_future).get().status,
              Published::Status::unreachable);
    EXPECT_FALSE(async_read(**bus, "orders", 0, net::use_future).get().ok());
}

}  // namespace
}  // namespace stormglass::bus
