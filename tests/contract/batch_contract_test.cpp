// The one write: atomic, conditional, idempotent, ordered; and the topics that it fills.
#include <set>

#include "tests/contract/hosts.hpp"

namespace stormglass::bus {
namespace {

class BatchContract : public OnEachHost {};

class FireAndForgetContract : public OnEachHost {};

class TopicContract : public OnEachHost {};

class DelayedEventContract : public OnEachHost {};

STORMGLASS_ON_ALL_HOSTS(BatchContract);
STORMGLASS_ON_ALL_HOSTS(FireAndForgetContract);
STORMGLASS_ON_ALL_HOSTS(TopicContract);
STORMGLASS_ON_ALL_HOSTS(DelayedEventContract);

TEST_P(BatchContract, is_acknowledged_with_the_positions_of_its_events) {
    BusFixture& world = host(1);
    world.begin();
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "k", "a"));
    batch.publications.push_back(BusWorld::publication("replies", "k", "b"));
    batch.publications.push_back(BusWorld::publication("orders", "k", "c"));
    const SeenOutcome outcome = outcome_of(world, 0, batch);
    EXPECT_TRUE(outcome.accepted);
    EXPECT_EQ(outcome.positions, (std::vector<Position>{0, 0, 1}));
}

TEST_P(BatchContract, takes_effect_whole_or_not_at_all) {
    BusFixture& world = host(1);
    world.begin();
    Batch refused;
    refused.publications.push_back(BusWorld::publication("orders", "k", "a"));
    refused.publications.push_back(BusWorld::publication("replies", "k", "b"));
    refused.conditions.push_back(topic_length("audit", 7));
    const SeenOutcome outcome = outcome_of(world, 0, refused);
    EXPECT_FALSE(outcome.accepted);
    EXPECT_EQ(outcome.code, "EB_CONDITION");
    EXPECT_TRUE(world.contents(0, "orders").empty());
    EXPECT_TRUE(world.contents(0, "replies").empty());
}

TEST_P(BatchContract, goes_through_when_expected_lengths_hold) {
    BusFixture& world = host(1);
    world.begin();
    Batch first;
    first.conditions = {topic_length("orders", 0), key_length("orders", "k", 0)};
    first.publications.push_back(BusWorld::publication("orders", "k", "a"));
    EXPECT_TRUE(outcome_of(world, 0, first).accepted);
    EXPECT_EQ(outcome_of(world, 0, first).code, "EB_CONDITION");
    Batch second;
    second.conditions = {
        topic_length("orders", 1), key_length("orders", "k", 1), key_length("orders", "other", 0)};
    second.publications.push_back(BusWorld::publication("orders", "other", "b"));
    EXPECT_TRUE(outcome_of(world, 0, second).accepted);
}

TEST_P(BatchContract, is_refused_behind_a_fence_that_saw_a_newer_epoch) {
    BusFixture& world = host(2);
    world.begin();
    Batch old_owner;
    old_owner.conditions = {fence("shard-1", 4)};
    old_owner.publications.push_back(BusWorld::publication("orders", "k", "old"));
    Batch new_owner;
    new_owner.conditions = {fence("shard-1", 5)};
    new_owner.publications.push_back(BusWorld::publication("orders", "k", "new"));
    EXPECT_TRUE(outcome_of(world, 0, old_owner).accepted);
    EXPECT_TRUE(outcome_of(world, 1, new_owner).accepted);
    EXPECT_TRUE(outcome_of(world, 1, new_owner).accepted);
    const SeenOutcome fenced = outcome_of(world, 0, old_owner);
    EXPECT_EQ(fenced.code, "EB_FENCED");
    ASSERT_EQ(world.notes("bus.fenced").size(), 1U);
    EXPECT_EQ(world.notes("bus.fenced")[0].numbers.at("current"), 5U);
    EXPECT_EQ(world.contents(0, "orders").size(), 3U);
}

TEST_P(BatchContract, names_an_undeclared_topic) {
    BusFixture& world = host(1);
    world.begin();
    Batch batch;
    batch.publications.push_back(BusWorld::publication("nowhere", "k", "a"));
    EXPECT_EQ(outcome_of(world, 0, batch).code, "EB_TOPIC_UNKNOWN");
    batch.publications[0].topic = "orders";
    EXPECT_TRUE(outcome_of(world, 0, batch).accepted);
}

