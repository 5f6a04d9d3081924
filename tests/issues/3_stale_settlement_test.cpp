// A batch of an epoch that was over got no answer, so that whoever still waited for one sent it for
// ever: only settlements, as a consumer sends, or publications alike.
#include <gtest/gtest.h>

#include "tests/support/bus_world.hpp"

namespace stormglass::tests {
namespace {

/// What the broker says to client 0 about batches.
struct Answers {
    explicit Answers(BusWorld& world) {
        world.tap = [this](NodeId from, NodeId to, Bytes bytes) {
            const auto frame = bus::wire::decode(bytes);
            const auto* outcome =
                frame.ok() ? std::get_if<bus::wire::Outcome>(&frame.value()) : nullptr;
            if (from == kBroker && to == node_of(0) && outcome != nullptr) {
                codes[outcome->batch] = outcome->code;
            }
        };
    }

    std::map<std::uint64_t, std::string> codes;
};

/// Client 0 lives under epoch 2; what it said under epoch 1 arrives only now.
void begin_second_life(BusWorld& world) {
    world.begin();
    world.kill(node_of(0));
    world.restart(node_of(0));
    ASSERT_TRUE(world.run_until([&] { return world.apps[0].epoch == 2; }));
}

TEST(StaleEpoch, answers_a_batch_of_settlements_alone) {
    BusWorld world(1);
    begin_second_life(world);
    const Answers answers(world);
    bus::wire::PublishBatch batch;
    batch.batch = (1ULL << 32) | 9;
    batch.epoch = 1;
    batch.settlements.push_back({"g", "orders", 0, 1, bus::Verdict::ack, {}, {}});
    ByteBuffer frame;
    bus::wire::encode(bus::wire::Frame(batch), frame);
    world.inject(node_of(0), kBroker, frame);
    world.run_for(seconds(1));
    ASSERT_TRUE(answers.codes.contains(batch.batch));
    EXPECT_EQ(answers.codes.at(batch.batch), "EV_EPOCH_STALE");
    EXPECT_TRUE(world.apps[0].outcomes.empty());  // it is nobody's of this life
    EXPECT_TRUE(world.notes("bus.alarm").empty());
}

TEST(StaleEpoch, answers_a_publication) {
    BusWorld world(1);
    world.begin();
    ByteBuffer captured;
    world.tap = [&](NodeId from, NodeId, Bytes bytes) {
        const auto frame = bus::wire::decode(bytes);
        if (from == node_of(0) && frame.ok() &&
            std::holds_alternative<bus::wire::PublishBatch>(frame.value())) {
            captured.assign(bytes.begin(), bytes.end());
        }
    };
    world.cut(kBroker, node_of(0));
    const bus::BatchId id = world.publish_one(0, "orders", "k", "never arrived");
    world.run_for(milliseconds(10));
    world.kill(node_of(0));
    world.heal();
    world.restart(node_of(0));
    ASSERT_TRUE(world.run_until([&] { return world.apps[0].epoch == 2; }));
    const Answers answers(world);
    world.inject(node_of(0), kBroker, captured);
    world.run_for(seconds(1));
    ASSERT_TRUE(answers.codes.contains(id.value));
    EXPECT_EQ(answers.codes.at(id.value), "EV_EPOCH_STALE");
    EXPECT_TRUE(world.contents(0, "orders").empty());
    EXPECT_TRUE(world.notes("bus.alarm").empty());
}

}  // namespace
}  // namespace stormglass::tests
