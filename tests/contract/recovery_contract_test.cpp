// What survives: acknowledged means kept, whatever crashes when.
#include <set>

#include "tests/contract/hosts.hpp"

namespace stormglass::bus {
namespace {

class RecoveryContract : public OnEachHost {};

STORMGLASS_ON_ALL_HOSTS(RecoveryContract);

bool serves(BusFixture& world) {
    bool serving = false;
    world.inspect([&](Broker& broker) { serving = broker.state() == Broker::State::serving; });
    return serving;
}

TEST_P(RecoveryContract, keeps_what_was_acknowledged_through_power_cuts) {
    BusFixture& world = host(2);
    world.options.segment_bytes = 64 << 10;  // several segments
    world.begin();
    world.subscribe(1, group_on("orders", "g"));
    std::vector<std::pair<BatchId, std::string>> sent;
    for (int round = 0; round < 12; ++round) {
        for (int n = 0; n < 8; ++n) {
            sent.emplace_back(
                BatchId{},
                "event " + std::to_string(round) + "." + std::to_string(n) + std::string(700, '.'));
            sent.back().first = world.publish_one(0, "orders", "k", sent.back().second);
        }
        world.run_for(microseconds(1'000 + 97 * round));
        world.cut_power_of_broker();
        world.run_for(milliseconds(5));
        world.restart_broker();
        ASSERT_TRUE(world.run_until([&] { return serves(world); }));
    }
    for (const auto& [id, text] : sent) {
        const SeenOutcome* outcome = world.wait(0, id);
        ASSERT_NE(outcome, nullptr);
        EXPECT_TRUE(outcome->accepted) << outcome->code;
    }
    const auto& stored = world.contents(0, "orders");
    ASSERT_EQ(stored.size(), sent.size());
    for (std::size_t n = 0; n < sent.size(); ++n) {
        EXPECT_EQ(stored[n].second, sent[n].second);
    }
    EXPECT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 96); }, minutes(5)));
    EXPECT_TRUE(world.reached("bus.recovered"));
    expect_conservation(world);
}

TEST_P(RecoveryContract, hands_out_again_what_was_under_way) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    ASSERT_TRUE(delivered(world, 1, 1));
    world.run_for(milliseconds(100));  // its record is written by now
    world.cut_power_of_broker();
    world.restart_broker();
    ASSERT_TRUE(delivered(world, 1, 2));
    EXPECT_GT(world.apps[1].deliveries[1].receipt, world.apps[1].deliveries[0].receipt);
    EXPECT_TRUE(world.reached("bus.redelivered"));
}

class Forgetful final : public Rules {
  public:
    bool redeliver_after_recovery(const PendingDelivery&) const override { return false; }
};

TEST(Recovery, rests_on_the_rule_that_redelivers) {
    const Forgetful rules;
    BusWorld world(2);
    world.rules = &rules;
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    ASSERT_TRUE(delivered(world, 1, 1));
    world.run_for(milliseconds(100));
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    world.publish_one(0, "orders", "k", "b");
    ASSERT_TRUE(delivered(world, 1, 2));
    world.run_for(seconds(30));
    for (std::size_t n = 1; n < world.apps[1].deliveries.size(); ++n) {
        EXPECT_EQ(world.apps[1].deliveries[n].payload, "b");
    }
}

TEST(Recovery, answers_a_retry_with_the_positions_of_the_first_time) {
    BusWorld world(1);
    world.begin();
    const BatchId id = world.publish_one(0, "orders", "k", "a");
    world.run_for(microseconds(1'500));  // stored, and the answer on its way
    ASSERT_TRUE(world.apps[0].outcomes.empty());
    ASSERT_EQ(world.notes("bus.stored").size(), 1U);
    world.cut(kBroker, node_of(0));
    world.run_for(milliseconds(10));
    world.apps[0].outcomes.clear();
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    world.heal();
    world.run_for(seconds(2));
    EXPECT_EQ(world.contents(0, "orders").size(), 1U);
    static_cast<void>(id);
}

TEST_P(RecoveryContract, keeps_delayed_events) {
    BusFixture& world = host(2);
    world.begin();
    world.subscribe(1, group_on("orders", "g"));
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "a", "timer"));
    batch.publications[0].delay = seconds(5);
    EXPECT_TRUE(outcome_of(world, 0, batch).accepted);
    world.cut_power_of_broker();
    world.run_for(seconds(2));
    world.restart_broker();
    world.run_for(seconds(2));
    EXPECT_TRUE(world.apps[1].deliveries.empty());
    EXPECT_TRUE(delivered(world, 1, 1));
}

