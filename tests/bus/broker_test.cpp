// The broker end to end, with real sessions, in a tiny world.
#include "bus/broker.hpp"

#include <gtest/gtest.h>

#include "tests/support/bus_world.hpp"

namespace stormglass::bus {
namespace {

using tests::BusWorld;
using tests::kBroker;
using tests::node_of;

Subscription orders_group() {
    Subscription subscription;
    subscription.topic = "orders";
    subscription.group = "stock";
    return subscription;
}

TEST(Broker, publishes_delivers_and_settles) {
    BusWorld world(2);
    world.begin();
    world.subscribe(1, orders_group());
    const BatchId id = world.publish_one(0, "orders", "k1", "one apple");
    const tests::SeenOutcome* outcome = world.wait(0, id);
    ASSERT_NE(outcome, nullptr);
    EXPECT_TRUE(outcome->accepted);
    EXPECT_EQ(outcome->positions, std::vector<Position>{0});
    ASSERT_TRUE(world.run_until([&] { return !world.apps[1].deliveries.empty(); }));
    EXPECT_EQ(world.apps[1].deliveries[0].payload, "one apple");
    const auto settled = [&] {
        const GroupState* group = world.broker().machine().find_group("stock", "orders");
        return group != nullptr && group->settled(0);
    };
    EXPECT_TRUE(world.run_until(settled));
    world.run_for(seconds(5));
    EXPECT_EQ(world.apps[1].deliveries.size(), 1U);
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
}

}  // namespace
}  // namespace stormglass::bus