TEST_P(BatchContract, settling_for_an_unknown_group_is_refused) {
    BusFixture& world = host(1);
    world.begin();
    Batch batch;
    batch.settlements.push_back({"nobody", "orders", 0, 1, Verdict::ack, {}, {}});
    EXPECT_EQ(outcome_of(world, 0, batch).code, "EB_UNKNOWN_GROUP");
}

TEST_P(BatchContract, takes_effect_once_whatever_the_network_does) {
    BusFixture& world = host(1);
    world.begin();
    constexpr std::size_t kCount = 60;
    std::vector<BatchId> ids;
    std::vector<std::string> texts;
    for (std::size_t n = 0; n < kCount; ++n) {
        texts.push_back("event " + std::to_string(n));
        ids.push_back(world.publish_one(0, "orders", "k", texts.back()));
    }
    for (std::size_t n = 0; n < kCount; ++n) {
        const SeenOutcome* outcome = world.wait(0, ids[n]);
        ASSERT_NE(outcome, nullptr);
        EXPECT_TRUE(outcome->accepted);
        EXPECT_EQ(outcome->positions, std::vector<Position>{n});
    }
    EXPECT_EQ(world.apps[0].outcomes.size(), kCount);
    const auto& stored = world.contents(0, "orders");
    ASSERT_EQ(stored.size(), kCount);
    for (std::size_t n = 0; n < kCount; ++n) {
        EXPECT_EQ(stored[n].second, texts[n]);
    }
    EXPECT_TRUE(!world.stormy() || world.reached("bus.duplicate-answered"));
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
}

TEST(Batch, a_retry_of_a_refused_batch_is_refused_again) {
    BusWorld world(1, 3);
    world.begin();
    // The first answer is lost; by the time of the retry the condition would hold.
    Batch batch;
    batch.conditions = {topic_length("replies", 1)};
    batch.publications.push_back(BusWorld::publication("orders", "k", "a"));
    const BatchId refused = world.publish(0, batch).value();
    world.run_for(microseconds(1'050));
    world.cut(kBroker, node_of(0));
    world.run_for(milliseconds(50));
    world.heal();
    world.publish_one(0, "replies", "k", "b");
    const SeenOutcome* outcome = world.wait(0, refused);
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->code, "EB_CONDITION");
    EXPECT_TRUE(world.reached("bus.duplicate-answered"));
    EXPECT_TRUE(world.contents(0, "orders").empty());
}

TEST_P(BatchContract, asking_for_more_durability_than_configured_is_refused) {
    BusFixture& world = host(1);
    world.options.durability = Durability::written;
    world.begin();
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "k", "a"));
    EXPECT_EQ(outcome_of(world, 0, batch).code, "EB_DURABILITY");
}

TEST_P(BatchContract, larger_than_a_segment_is_refused) {
    BusFixture& world = host(1);
    world.options.segment_bytes = 64 << 10;
    world.begin();
    const std::string large(50'000, 'x');
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "k", large));
    EXPECT_TRUE(outcome_of(world, 0, batch).accepted);
    batch.publications.push_back(BusWorld::publication("orders", "k", large));
    EXPECT_EQ(outcome_of(world, 0, batch).code, "EV_LIMIT");
}

TEST_P(FireAndForgetContract, is_stored_at_most_once_and_without_an_answer) {
    BusFixture& world = host(1);
    world.begin();
    std::vector<std::string> texts;
    for (int n = 0; n < 40; ++n) {
        texts.push_back("seen " + std::to_string(n));
        world.emit(0, BusWorld::publication("audit", "k", texts.back()));
    }
    world.run_for(seconds(1));
    EXPECT_TRUE(world.apps[0].outcomes.empty());
    std::set<std::string> stored;
    for (const auto& [position, text] : world.contents(0, "audit")) {
        EXPECT_TRUE(stored.insert(text).second) << text << " twice";
    }
    EXPECT_TRUE(world.stormy() || stored.size() == texts.size());
    EXPECT_GE(stored.size(), 25U);
}

TEST(FireAndForget, leaves_a_gap_that_is_reported_once_when_lost) {
    BusWorld world(1);
    world.begin();
    world.cut(kBroker, node_of(0));
    world.step(node_of(0), [&](Moment now, Effects& out) {
        const Publication made = BusWorld::publication("audit", "k", "lost");
        EXPECT_TRUE(world.apps[0].client->emit(made, now, out));
    });
    world.run_for(milliseconds(5));
    world.heal();
    const BatchId id = world.publish_one(0, "orders", "k", "a");
    EXPECT_TRUE(world.wait(0, id)->accepted);
    world.run_for(seconds(20));
    ASSERT_EQ(world.notes("bus.gap").size(), 1U);
    EXPECT_EQ(world.notes("bus.gap")[0].numbers.at("first"), 1U);
    EXPECT_EQ(world.notes("bus.gap")[0].numbers.at("last"), 1U);
}

