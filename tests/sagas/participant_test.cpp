// What a participant makes of each command: effect, reply, settlement, and what it remembers.
#include <gtest/gtest.h>

#include "tests/sagas/participant_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

TEST(Participant, effect_reply_and_settlement_are_one_fenced_batch) {
    ParticipantBench bench;
    bench.take_charge(4);
    bench.command({.attempt = 2});
    const OwnedBatch batch = bench.client.take();
    ASSERT_EQ(batch.conditions.size(), 1U);
    EXPECT_EQ(batch.conditions[0].name, "stock");
    EXPECT_EQ(batch.conditions[0].value, 4U);
    ASSERT_EQ(batch.settlements.size(), 1U);
    EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::ack);
    EXPECT_EQ(batch.settlements[0].topic, "stock.commands");
    ASSERT_EQ(batch.events.size(), 2U);
    const auto effect = decode_effect_record(batch.events[0].payload);
    EXPECT_EQ(effect->effect, Impact::applied);
    EXPECT_EQ(effect->amount, -1);
    EXPECT_EQ(effect->resource, "book");
    EXPECT_TRUE(effect->binding);
    EXPECT_EQ(batch.events[1].topic, "saga.replies");
    EXPECT_EQ(batch.events[1].cause, "command-0");
    EXPECT_EQ(batch.events[1].trace, "trace");
    const auto reply = decode_reply(batch.events[1].payload);
    EXPECT_EQ(reply->attempt, 2U);
    EXPECT_EQ(reply->outcome, Outcome::ok);
    EXPECT_EQ(as_text(reply->body), "decided");
    EXPECT_EQ(bench.shelf.stock, 0);  // not before the bus has it
    bench.accept(batch);
    EXPECT_EQ(bench.shelf.stock, -1);
    EXPECT_EQ(bench.note_texts.back(),
              "saga.effect saga=s1 step=reserve direction=do key=s1/reserve/do outcome=applied "
              "amount=18446744073709551615 resource=book answer=ok attempt=2 epoch=1 group=stock "
              "position=101");
}

TEST(Participant, a_repeat_gets_the_first_answer_and_has_no_effect) {
    ParticipantBench bench;
    bench.take_charge();
    EXPECT_EQ(bench.outcome_of({}), "applied, ok");
    bench.shelf.empty = true;  // the world has changed; the answer has not
    EXPECT_EQ(bench.outcome_of({.attempt = 2}), "noop, ok");
    EXPECT_EQ(bench.shelf.stock, -1);
    EXPECT_EQ(bench.shelf.asked, 1);
}

TEST(Participant, a_business_failure_stands) {
    ParticipantBench bench;
    bench.take_charge();
    bench.shelf.empty = true;
    EXPECT_EQ(bench.outcome_of({}), "noop, failed");
    bench.shelf.empty = false;
    EXPECT_EQ(bench.outcome_of({.attempt = 2}), "noop, failed");
    EXPECT_EQ(bench.shelf.applied, 0);
}

TEST(Participant, a_failure_of_what_must_hold_is_asked_again) {
    ParticipantBench bench;
    bench.take_charge();
    bench.shelf.empty = true;
    EXPECT_EQ(bench.outcome_of({.step = "ship", .kind = StepKind::retriable}), "noop, failed");
    EXPECT_EQ(bench.outcome_of({.step = "reserve"}), "noop, failed");
    bench.shelf.empty = false;
    EXPECT_EQ(bench.outcome_of({.step = "ship", .kind = StepKind::retriable, .attempt = 2}),
              "applied, ok");
    // An undo, too, is asked until it holds.
    EXPECT_EQ(bench.outcome_of({.saga = "s2"}), "applied, ok");
    bench.shelf.empty = true;
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .direction = Direction::undo}), "noop, failed");
    bench.shelf.empty = false;
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .direction = Direction::undo, .attempt = 2}),
              "applied, ok");
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .direction = Direction::undo, .attempt = 3}),
              "noop, ok");
    EXPECT_EQ(bench.shelf.stock, -1);
}

TEST(Participant, an_undo_before_its_do_leaves_a_tombstone_that_the_late_do_meets) {
    ParticipantBench bench;
    bench.take_charge();
    EXPECT_EQ(bench.outcome_of({.direction = Direction::undo}), "noop, ok");
    EXPECT_TRUE(bench.participant.inbox().has_tombstone("s1", "reserve"));
    EXPECT_EQ(bench.outcome_of({}), "refused, refused");
    EXPECT_EQ(bench.shelf.asked, 0);
    EXPECT_EQ(bench.count("saga.late-refused"), 1U);
    EXPECT_EQ(bench.outcome_of({.step = "other"}), "applied, ok");  // of that step only
}

