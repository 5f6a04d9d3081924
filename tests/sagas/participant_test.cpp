// The participant's conversation with the bus, by hand: what each command makes it write.
#include "sagas/participant.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/bench.hpp"

namespace stormglass::sagas::tests {
namespace {

/// A shelf with a stock: each do takes one piece of what the body names, each undo puts it back.
class Shelf final : public Business {
  public:
    Decision decide(const Command& command) override {
        ++asked;
        Decision decision;
        decision.resource = std::string(as_text(command.body));
        decision.text = "decided";
        if (poison) {
            decision.kind = Decision::Kind::cannot;
            decision.text = "the shelf is on fire";
        } else if (empty) {
            decision.kind = Decision::Kind::failed;
            decision.text = "sold out";
        } else {
            decision.amount = command.direction == Direction::forward ? -1 : 1;
        }
        return decision;
    }

    void apply(const EffectRecord& effect) override {
        stock += effect.amount;
        ++applied;
    }

    void reset() override {
        stock = 0;
        applied = 0;
    }

    bool empty = false;
    bool poison = false;
    std::int64_t stock = 0;
    int applied = 0;
    int asked = 0;
};

struct NoResource final : Business {
    Decision decide(const Command&) override { return {}; }

    void apply(const EffectRecord&) override {}

    void reset() override {}
};

ParticipantConfig stock_config() {
    ParticipantConfig config;
    config.command_topic = "stock.commands";
    config.group = "stock";
    config.effects_topic = "stock.effects";
    return config;
}

class ParticipantBench : public Bench<Participant> {
  public:
    explicit ParticipantBench(const Rules& rules = sound_rules())
        : participant(client, shelf, stock_config(), rules) {
        attach(participant);
    }

    void take_charge(bus::Generation generation = 1, const std::vector<OwnedEvent>& history = {}) {
        ready();
        assigned("stock", generation);
        accept(client.take());
        records(history);
    }

    struct Sent {
        std::string_view saga = "s1";
        std::string_view step = "reserve";
        Direction direction = Direction::forward;
        StepKind kind = StepKind::compensatable;
        std::uint32_t attempt = 1;
        Epoch epoch = 1;
        std::string_view body = "book";
    };

    void command(const Sent& sent, std::uint32_t receipt = 1) {
        const OwnedEvent event = event_of(sent);
        deliver("stock", event, next_command_++, participant.generation(), receipt);
    }

    OwnedEvent event_of(const Sent& sent) const {
        Command command;
        command.saga = sent.saga;
        command.definition = "checkout";
        command.step = sent.step;
        command.direction = sent.direction;
        command.kind = sent.kind;
        command.attempt = sent.attempt;
        command.epoch = sent.epoch;
        command.body = as_bytes(sent.body);
        OwnedEvent event;
        event.id = "command-" + std::to_string(next_command_);
        event.topic = "stock.commands";
        event.key = sent.saga;
        event.trace = "trace";
        event.payload = bytes_of(command);
        return event;
    }

    OwnedBatch accept_and_keep() {
        OwnedBatch batch = client.take();
        for (const OwnedEvent* event : batch.to("stock.effects")) {
            past.push_back(*event);
        }
        accept(batch);
        return batch;
    }

    /// Sends, accepts, and says what came of it: "applied, ok".
    std::string outcome_of(const Sent& sent) {
        command(sent);
        const OwnedBatch batch = accept_and_keep();
        const auto effect = decode_effect_record(batch.to("stock.effects")[0]->payload);
        CHECK(effect.ok());
        std::string words(name_of(effect->effect));
        for (const OwnedEvent* event : batch.to("saga.replies")) {
            words += ", " + std::string(name_of(decode_reply(event->payload)->outcome));
        }
        return words;
    }

    Shelf shelf;
    Participant participant;
    std::vector<OwnedEvent> past;

  private:
    bus::Position next_command_ = 0;
};

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
