// In which order a participant works, and how it comes into charge and goes out of it.
#include <gtest/gtest.h>

#include "tests/sagas/participant_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

TEST(Participant, claims_and_reads_its_effects_before_it_handles_anything) {
    ParticipantBench bench;
    bench.ready();
    ASSERT_EQ(bench.client.subscriptions.size(), 1U);
    EXPECT_EQ(bench.client.subscriptions[0].mode, bus::GroupMode::effectively_once);
    EXPECT_EQ(bench.client.subscriptions[0].order, bus::KeyOrder::none);
    EXPECT_EQ(bench.client.subscriptions[0].on_dead, bus::OnDead::skip);
    bench.assigned("stock", 2);
    bench.command({});
    const OwnedBatch claim = bench.client.take();
    EXPECT_EQ(claim.events[0].topic, "stock.effects");
    bench.accept(claim);
    EXPECT_EQ(bench.client.reads.back().topic, "stock.effects");
    EXPECT_EQ(bench.shelf.asked, 0);
    bench.records({claim.events[0]});
    EXPECT_EQ(bench.client.batches.size(), 1U);  // the command that waited
}

TEST(Participant, different_sagas_are_handled_side_by_side) {
    ParticipantBench bench;
    bench.take_charge();
    bench.command({.saga = "s1", .body = "book"});
    bench.command({.saga = "s2", .body = "lamp"});
    EXPECT_EQ(bench.client.batches.size(), 2U);
}

TEST(Participant, one_saga_and_one_resource_are_handled_one_after_the_other) {
    ParticipantBench bench;
    bench.take_charge();
    bench.command({.saga = "s1", .step = "a", .body = "book"});
    bench.command({.saga = "s1", .step = "b", .body = "lamp"});  // same saga
    bench.command({.saga = "s2", .step = "a", .body = "book"});  // same resource
    bench.command({.saga = "s3", .step = "a", .body = "pen"});
    ASSERT_EQ(bench.client.batches.size(), 2U);
    bench.accept(bench.client.take());  // s1 a: frees both
    EXPECT_EQ(bench.client.batches.size(), 3U);
}

TEST(Participant, decisions_without_a_resource_exclude_nobody) {
    Bench<Participant> bench;
    NoResource business;
    Participant participant(bench.client, business, stock_config());
    bench.attach(participant);
    bench.ready();
    bench.assigned("stock", 1);
    bench.accept(bench.client.take());
    bench.records({});
    ParticipantBench words;
    bench.deliver("stock", words.event_of({.saga = "s1"}), 0, 1);
    bench.deliver("stock", words.event_of({.saga = "s2"}), 1, 1);
    EXPECT_EQ(bench.client.batches.size(), 2U);
}

TEST(Participant, a_command_given_out_again_is_settled_under_its_new_receipt) {
    ParticipantBench bench;
    bench.take_charge();
    bench.command({.step = "a"});
    const OwnedEvent second = bench.event_of({.step = "b"});
    bench.deliver("stock", second, 9, 1, 1);  // waits for its saga
    bench.deliver("stock", second, 9, 1, 2);
    bench.accept(bench.client.take());
    const OwnedBatch batch = bench.client.take();
    EXPECT_EQ(batch.settlements[0].receipt, 2U);
    EXPECT_TRUE(bench.client.batches.empty());
}

TEST(Participant, a_refused_batch_has_no_effect_and_holds_nobody_up) {
    ParticipantBench bench;
    bench.take_charge();
    bench.command({});
    bench.refuse(bench.client.take(), "EB_SETTLED");
    EXPECT_EQ(bench.shelf.applied, 0);
    EXPECT_EQ(bench.participant.inbox().answers(), 0U);
    EXPECT_EQ(bench.outcome_of({.attempt = 2}), "applied, ok");
}

TEST(Participant, a_full_client_only_delays_commands) {
    ParticipantBench bench;
    bench.take_charge();
    bench.client.full = true;
    bench.command({});
    bench.shelf.poison = true;
    bench.fire({2});
    EXPECT_TRUE(bench.client.batches.empty());
    bench.client.full = false;
    bench.shelf.poison = false;
    bench.fire({2});
    bench.accept(bench.client.take());
    EXPECT_EQ(bench.shelf.stock, -1);
}

TEST(Participant, fenced_it_forgets_everything_and_reads_it_again) {
    ParticipantBench bench;
    bench.take_charge(1);
    EXPECT_EQ(bench.outcome_of({}), "applied, ok");
    bench.command({.saga = "s2"});
    bench.refuse(bench.client.take(), "EB_FENCED");
    EXPECT_FALSE(bench.participant.in_charge());
    EXPECT_EQ(bench.shelf.applied, 0);
    EXPECT_EQ(bench.participant.inbox().answers(), 0U);
    bench.command({.saga = "s3"});  // not answered
    EXPECT_TRUE(bench.client.batches.empty());
    bench.take_charge(3, bench.past);
    EXPECT_EQ(bench.shelf.stock, -1);
    EXPECT_EQ(bench.outcome_of({.attempt = 2}), "noop, ok");
}

TEST(Participant, revoked_it_stops) {
    ParticipantBench bench;
    bench.take_charge(2);
    bench.revoked("stock", 1);
    EXPECT_TRUE(bench.participant.in_charge());
    bench.revoked("stock", 2);
    EXPECT_FALSE(bench.participant.in_charge());
}

TEST(Participant, inbox_tombstones_epochs_and_business_are_rebuilt_from_effects_alone) {
    ParticipantBench first;
    first.take_charge();
    first.outcome_of({.saga = "s1", .epoch = 7});
    first.outcome_of({.saga = "s2", .direction = Direction::cancel});
    first.outcome_of({.saga = "s3"});
    first.outcome_of({.saga = "s3", .direction = Direction::undo});
    first.shelf.empty = true;
    first.outcome_of({.saga = "s4"});

    ParticipantBench second;
    second.take_charge(2, first.past);
    EXPECT_EQ(second.shelf.stock, first.shelf.stock);
    EXPECT_EQ(second.shelf.applied, first.shelf.applied);
    EXPECT_EQ(second.participant.inbox().answers(), first.participant.inbox().answers());
    EXPECT_EQ(second.count("saga.effect-rebuilt"), 5U);
    EXPECT_EQ(second.outcome_of({.saga = "s1", .attempt = 2, .epoch = 6}), "refused");
    EXPECT_EQ(second.outcome_of({.saga = "s1", .attempt = 2, .epoch = 7}), "noop, ok");
    EXPECT_EQ(second.outcome_of({.saga = "s2"}), "refused, refused");
    EXPECT_EQ(second.outcome_of({.saga = "s3", .direction = Direction::undo}), "noop, ok");
    EXPECT_EQ(second.outcome_of({.saga = "s4"}), "noop, failed");
}

TEST(Participant, what_does_not_fit_in_its_effects_is_said_and_skipped) {
    ParticipantBench bench;
    OwnedEvent broken;
    broken.topic = "stock.effects";
    broken.key = "s1";
    broken.payload = ByteBuffer(4, std::byte{9});
    bench.take_charge(1, {broken});
    EXPECT_TRUE(bench.participant.in_charge());
    EXPECT_EQ(bench.count("saga.journal-damaged"), 1U);
}

}  // namespace
}  // namespace stormglass::sagas::tests