TEST(Recovery, keeps_epochs_so_that_an_old_life_stays_fenced) {
    BusWorld world(1);
    world.begin();
    const std::uint32_t first = world.apps[0].epoch;
    ByteBuffer captured;
    world.tap = [&](NodeId from, NodeId, Bytes frame) {
        const auto decoded = wire::decode(frame);
        if (from == node_of(0) && decoded.ok() &&
            std::holds_alternative<wire::PublishBatch>(decoded.value())) {
            captured.assign(frame.begin(), frame.end());
        }
    };
    world.cut(kBroker, node_of(0));
    world.publish_one(0, "orders", "k", "never arrived");
    world.run_for(milliseconds(10));
    world.kill(node_of(0));
    world.heal();
    world.restart(node_of(0));
    ASSERT_TRUE(world.run_until([&] { return world.apps[0].epoch == first + 1; }));
    world.kill(kBroker);
    world.restart(kBroker);
    world.run_for(seconds(1));
    ASSERT_FALSE(captured.empty());
    world.inject(node_of(0), kBroker, captured);  // the network delivers it at last
    world.run_for(seconds(1));
    EXPECT_TRUE(world.contents(0, "orders").empty());
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
    bool told = false;
    for (const auto& note : world.notes("bus.refused")) {
        told = told || note.texts.at("code") == "EV_EPOCH_STALE";
    }
    EXPECT_TRUE(told);
}

TEST(Recovery, refuses_a_damaged_journal_and_says_why) {
    BusWorld world(1);
    world.begin();
    for (int n = 0; n < 20; ++n) {
        world.wait(0, world.publish_one(0, "orders", "k", "event " + std::to_string(n)));
    }
    world.kill(kBroker);
    world.disk(kBroker).bytes(segment_name(1))[2'000] ^= std::byte{1};
    world.restart(kBroker);
    world.run_for(seconds(5));
    ASSERT_EQ(world.broker().state(), Broker::State::halted);
    EXPECT_EQ(world.broker().failure().code, "journal.corrupt");
    ASSERT_EQ(world.notes("bus.halted").size(), 1U);
    EXPECT_NE(world.notes("bus.halted")[0].texts.at("text").find(segment_name(1)),
              std::string::npos);
}

TEST(Recovery, a_failed_sync_halts_and_acknowledges_nothing_more) {
    BusWorld world(1);
    world.begin();
    world.wait(0, world.publish_one(0, "orders", "k", "kept"));
    world.disk(kBroker).fail_next(EffectKind::sync, StorageStatus::io_error);
    const BatchId lost = world.publish_one(0, "orders", "k", "in doubt");
    world.run_for(seconds(5));
    EXPECT_EQ(world.apps[0].outcome_of(lost), nullptr);
    ASSERT_EQ(world.broker().state(), Broker::State::halted);
    world.kill(kBroker);
    world.restart(kBroker);
    const SeenOutcome* outcome = world.wait(0, lost);
    ASSERT_NE(outcome, nullptr);
    EXPECT_TRUE(outcome->accepted);
    EXPECT_EQ(world.contents(0, "orders").size(), 2U);
}

TEST_P(RecoveryContract, gives_the_same_state_as_the_life_before) {
    BusFixture& world = host(3);
    world.begin();
    Subscription subscription = group_on("orders", "g");
    subscription.mode = GroupMode::effectively_once;
    world.subscribe(1, subscription);
    world.subscribe(2, group_on("orders", "h"));
    for (int n = 0; n < 40; ++n) {
        world.publish_one(0, "orders", "k" + std::to_string(n % 5), "event " + std::to_string(n));
        world.run_for(milliseconds(3));
    }
    ASSERT_TRUE(world.run_until([&] {
        return all_settled(world, "g", "orders", 40) && all_settled(world, "h", "orders", 40);
    }));
    world.calm();
    world.run_for(seconds(5));
    const auto digest = [](const Machine& machine) { return machine.domain_digest(); };
    const std::uint64_t before = in_machine(world, digest);
    for (int life = 0; life < 3; ++life) {
        world.cut_power_of_broker();
        world.restart_broker();
        world.run_for(seconds(3));
        EXPECT_EQ(in_machine(world, digest), before);
    }
}

}  // namespace
}  // namespace stormglass::bus
