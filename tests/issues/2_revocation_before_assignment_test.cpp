// A broker told an owner to give up its generation and died before the next one was in its journal.
// The new life knew nothing of the revocation and installed the same owner under the same
// generation, which the session had every right to ignore: deliveries were dropped for ever.
#include <gtest/gtest.h>

#include "tests/support/bus_world.hpp"

namespace stormglass::tests {
namespace {

bus::Subscription exclusive_on_orders() {
    bus::Subscription subscription;
    subscription.topic = "orders";
    subscription.group = "coordinator";
    subscription.sharing = bus::Sharing::exclusive;
    return subscription;
}

TEST(Revocation, is_told_only_when_a_successor_is_in_the_journal) {
    BusWorld world(3);
    world.begin();
    world.subscribe(1, exclusive_on_orders());
    ASSERT_TRUE(world.run_until([&] { return !world.apps[1].assigned.empty(); }));
    world.subscribe(2, exclusive_on_orders());
    world.run_for(milliseconds(300));

    // The owner hears the broker and is not heard: it lapses, and the broker dies in that instant.
    world.cut_towards(node_of(1), kBroker);
    ASSERT_TRUE(world.run_until([&] { return world.reached("bus.member-lapsed"); }, seconds(10)));
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.run_for(milliseconds(10));  // what it had sent arrives
    world.heal();
    world.kill(node_of(2));  // the owner of record is the only one that comes back
    world.restart(kBroker);
    world.run_for(seconds(1));

    world.publish_one(0, "orders", "k", "after the restart");
    EXPECT_TRUE(world.run_until([&] { return !world.apps[1].deliveries.empty(); }, seconds(20)));
    EXPECT_TRUE(world.apps[1].revoked.empty());
}

TEST(Revocation, reaches_an_owner_that_was_replaced) {
    BusWorld world(3);
    world.begin();
    world.subscribe(1, exclusive_on_orders());
    ASSERT_TRUE(world.run_until([&] { return !world.apps[1].assigned.empty(); }));
    world.subscribe(2, exclusive_on_orders());
    world.run_for(milliseconds(300));
    world.cut_towards(node_of(1), kBroker);
    ASSERT_TRUE(world.run_until([&] { return !world.apps[2].assigned.empty(); }, seconds(10)));
    world.run_for(milliseconds(10));
    ASSERT_EQ(world.apps[1].revoked.size(), 1U);
    EXPECT_EQ(world.apps[1].revoked[0].second, 1U);
}

}  // namespace
}  // namespace stormglass::tests
