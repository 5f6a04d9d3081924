// The coordinator's conversation with the bus, by hand: what each input makes it write.
#include <gtest/gtest.h>

#include "tests/sagas/coordinator_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

using Words = std::vector<std::string>;

TEST(Coordinator, subscribes_as_one_of_many_that_may_be_in_charge) {
    CoordinatorBench bench;
    bench.ready();
    ASSERT_EQ(bench.client.subscriptions.size(), 1U);
    const bus::Subscription& subscription = bench.client.subscriptions.front();
    EXPECT_EQ(subscription.topic, "saga.replies");
    EXPECT_EQ(subscription.sharing, bus::Sharing::exclusive);
    EXPECT_EQ(subscription.mode, bus::GroupMode::effectively_once);
    EXPECT_EQ(subscription.on_dead, bus::OnDead::skip);
    EXPECT_TRUE(bench.client.batches.empty());
}

TEST(Coordinator, a_reply_is_one_batch_of_settlement_facts_and_commands) {
    CoordinatorBench bench;
    bench.take_charge(3);
    bench.run("order-1");
    bench.reply("order-1", "reserve", Outcome::ok);
    const OwnedBatch batch = bench.client.take();
    ASSERT_EQ(batch.conditions.size(), 1U);
    EXPECT_EQ(batch.conditions[0].value, 3U);
    ASSERT_EQ(batch.settlements.size(), 1U);
    EXPECT_EQ(batch.settlements[0].topic, "saga.replies");
    EXPECT_EQ(batch.settlements[0].group, CoordinatorBench::kGroup);
    EXPECT_EQ(batch.settlements[0].position, 0U);
    EXPECT_EQ(batch.settlements[0].receipt, 1U);
    EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::ack);
    EXPECT_EQ(CoordinatorBench::facts_of(batch), (Words{"reply", "command", "command"}));
    EXPECT_EQ(batch.to("payment.commands").size(), 1U);
    EXPECT_EQ(batch.to("shipping.commands").size(), 1U);
    EXPECT_EQ(batch.to("saga.replies").size(), 2U);  // a timer each
    EXPECT_EQ(batch.to("payment.commands")[0]->cause, "input-0");
}

TEST(Coordinator, memory_follows_the_bus_and_not_the_wish) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    const std::uint64_t before = bench.coordinator.find("order-1")->facts;
    bench.reply("order-1", "reserve", Outcome::ok);
    EXPECT_EQ(bench.coordinator.find("order-1")->facts, before);
    bench.accept(bench.client.take());
    EXPECT_EQ(bench.coordinator.find("order-1")->facts, before + 3);
}

TEST(Coordinator, inputs_of_a_saga_wait_behind_its_batch_in_flight) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.run("order-2");
    bench.reply("order-1", "reserve", Outcome::ok);
    bench.timeout("order-1", "reserve", 1);
    bench.reply("order-2", "reserve", Outcome::ok);  // another saga does not wait
    ASSERT_EQ(bench.client.batches.size(), 2U);
    bench.accept(bench.client.take());
    bench.accept(bench.client.take());
    // The timeout came too late: it is answered and changes nothing.
    const OwnedBatch late = bench.client.take();
    EXPECT_TRUE(late.events.empty());
    EXPECT_EQ(late.settlements[0].verdict, bus::Verdict::ack);
    EXPECT_EQ(bench.count("saga.input-ignored"), 1U);
}

TEST(Coordinator, an_input_given_out_again_is_answered_under_its_new_receipt) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    OwnedEvent event;
    event.id = "r";
    event.topic = "saga.replies";
    event.key = "order-1";
    event.payload = bytes_of(Reply{"order-1", "reserve", Direction::forward, 1, Outcome::ok, {}});
    bench.deliver(CoordinatorBench::kGroup, event, 5, 1, 1);
    bench.deliver(CoordinatorBench::kGroup, event, 5, 1, 2);
    bench.accept(bench.client.take());
    const OwnedBatch batch = bench.client.take();
    EXPECT_EQ(batch.settlements[0].receipt, 2U);
    bench.accept(batch);
    EXPECT_TRUE(bench.client.batches.empty());
}

