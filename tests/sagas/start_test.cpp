// How a saga is started: one batch, once, or refused.
#include <gtest/gtest.h>

#include "tests/sagas/coordinator_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

using Words = std::vector<std::string>;

TEST(Coordinator, start_is_one_batch_of_fence_novelty_facts_command_and_timers) {
    CoordinatorBench bench;
    bench.take_charge(7);
    ASSERT_TRUE(bench.start("order-1").ok());
    const OwnedBatch batch = bench.client.take();
    ASSERT_EQ(batch.conditions.size(), 2U);
    EXPECT_EQ(batch.conditions[0].kind, bus::Condition::Kind::fence);
    EXPECT_EQ(batch.conditions[0].name, CoordinatorBench::kGroup);
    EXPECT_EQ(batch.conditions[0].value, 7U);
    EXPECT_EQ(batch.conditions[1].kind, bus::Condition::Kind::key_length);
    EXPECT_EQ(batch.conditions[1].name, "saga.journal");
    EXPECT_EQ(batch.conditions[1].key, "order-1");
    EXPECT_EQ(batch.conditions[1].value, 0U);
    EXPECT_TRUE(batch.settlements.empty());
    EXPECT_EQ(CoordinatorBench::facts_of(batch), (Words{"started", "command"}));
    for (const OwnedEvent& event : batch.events) {
        EXPECT_EQ(event.key, "order-1");
        EXPECT_EQ(event.correlation, "order-1");
        EXPECT_FALSE(event.cause.empty());
    }
    const auto timers = batch.to("saga.replies");
    ASSERT_EQ(timers.size(), 2U);
    EXPECT_EQ(timers[0]->delay, minutes(15));  // the saga's deadline
    EXPECT_EQ(timers[1]->delay, seconds(5));   // the attempt's
    EXPECT_EQ(decode_timer(timers[1]->payload)->step, "reserve");
}

TEST(Coordinator, command_says_who_asks_for_what_and_expires) {
    CoordinatorBench bench;
    bench.take_charge(7);
    ASSERT_TRUE(bench.start("order-1").ok());
    const OwnedBatch batch = bench.client.take();
    const auto commands = batch.to("stock.commands");
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0]->type, "stock.reserve.v1");
    EXPECT_GT(commands[0]->lifetime, Duration{});
    EXPECT_EQ(commands[0]->delay, Duration{});
    const auto command = decode_command(commands[0]->payload);
    ASSERT_TRUE(command.ok());
    EXPECT_EQ(command->saga, "order-1");
    EXPECT_EQ(command->definition, "checkout");
    EXPECT_EQ(command->definition_hash, checkout().hash);
    EXPECT_EQ(command->step, "reserve");
    EXPECT_EQ(command->direction, Direction::forward);
    EXPECT_EQ(command->kind, StepKind::compensatable);
    EXPECT_EQ(command->attempt, 1U);
    EXPECT_EQ(command->epoch, 7U);
    EXPECT_EQ(as_text(command->body), "cart");
}

TEST(Coordinator, knows_a_saga_only_when_the_bus_has_it) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    EXPECT_EQ(bench.coordinator.find("order-1"), nullptr);
    EXPECT_EQ(bench.count("saga.started"), 0U);
    bench.accept(bench.client.take());
    ASSERT_NE(bench.coordinator.find("order-1"), nullptr);
    EXPECT_EQ(bench.coordinator.live(), 1U);
    EXPECT_EQ(bench.seen.starts, (Words{"order-1 started"}));
    // The crash point of the scenarios comes before what the decision says.
    const auto at = [&](std::string_view note) {
        return std::find(bench.notes.begin(), bench.notes.end(), note);
    };
    EXPECT_LT(at("saga.decision-acknowledged"), at("saga.started"));
    EXPECT_LT(at("saga.started"), at("saga.command"));
}

TEST(Coordinator, a_second_start_is_harmless) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    ASSERT_TRUE(bench.start("order-1").ok());
    EXPECT_TRUE(bench.client.batches.empty());
    EXPECT_EQ(bench.seen.starts, (Words{"order-1 started", "order-1 already"}));
}

TEST(Coordinator, a_start_that_the_journal_knows_better_is_answered_as_started_before) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    bench.refuse(bench.client.take(), "EB_CONDITION");
    EXPECT_EQ(bench.seen.starts, (Words{"order-1 already EB_CONDITION"}));
    EXPECT_EQ(bench.coordinator.find("order-1"), nullptr);
    EXPECT_EQ(bench.coordinator.live(), 0U);
}

TEST(Coordinator, a_start_refused_for_good_is_reported_with_the_code) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    bench.refuse(bench.client.take(), "EB_TOPIC_UNKNOWN");
    EXPECT_EQ(bench.seen.starts, (Words{"order-1 refused EB_TOPIC_UNKNOWN"}));
}

TEST(Coordinator, a_start_under_an_epoch_that_ended_is_sent_again) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    bench.refuse(bench.client.take(), "EV_EPOCH_STALE");
    EXPECT_TRUE(bench.seen.starts.empty());
    bench.fire({2});
    bench.accept(bench.client.take());
    EXPECT_EQ(bench.seen.starts, (Words{"order-1 started"}));
}

struct BadStart {
    const char* name;
    StartRequest request;
    std::string_view code;
};

class CoordinatorRefuses : public testing::TestWithParam<BadStart> {};

TEST_P(CoordinatorRefuses, a_start_that_cannot_be) {
    CoordinatorBench bench;
    bench.take_charge();
    const auto asked = bench.coordinator.start_saga(GetParam().request, bench.now, bench.out);
    ASSERT_FALSE(asked.ok());
    EXPECT_EQ(asked.error().code, GetParam().code);
    EXPECT_FALSE(asked.error().text.empty());
    EXPECT_TRUE(bench.client.batches.empty());
}

const ByteBuffer kHugePayload(kBodyBytesMax + 1);

INSTANTIATE_TEST_SUITE_P(
    Table,
    CoordinatorRefuses,
    testing::ValuesIn(std::vector<BadStart>{
        {"no_id", {"", "checkout", {}, {}, {}}, "SG_NAME"},
        {"blank_in_id", {"order 1", "checkout", {}, {}, {}}, "SG_NAME"},
        {"id_of_the_group", {"saga-coordinators", "checkout", {}, {}, {}}, "SG_NAME"},
        {"bad_trace", {"order-1", "checkout", {}, "00-1-2-3", {}}, "SG_NAME"},
        {"bad_cause", {"order-1", "checkout", {}, {}, "two words"}, "SG_NAME"},
        {"unknown", {"order-1", "chekout", {}, {}, {}}, "SG_UNKNOWN_DEFINITION"},
        {"payload", {"order-1", "checkout", kHugePayload, {}, {}}, "SG_PAYLOAD"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Coordinator, starts_wait_until_it_is_in_charge_up_to_a_bound) {
    CoordinatorConfig config;
    config.starts_max = 2;
    CoordinatorBench bench({checkout()}, config);
    bench.ready();
    EXPECT_TRUE(bench.start("order-1").ok());
    EXPECT_TRUE(bench.start("order-2").ok());
    const auto third = bench.start("order-3");
    ASSERT_FALSE(third.ok());
    EXPECT_EQ(third.error().code, "SG_BUSY");
    EXPECT_TRUE(bench.client.batches.empty());
    bench.take_charge();
    EXPECT_EQ(bench.client.batches.size(), 2U);
}

}  // namespace
}  // namespace stormglass::sagas::tests
