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

TEST(Broker, opens_a_topic_when_it_is_first_used_if_told_to) {
    BusWorld world(2);
    world.options.unknown_topic = UnknownTopic::opened;
    world.options.limits.topics_max = 2;
    world.begin();
    Subscription subscription = orders_group();
    subscription.topic = "first";
    world.subscribe(1, subscription);
    const auto outcome = [&](std::string_view topic) {
        return world.wait(0, world.publish_one(0, topic, "k", "an apple"));
    };
    EXPECT_TRUE(outcome("first")->accepted);
    EXPECT_TRUE(outcome("second")->accepted);
    EXPECT_TRUE(outcome("second")->accepted);
    EXPECT_EQ(outcome("third")->code, "EB_TOPIC_UNKNOWN");
    EXPECT_EQ(world.broker().machine().topics().find("second")->length(), 2U);
    EXPECT_TRUE(world.run_until([&] { return !world.apps[1].deliveries.empty(); }));
}

TEST(Broker, does_not_open_what_is_no_name_nor_what_it_was_not_told_to) {
    BusWorld world(1);
    world.options.unknown_topic = UnknownTopic::opened;
    world.begin();
    const BatchId spaced = world.publish_one(0, "no/topic", "k", "an apple");
    EXPECT_EQ(world.wait(0, spaced)->code, "EB_TOPIC_UNKNOWN");
    BusWorld closed(1);
    closed.begin();
    const BatchId unknown = closed.publish_one(0, "fresh", "k", "an apple");
    EXPECT_EQ(closed.wait(0, unknown)->code, "EB_TOPIC_UNKNOWN");
}

TEST(Broker, lets_in_a_source_that_was_declared_while_it_served) {
    BusWorld world(2);  // the second comes later
    const SourceOptions later = world.options.sources[1];
    world.options.sources.pop_back();
    world.apps.pop_back();
    world.begin();
    ASSERT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "an apple"))->accepted);
    const SourceOptions known = world.options.sources[0];
    EXPECT_TRUE(world.broker().declare(later).ok());
    EXPECT_TRUE(world.broker().declare(later).ok());  // as often as one likes
    for (const SourceOptions& conflict : {SourceOptions{"urn:agent:x", later.key_id, {77}},
                                          SourceOptions{"urn:agent:x", "another-key", later.node},
                                          SourceOptions{known.source, "another-key", {77}}}) {
        const auto refused = world.broker().declare(conflict);
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, "source.conflict");
    }
    tests::TestApp app;
    world.add(later.node, [&] {
        SessionOptions with;
        with.source = later.source;
        with.key_id = later.key_id;
        with.broker = kBroker;
        with.bus_id = world.options.bus_id;
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(std::make_unique<Session>(with, world.signing));
        session.listen(app);
        app.client = &session;
        return node;
    });
    ASSERT_TRUE(world.run_until([&] { return app.epoch == 1; }));
    world.step(later.node, [&](Moment now, Effects& out) {
        Batch batch;
        batch.publications.push_back(BusWorld::publication("orders", "k", "a pear"));
        EXPECT_TRUE(app.client->publish(batch, Durability::synced, now, out).ok());
    });
    ASSERT_TRUE(world.run_until([&] { return !app.outcomes.empty(); }));
    EXPECT_TRUE(app.outcomes[0].accepted);
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
}

// What counts when written may be lost with the machine, but not for long.
TEST(Broker, syncs_what_was_only_written_within_its_time) {
    BusWorld world(1);
    world.options.durability = Durability::written;
    world.begin();
    BatchId id{};
    world.step(node_of(0), [&](Moment now, Effects& out) {
        Batch batch;
        batch.publications.push_back(BusWorld::publication("orders", "k", "one apple"));
        id = world.apps[0].client->publish(batch, Durability::written, now, out).value();
    });
    ASSERT_TRUE(world.wait(0, id)->accepted);
    world.run_for(world.options.timeouts.background_sync + milliseconds(50));
    world.power_cut(kBroker, tests::TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    ASSERT_TRUE(world.run_until([&] { return world.broker().state() == Broker::State::serving; }));
    EXPECT_EQ(world.broker().machine().topics().find("orders")->length(), 1U);
}

}  // namespace
}  // namespace stormglass::bus