TEST(Coordinator, a_batch_refused_as_settled_leaves_memory_where_it_was) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.reply("order-1", "reserve", Outcome::ok);
    bench.refuse(bench.client.take(), "EB_SETTLED");
    EXPECT_EQ(bench.coordinator.find("order-1")->facts, 2U);
    EXPECT_TRUE(bench.coordinator.in_charge());
    bench.reply("order-1", "reserve", Outcome::ok);
    EXPECT_EQ(bench.client.batches.size(), 1U);
}

TEST(Coordinator, a_full_client_only_delays_decisions) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.client.full = true;
    bench.reply("order-1", "reserve", Outcome::ok);
    ASSERT_TRUE(bench.start("order-2").ok());
    EXPECT_TRUE(bench.client.batches.empty());
    bench.fire({2});
    EXPECT_TRUE(bench.client.batches.empty());
    bench.client.full = false;
    bench.fire({2});
    EXPECT_EQ(bench.client.batches.size(), 2U);
}

TEST(Coordinator, runs_the_checkout_to_its_end) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    for (const char* step : {"reserve", "charge", "label", "confirm", "ship"}) {
        bench.reply("order-1", step, Outcome::ok);
        bench.accept_and_keep();
    }
    EXPECT_EQ(bench.seen.ends, (Words{"order-1 completed"}));
    EXPECT_EQ(bench.coordinator.live(), 0U);
    EXPECT_EQ(bench.count("saga.decided"), 1U);
    EXPECT_EQ(bench.count("saga.finished"), 1U);
    EXPECT_EQ(bench.note_texts.back(), "saga.finished saga=order-1 epoch=1 outcome=completed");
}

TEST(Coordinator, cancel_and_undo_go_to_the_participant_of_the_step) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.reply("order-1", "reserve", Outcome::ok);
    bench.accept_and_keep();
    bench.reply("order-1", "charge", Outcome::failed);
    const OwnedBatch abort = bench.accept_and_keep();
    EXPECT_EQ(CoordinatorBench::facts_of(abort), (Words{"reply", "decided", "command"}));
    ASSERT_EQ(abort.to("shipping.commands").size(), 1U);
    EXPECT_EQ(abort.to("shipping.commands")[0]->type, kCancelType);
    bench.reply("order-1", "label", Outcome::ok, Direction::cancel);
    const OwnedBatch undo = bench.accept_and_keep();
    ASSERT_EQ(undo.to("shipping.commands").size(), 1U);
    EXPECT_EQ(undo.to("shipping.commands")[0]->type, "shipping.void.v1");
    bench.reply("order-1", "label", Outcome::ok, Direction::undo);
    EXPECT_EQ(bench.accept_and_keep().to("stock.commands")[0]->type, "stock.release.v1");
    bench.reply("order-1", "reserve", Outcome::ok, Direction::undo);
    bench.accept_and_keep();
    EXPECT_EQ(bench.seen.ends, (Words{"order-1 compensated"}));
}

TEST(Coordinator, a_retry_waits_for_its_backoff_and_its_timer_for_both) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.timeout("order-1", "reserve", 1);
    const OwnedBatch batch = bench.client.take();
    EXPECT_EQ(CoordinatorBench::facts_of(batch), (Words{"timeout", "command"}));
    const Duration delay = batch.to("stock.commands")[0]->delay;
    EXPECT_GE(delay, milliseconds(200));
    EXPECT_LE(delay, milliseconds(250));  // jitter adds up to a quarter
    EXPECT_EQ(batch.to("saga.replies")[0]->delay, delay + seconds(5));
    EXPECT_EQ(decode_command(batch.to("stock.commands")[0]->payload)->attempt, 2U);
}