// Nobody retries an emit: holes that stay must not add up to a standstill.
TEST(FireAndForget, loses_so_much_that_old_gaps_are_given_up) {
    BusWorld world(1);
    world.begin();
    const auto emit = [&](std::string_view text) {
        world.step(node_of(0), [&](Moment now, Effects& out) {
            const Publication made = BusWorld::publication("audit", "k", text);
            EXPECT_TRUE(world.apps[0].client->emit(made, now, out));
        });
    };
    constexpr std::size_t kLost = 1'500;
    for (std::size_t n = 0; n < kLost; ++n) {
        world.cut(kBroker, node_of(0));
        emit("lost");
        world.heal();
        emit("kept");
        world.run_for(milliseconds(20));
    }
    world.run_for(seconds(15));
    EXPECT_EQ(world.contents(0, "audit").size(), kLost);
    EXPECT_EQ(world.notes("bus.gap").size(), kLost);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "a"))->accepted);
    const auto* used = world.broker().machine().replay().accepted(tests::source_of(0), 1);
    EXPECT_LE(used->holes(1), kHolesMax / 2 + 600);
}

TEST_P(TopicContract, is_read_from_any_position_in_order) {
    BusFixture& world = host(1);
    world.session_options.read_bytes_max = 2'000;  // many pieces
    world.begin();
    Batch batch;
    std::vector<std::string> texts;
    for (int n = 0; n < 100; ++n) {
        texts.push_back("event " + std::to_string(n));
    }
    for (const std::string& text : texts) {
        batch.publications.push_back(BusWorld::publication("orders", "k", text));
    }
    EXPECT_TRUE(outcome_of(world, 0, batch).accepted);
    world.read(0, "orders", 40);
    ASSERT_TRUE(world.run_until([&] { return world.apps[0].read_done; }));
    const auto& records = world.apps[0].records;
    ASSERT_EQ(records.size(), 60U);
    for (std::size_t n = 0; n < records.size(); ++n) {
        EXPECT_EQ(records[n].first, 40 + n);
        EXPECT_EQ(records[n].second, texts[40 + n]);
    }
}

TEST_P(TopicContract, is_read_from_disk_when_memory_has_forgotten_it) {
    BusFixture& world = host(1);
    world.options.limits.cache_bytes = 1'000;
    world.begin();
    for (int n = 0; n < 50; ++n) {
        world.wait(0, world.publish_one(0, "orders", "k", "event " + std::to_string(n)));
    }
    const auto& records = world.contents(0, "orders");
    ASSERT_EQ(records.size(), 50U);
    EXPECT_EQ(records[13].second, "event 13");
}

TEST_P(DelayedEventContract, becomes_visible_when_due_and_in_due_order) {
    BusFixture& world = host(2);
    world.begin();
    world.subscribe(1, group_on("orders", "g"));
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "a", "later"));
    batch.publications[0].delay = seconds(3);
    batch.publications.push_back(BusWorld::publication("orders", "b", "sooner"));
    batch.publications[1].delay = seconds(2);
    const SeenOutcome outcome = outcome_of(world, 0, batch);
    EXPECT_EQ(outcome.positions, (std::vector<Position>{kDelayed, kDelayed}));
    const MonotonicTime published = world.now().monotonic;
    ASSERT_TRUE(delivered(world, 1, 2));
    const std::vector<std::string> seen = payloads(world.apps[1]);
    EXPECT_TRUE(world.stormy() || seen == (std::vector<std::string>{"sooner", "later"}));
    EXPECT_GE(world.apps[1].deliveries[0].at - published, milliseconds(1'500));
    EXPECT_TRUE(world.stormy() ||
                world.apps[1].deliveries[1].at - published <= milliseconds(3'100));
    EXPECT_TRUE(world.reached("bus.delayed-released"));
    EXPECT_EQ(world.notes("bus.stored").size(), 2U);
    const auto& stored = world.contents(0, "orders");
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].second, "sooner");
}

}  // namespace
}  // namespace stormglass::bus