TEST(Participant, a_cancel_tells_what_was_applied_and_prevents_what_was_not) {
    ParticipantBench bench;
    bench.take_charge();
    EXPECT_EQ(bench.outcome_of({}), "applied, ok");
    EXPECT_EQ(bench.outcome_of({.direction = Direction::cancel}), "noop, ok");
    EXPECT_FALSE(bench.participant.inbox().has_tombstone("s1", "reserve"));
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .direction = Direction::cancel}), "noop, refused");
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .direction = Direction::cancel}), "noop, refused");
    EXPECT_EQ(bench.outcome_of({.saga = "s2"}), "refused, refused");
    EXPECT_EQ(bench.shelf.stock, -1);
}

TEST(Participant, a_coordinator_that_was_replaced_is_not_heard) {
    ParticipantBench bench;
    bench.take_charge();
    EXPECT_EQ(bench.outcome_of({.step = "a", .epoch = 5}), "applied, ok");
    EXPECT_EQ(bench.outcome_of({.step = "b", .epoch = 4}), "refused");  // and no reply
    EXPECT_EQ(bench.outcome_of({.saga = "s2", .step = "b", .epoch = 4}), "applied, ok");
    EXPECT_EQ(bench.outcome_of({.step = "b", .epoch = 5}), "applied, ok");
    EXPECT_EQ(bench.count("saga.late-refused"), 1U);
}

struct EveryEpoch : Rules {
    bool epoch_is_admitted(Epoch, Epoch) const override { return true; }
};

TEST(Participant, without_the_epoch_rule_a_replaced_coordinator_is_heard) {
    const EveryEpoch rules;
    ParticipantBench bench(rules);
    bench.take_charge();
    EXPECT_EQ(bench.outcome_of({.step = "a", .epoch = 5}), "applied, ok");
    EXPECT_EQ(bench.outcome_of({.step = "b", .epoch = 4}), "applied, ok");
}

TEST(Participant, what_it_cannot_handle_is_put_off_for_the_bus_to_count) {
    ParticipantBench bench;
    bench.take_charge();
    bench.shelf.poison = true;
    bench.command({});
    const OwnedBatch batch = bench.client.take();
    ASSERT_EQ(batch.settlements.size(), 1U);
    EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::nack);
    EXPECT_EQ(batch.settlements[0].delay, milliseconds(500));
    EXPECT_EQ(batch.settlements[0].detail, "the shelf is on fire");
    EXPECT_TRUE(batch.events.empty());
    bench.accept(batch);
    EXPECT_EQ(bench.count("saga.poison"), 1U);
    bench.shelf.poison = false;
    EXPECT_EQ(bench.outcome_of({}), "applied, ok");
}

TEST(Participant, malformed_commands_are_rejected_and_never_fatal) {
    ParticipantBench bench;
    bench.take_charge();
    OwnedEvent event = bench.event_of({});
    event.key = "s2";  // about s1
    bench.deliver("stock", event, 0, 1);
    event.payload.resize(7);
    bench.deliver("stock", event, 1, 1);
    event.payload.clear();
    bench.deliver("stock", event, 2, 1);
    ASSERT_EQ(bench.client.batches.size(), 3U);
    for (const OwnedBatch& batch : bench.client.batches) {
        EXPECT_EQ(batch.settlements[0].verdict, bus::Verdict::reject);
        EXPECT_FALSE(batch.settlements[0].detail.empty());
    }
    bench.accept(bench.client.take());
    EXPECT_EQ(bench.shelf.asked, 0);
}

TEST(Inbox, first_binding_answer_stands) {
    Inbox inbox;
    EffectRecord effect;
    effect.saga = "s";
    effect.step = "t";
    effect.attempt = 1;
    effect.binding = true;
    effect.body = as_bytes("first");
    inbox.take(effect);
    effect.body = as_bytes("second");
    inbox.take(effect);
    ASSERT_NE(inbox.find("s", "t", Direction::forward), nullptr);
    EXPECT_EQ(inbox.find("s", "t", Direction::forward)->body, "first");
    EXPECT_EQ(inbox.find("s", "t", Direction::undo), nullptr);
    EXPECT_EQ(inbox.answers(), 1U);
}

TEST(Inbox, epochs_only_rise) {
    Inbox inbox;
    EffectRecord effect;
    effect.saga = "s";
    effect.step = "t";
    effect.attempt = 1;
    effect.effect = Impact::refused;
    effect.answer = Outcome::refused;
    effect.epoch = 5;
    inbox.take(effect);
    effect.epoch = 3;
    inbox.take(effect);
    EXPECT_EQ(inbox.newest("s"), 5U);
    EXPECT_EQ(inbox.newest("other"), 0U);
    EXPECT_EQ(name_of(Treatment::refuse_late), "refuse-late");
}

}  // namespace
}  // namespace stormglass::sagas::tests