TEST(Coordinator, who_needs_an_operator_is_buried_with_the_reason) {
    CoordinatorBench bench({chain_of_two()});
    bench.take_charge();
    bench.run("s", "chain");
    bench.reply("s", "a", Outcome::ok);
    bench.accept_and_keep();
    bench.reply("s", "b", Outcome::failed);
    bench.accept_and_keep();
    bench.timeout("s", "a", 1, Direction::undo);
    bench.accept_and_keep();
    bench.timeout("s", "a", 2, Direction::undo);
    const OwnedBatch last = bench.accept_and_keep();
    ASSERT_EQ(last.settlements.size(), 1U);
    EXPECT_EQ(last.settlements[0].verdict, bus::Verdict::reject);
    EXPECT_NE(last.settlements[0].detail.find("a could not be taken back"), std::string::npos);
    EXPECT_EQ(bench.count("saga.needs-operator"), 1U);
    EXPECT_EQ(bench.seen.ends, (Words{"s needs-operator"}));
}

TEST(Coordinator, malformed_input_is_rejected_and_never_fatal) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.deliver_input("order-1", ByteBuffer(9, std::byte{0xff}));
    bench.deliver_input("order-1", {});
    bench.deliver_input(
        "order-2", bytes_of(Reply{"order-1", "reserve", Direction::forward, 1, Outcome::ok, {}}));
    bench.deliver_input("order-1", bytes_of(Claim{"group", 1}));
    ASSERT_EQ(bench.client.batches.size(), 4U);
    for (const OwnedBatch& batch : bench.client.batches) {
        ASSERT_EQ(batch.settlements.size(), 1U);
        EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::reject);
        EXPECT_FALSE(batch.settlements[0].detail.empty());
        EXPECT_TRUE(batch.events.empty());
    }
    EXPECT_EQ(bench.count("saga.input-rejected"), 4U);
    bench.refuse(bench.client.take(), "EB_SETTLED");  // rejected before: nothing to do
    EXPECT_TRUE(bench.coordinator.in_charge());
}

TEST(Coordinator, a_reply_to_a_saga_that_nobody_knows_is_answered_and_changes_nothing) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.reply("ghost", "reserve", Outcome::ok);
    const OwnedBatch batch = bench.client.take();
    EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::ack);
    EXPECT_TRUE(batch.events.empty());
    EXPECT_EQ(bench.coordinator.find("ghost"), nullptr);
}

TEST(Coordinator, a_step_of_another_saga_does_not_count_here) {
    CoordinatorBench bench;
    bench.take_charge();
    bench.run("order-1");
    bench.reply("order-1", "ship", Outcome::ok);                            // not commanded
    bench.reply("order-1", "unheard", Outcome::ok);                         // no such step
    bench.reply("order-1", "reserve", Outcome::ok, Direction::forward, 9);  // never sent
    ASSERT_EQ(bench.client.batches.size(), 3U);
    for (const OwnedBatch& batch : bench.client.batches) {
        EXPECT_TRUE(batch.events.empty());
    }
    EXPECT_EQ(bench.coordinator.find("order-1")->facts, 2U);
}

TEST(Coordinator, remembers_ended_sagas_up_to_a_bound) {
    CoordinatorConfig config;
    config.finished_max = 1;
    CoordinatorBench bench({chain_of_two()}, config);
    bench.take_charge();
    for (const char* saga : {"s1", "s2"}) {
        bench.run(saga, "chain");
        bench.reply(saga, "a", Outcome::failed);
        bench.accept_and_keep();
    }
    EXPECT_EQ(bench.coordinator.find("s1"), nullptr);
    ASSERT_NE(bench.coordinator.find("s2"), nullptr);
    EXPECT_EQ(bench.coordinator.find("s2")->state, SagaState::compensated);
}

TEST(Coordinator, inputs_of_one_saga_wait_up_to_a_bound) {
    CoordinatorConfig config;
    config.waiting_max = 2;
    CoordinatorBench bench({checkout()}, config);
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    for (int i = 0; i < 10; ++i) {
        bench.timeout("order-1", "reserve", 1);
    }
    bench.accept(bench.client.take());
    // Two are looked at now; the others were never answered and come again.
    bench.accept(bench.client.take());
    bench.accept(bench.client.take());
    EXPECT_TRUE(bench.client.batches.empty());
}

}  // namespace
}  // namespace stormglass::sagas::tests
