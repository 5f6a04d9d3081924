// The session, one dialogue at a time: inputs and expected effects, written by hand.
#include "bus/session.hpp"

#include "bus/trace_spans.hpp"
#include "tests/bus/dialogue.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the dialogue of this folder

wire::Outcome accepted(std::uint64_t batch, std::vector<Position> positions) {
    return {batch, wire::OutcomeStatus::accepted, false, "", std::move(positions)};
}

wire::Outcome answered(std::uint64_t batch, wire::OutcomeStatus status, std::string_view code) {
    return {batch, status, false, code, {}};
}

constexpr std::uint64_t batch_id(std::uint32_t count, std::uint32_t epoch = Dialogue::kEpoch) {
    return (std::uint64_t{epoch} << 32) | count;
}

TEST(Session, attaches_again_until_an_epoch_is_granted) {
    Dialogue dialogue;
    EXPECT_EQ(dialogue.start(),
              "-> attach urn:agent:orders\n"
              "timer attach +100ms\n"
              "timer heartbeat +300ms\n");
    const std::uint64_t nonce = dialogue.nonce;
    dialogue.pass(milliseconds(100));
    const std::string again = dialogue.timer(1);
    EXPECT_TRUE(again.starts_with("-> attach urn:agent:orders\ntimer attach +1")) << again;
    EXPECT_EQ(dialogue.nonce, nonce) << "one life, one nonce";
    EXPECT_FALSE(dialogue.session.epoch().has_value());
    EXPECT_EQ(dialogue.hear(wire::Attached{nonce, 7, 70}),
              "cancel attach\n"
              "told: ready 7\n");
    EXPECT_EQ(dialogue.session.epoch(), 7U);
    EXPECT_EQ(dialogue.timer(1), "") << "a timer that was under way when it was cancelled";
}

TEST(Session, backs_off_between_half_and_whole_of_the_delay) {
    SessionOptions options = sample_options();
    options.retry_delay = milliseconds(100);
    options.retry_delay_max = milliseconds(400);
    Dialogue dialogue(options);
    dialogue.start();
    for (const int most : {200, 400, 400, 400}) {
        const std::string text = dialogue.timer(1);
        const std::string_view tail = std::string_view(text).substr(text.find('+') + 1);
        const int delay = std::stoi(std::string(tail));
        EXPECT_GE(delay, most / 2);
        EXPECT_LE(delay, most);
    }
}

TEST(Session, ignores_answers_to_another_life) {
    Dialogue dialogue;
    dialogue.start();
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce + 1, 7, 70}),
              "note bus.frame-dropped code=EB_NONCE from=1\n");
    dialogue.hear(wire::Attached{dialogue.nonce, 7, 70});
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce, 7, 70}),
              "note bus.frame-dropped code=EB_STALE from=1\n");
}

TEST(Session, two_lives_draw_two_nonces) {
    Dialogue first;
    Dialogue second;
    second.now.wall = second.now.wall + seconds(1);
    first.start();
    second.start();
    EXPECT_NE(first.nonce, second.nonce) << "even where a host's draws repeat";
}

TEST(Session, never_acts_on_a_stranger) {
    Dialogue dialogue;
    dialogue.start();
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce, 7, 70}, kStranger),
              "note bus.alarm cause=REPLAY code=EV_REPLAY from=9 epoch=0 sequence=0\n");
    EXPECT_FALSE(dialogue.session.epoch().has_value());
    EXPECT_EQ(dialogue.step([&](Effects& out) {
        dialogue.session.on_message(kStranger, as_bytes("noise"), dialogue.now, out);
    }),
              "note bus.frame-dropped code=EF_CUT from=9\n");
    const ByteBuffer event = encoded(sample_draft());
    EXPECT_EQ(dialogue.hear(wire::Deliver{"g", 0, 1, 0, event, 70}, kStranger),
              "note bus.alarm cause=REPLAY code=EV_REPLAY from=9 epoch=7 sequence=1\n");
}

TEST(Session, drops_noise_and_what_only_sessions_say) {
    Dialogue dialogue;
    dialogue.begin();
    EXPECT_EQ(dialogue.step([&](Effects& out) {
        dialogue.session.on_message(kBroker, as_bytes("noise noise"), dialogue.now, out);
    }),
              "note bus.frame-dropped code=EF_FORMAT from=1\n");
    EXPECT_EQ(dialogue.hear(wire::Heartbeat{70}), "note bus.frame-dropped code=EF_KIND from=1\n");
}

TEST(Session, heartbeats_while_attached) {
    Dialogue dialogue;
    dialogue.start();
    EXPECT_EQ(dialogue.timer(2), "timer heartbeat +300ms\n");
    dialogue.hear(wire::Attached{dialogue.nonce, 7, 70});
    EXPECT_EQ(dialogue.timer(2), "timer heartbeat +300ms\n-> heartbeat 70\n");
}

TEST(Session, publishes_and_tells_the_outcome_once) {
    Dialogue dialogue;
    dialogue.begin();
    EXPECT_EQ(dialogue.publish({"a", "b"}),
              "note bus.publish epoch=7 first=1 count=2\n"
              "-> publish 7:1 orders#1 orders#2\n"
              "timer retry +100ms\n");
    EXPECT_EQ(dialogue.publish({"c"}),
              "note bus.publish epoch=7 first=3 count=1\n"
              "-> publish 7:2 follows 2 orders#3\n");
    EXPECT_EQ(dialogue.session.outstanding(), 2U);
    EXPECT_EQ(dialogue.hear(accepted(batch_id(1), {40, 41})),
              "note bus.acked epoch=7 sequence=1 topic=orders position=40 duplicate=0\n"
              "note bus.acked epoch=7 sequence=2 topic=orders position=41 duplicate=0\n"
              "note bus.batch-done accepted=1 code= duplicate=0\n"
              "told: outcome 7:1 accepted @40 @41\n");
    EXPECT_EQ(dialogue.hear(accepted(batch_id(1), {40, 41})),
              "note bus.frame-dropped code=EB_UNKNOWN_BATCH from=1\n");
    EXPECT_EQ(dialogue.session.outstanding(), 1U);
}

TEST(Session, completes_what_the_publication_leaves_open) {
    Dialogue dialogue;
    dialogue.begin();
    Batch batch;
    batch.publications.push_back(Dialogue::publication("two of A"));
    batch.publications[0].lifetime = seconds(30);
    batch.publications[0].subject = "an order";
    dialogue.publish(batch);
    const auto frame = wire::decode(dialogue.frames.at(0));
    const auto event = decode_event(std::get<wire::PublishBatch>(frame.value()).events.at(0).event);
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(event->id, "orders-7-1");
    EXPECT_EQ(event->source, "urn:agent:orders");
    EXPECT_EQ(event->audience, "bus-a/orders");
    EXPECT_EQ(event->data_schema, "stormglass:schema/orders.order-placed/2.0");
    EXPECT_EQ(event->correlation_id, "orders-7-1") << "a root carries its own id";
    EXPECT_EQ(event->causation_id, "");
    EXPECT_EQ(event->time, "2030-01-02T03:04:05.000000000Z");
    EXPECT_EQ(event->expiry_time, "2030-01-02T03:04:35.000000000Z");
    EXPECT_EQ(event->key_id, "orders-key-1");
    EXPECT_TRUE(verify_event(event.value(), dialogue.signing).ok());
}

TEST(Session, continues_the_trace_and_keeps_the_cause_that_it_is_given) {
    Dialogue dialogue;
    dialogue.begin();
    Batch batch;
    batch.publications.push_back(Dialogue::publication("x"));
    batch.publications[0].trace_parent = kTraceParent;
    batch.publications[0].trace_state = "vendor=7,sg=00000000000000ff";
    batch.publications[0].correlation_id = "saga-1";
    batch.publications[0].causation_id = "cause-1";
    dialogue.publish(batch);
    const auto frame = wire::decode(dialogue.frames.at(0));
    const auto event = decode_event(std::get<wire::PublishBatch>(frame.value()).events.at(0).event);
    ASSERT_TRUE(event.ok());
    const auto parent = parse_trace_parent(kTraceParent);
    const auto created = parse_trace_parent(event->trace_parent);
    ASSERT_TRUE(created.has_value());
    EXPECT_EQ(created->trace, parent->trace);
    EXPECT_NE(created->span, parent->span) << "an event has a span of its own";
    EXPECT_EQ(created->flags, parent->flags);
    EXPECT_EQ(parent_of(event->trace_state), parent->span);
    EXPECT_TRUE(event->trace_state.ends_with(",vendor=7")) << event->trace_state;
    EXPECT_EQ(event->correlation_id, "saga-1");
    EXPECT_EQ(event->causation_id, "cause-1");
}

TEST(Session, begins_a_trace_with_a_root_and_refuses_a_broken_one) {
    Dialogue dialogue;
    dialogue.begin();
    Batch batch;
    batch.publications.push_back(Dialogue::publication("x"));
    dialogue.publish(batch);
    const auto frame = wire::decode(dialogue.frames.at(0));
    const auto event = decode_event(std::get<wire::PublishBatch>(frame.value()).events.at(0).event);
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(event->trace_state, "") << "a root was created under nothing";
    EXPECT_EQ(parse_trace_parent(event->trace_parent)->flags, kTraceSampled | kTraceRandom);
    batch.publications[0].trace_parent = "00-0-0-01";
    dialogue.publish(batch);
    EXPECT_EQ(dialogue.refusal, "EV_TRACE_INVALID");
}

TEST(Session, retries_with_the_same_bytes) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    const ByteBuffer first = dialogue.frames.at(0);
    dialogue.pass(milliseconds(99));
    EXPECT_EQ(dialogue.timer(3), "timer retry +1ms\n") << "not due yet";
    dialogue.pass(milliseconds(1));
    const std::string again = dialogue.timer(3);
    EXPECT_TRUE(again.starts_with("-> publish 7:1 orders#1\ntimer retry +1")) << again;
    EXPECT_EQ(as_text(dialogue.frames.at(0)), as_text(first));
}

TEST(Session, a_refused_batch_does_not_hold_up_those_behind_it) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    dialogue.publish({"b"});
    dialogue.publish({"c"});
    using enum wire::OutcomeStatus;
    EXPECT_EQ(dialogue.hear(answered(batch_id(2), early, "")), "");
    EXPECT_EQ(dialogue.hear(answered(batch_id(3), early, "")), "");
    EXPECT_EQ(dialogue.hear(answered(batch_id(1), refused, "EV_SEQ_GAP")),
              "note bus.batch-done accepted=0 code=EV_SEQ_GAP duplicate=0\n"
              "-> publish 7:2 orders#2\n"
              "-> publish 7:3 follows 2 orders#3\n"
              "told: outcome 7:1 refused EV_SEQ_GAP\n");
}

TEST(Session, doubts_a_refusal_of_bytes_that_it_never_sent) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    for (int doubt = 1; doubt <= 5; ++doubt) {
        EXPECT_EQ(dialogue.hear(answered(batch_id(1), wire::OutcomeStatus::refused, "EV_AUDIENCE")),
                  "note bus.refusal-doubted code=EV_AUDIENCE\n");
    }
    EXPECT_EQ(dialogue.hear(answered(batch_id(1), wire::OutcomeStatus::refused, "EV_AUDIENCE")),
              "note bus.batch-done accepted=0 code=EV_AUDIENCE duplicate=0\n"
              "told: outcome 7:1 refused EV_AUDIENCE\n");
}

TEST(Session, early_after_the_predecessors_outcome_is_sent_again_at_once) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    dialogue.publish({"b"});
    dialogue.hear(accepted(batch_id(1), {0}));
    EXPECT_EQ(dialogue.hear(answered(batch_id(2), wire::OutcomeStatus::early, "")),
              "-> publish 7:2 orders#2\n");
    EXPECT_EQ(dialogue.hear(answered(batch_id(2), wire::OutcomeStatus::early, "")), "")
        << "a broker that insists is asked again by the timer only";
}

TEST(Session, what_was_only_early_does_not_wait_as_if_it_had_been_lost) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    dialogue.publish({"b"});
    for (int n = 0; n < 6; ++n) {
        dialogue.pass(seconds(5));
        dialogue.timer(3);  // both again, and each time later
    }
    dialogue.hear(answered(batch_id(2), wire::OutcomeStatus::early, ""));
    dialogue.hear(accepted(batch_id(1), {0}));  // what b waited for: it is sent at once ...
    dialogue.pass(milliseconds(100));
    EXPECT_TRUE(dialogue.timer(3).starts_with("-> publish 7:2 orders#2\n"));  // ... and again soon
}

TEST(Session, overloaded_waits_for_the_timer) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    EXPECT_EQ(dialogue.hear(answered(batch_id(1), wire::OutcomeStatus::overloaded, "")), "");
    dialogue.pass(milliseconds(100));
    EXPECT_TRUE(dialogue.timer(3).starts_with("-> publish 7:1 orders#1\n"));
}

TEST(Session, an_outcome_for_another_number_of_events_is_not_believed) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a", "b"});
    EXPECT_EQ(dialogue.hear(accepted(batch_id(1), {40})),
              "note bus.frame-dropped code=EF_FIELD from=1\n");
    EXPECT_EQ(dialogue.session.outstanding(), 1U);
}

TEST(Session, refuses_at_once_what_it_cannot_keep) {
    SessionOptions options = sample_options();
    options.outstanding_max = 2;
    Dialogue dialogue(options);
    dialogue.start();
    EXPECT_EQ(dialogue.publish({"a"}), "");
    EXPECT_EQ(dialogue.refusal, "not-ready");
    dialogue.hear(wire::Attached{dialogue.nonce, 7, 70});
    dialogue.publish({"a"});
    dialogue.publish({"b"});
    EXPECT_EQ(dialogue.publish({"c"}), "");
    EXPECT_EQ(dialogue.refusal, "overloaded");
    dialogue.hear(accepted(batch_id(1), {0}));
    EXPECT_EQ(dialogue.publish({"c"}),
              "note bus.publish epoch=7 first=3 count=1\n"
              "-> publish 7:3 follows 2 orders#3\n")
        << "what was refused took no sequence";
}

TEST(Session, refuses_invalid_batches_whole) {
    Dialogue dialogue;
    dialogue.begin();
    const auto refusal = [&](const std::function<void(Batch&)>& spoil) {
        Batch batch;
        batch.publications.push_back(Dialogue::publication("good"));
        batch.publications.push_back(Dialogue::publication("good"));
        batch.settlements.push_back({"group", "orders", 1, 1, Verdict::ack, {}, ""});
        batch.conditions.push_back({Condition::Kind::fence, "saga-1", "", 4});
        spoil(batch);
        EXPECT_EQ(dialogue.publish(batch), "");
        return dialogue.refusal;
    };
    const std::string long_name(129, 'x');
    const std::string long_text(513, 'x');
    EXPECT_EQ(refusal([](Batch& batch) { batch.clear(); }), "EB_EMPTY");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications.resize(1025); }), "EB_LIMIT");
    EXPECT_EQ(refusal([](Batch& batch) { batch.conditions[0].name = ""; }), "EB_NAME");
    EXPECT_EQ(refusal([&](Batch& batch) { batch.conditions[0].key = long_name; }), "EB_NAME");
    EXPECT_EQ(refusal([](Batch& batch) { batch.settlements[0].group = ""; }), "EB_NAME");
    EXPECT_EQ(refusal([&](Batch& batch) { batch.settlements[0].topic = long_name; }), "EB_NAME");
    EXPECT_EQ(refusal([&](Batch& batch) { batch.settlements[0].detail = long_text; }), "EB_LIMIT");
    EXPECT_EQ(refusal([](Batch& batch) { batch.settlements[0].delay = {-1}; }), "EB_DELAY");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications[1].delay = {-1}; }), "EB_DELAY");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications[1].type = "bad"; }), "EV_TYPE_INVALID");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications[1].topic = ""; }), "EV_AUDIENCE");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications[1].partition_key = ""; }),
              "EV_ATTR_MISSING");
    EXPECT_EQ(refusal([](Batch& batch) { batch.publications[1].causation_id = "c"; }),
              "EV_CAUSATION");
    const ByteBuffer large(63 << 10);
    EXPECT_EQ(refusal([&](Batch& batch) {
                  batch.publications.assign(70, Dialogue::publication(as_text(large)));
              }),
              "EB_LIMIT");
    EXPECT_EQ(dialogue.session.outstanding(), 0U);
    Batch good;
    good.settlements.push_back({"group", "orders", 1, 2, Verdict::nack, seconds(1), "later"});
    good.conditions.push_back({Condition::Kind::fence, "saga-1", "", 4});
    good.publications.push_back(Dialogue::publication("good"));
    good.publications[0].delay = seconds(5);
    EXPECT_EQ(dialogue.publish(good),
              "note bus.publish epoch=7 first=1 count=1\n"
              "-> publish 7:1 if saga-1=4 nack group/orders@1.2 (later) orders#1+5000ms\n"
              "timer retry +100ms\n");
}

TEST(Session, the_owner_may_publish_from_within_an_outcome) {
    SessionOptions options = sample_options();
    options.outstanding_max = 1;
    Dialogue dialogue(options);
    dialogue.begin();
    dialogue.publish({"a"});
    dialogue.listener.then = [&](Moment now, Effects& out) {
        Batch batch;
        batch.publications.push_back(Dialogue::publication("next"));
        EXPECT_TRUE(dialogue.session.publish(batch, Durability::synced, now, out).ok());
    };
    EXPECT_EQ(dialogue.hear(accepted(batch_id(1), {0})),
              "note bus.acked epoch=7 sequence=1 topic=orders position=0 duplicate=0\n"
              "note bus.batch-done accepted=1 code= duplicate=0\n"
              "told: outcome 7:1 accepted @0\n"
              "note bus.publish epoch=7 first=2 count=1\n"
              "-> publish 7:2 orders#2\n");
}

TEST(Session, resumes_under_the_same_epoch) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.step([&](Effects& out) {
        dialogue.session.subscribe({"stock", "orders-group"}, dialogue.now, out);
    });
    dialogue.publish({"a"});
    dialogue.publish({"b"});
    const std::uint64_t nonce = dialogue.nonce;
    EXPECT_EQ(dialogue.hear(wire::Unattached{70}),
              "-> attach urn:agent:orders\n"
              "timer attach +100ms\n");
    EXPECT_EQ(dialogue.nonce, nonce);
    EXPECT_EQ(dialogue.publish({"c"}), "note bus.publish epoch=7 first=3 count=1\n")
        << "kept until the broker knows us again";
    EXPECT_EQ(dialogue.hear(wire::Attached{nonce, 7, 70}),
              "note bus.frame-dropped code=EB_STALE from=1\n")
        << "that acquaintance is over";
    EXPECT_EQ(dialogue.hear(wire::Attached{nonce, 7, 71}),
              "cancel attach\n"
              "-> subscribe orders-group/stock\n"
              "-> publish 7:1 orders#1\n"
              "-> publish 7:2 follows 1 orders#2\n"
              "-> publish 7:3 follows 2 orders#3\n");
    EXPECT_EQ(dialogue.hear(wire::Unattached{60}), "note bus.frame-dropped code=EB_STALE from=1\n");
}

TEST(Session, under_a_new_epoch_old_batches_keep_their_identity) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    dialogue.hear(wire::Unattached{70});
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce, 9, 90}),
              "cancel attach\n"
              "-> publish 7:1 orders#1\n"
              "told: ready 9\n")
        << "whether it was accepted before, only the broker can say";
    EXPECT_EQ(dialogue.publish({"b"}),
              "note bus.publish epoch=9 first=1 count=1\n"
              "-> publish 9:1 orders#1\n");
    EXPECT_EQ(dialogue.hear(answered(batch_id(1), wire::OutcomeStatus::refused, "EV_EPOCH_STALE")),
              "note bus.batch-done accepted=0 code=EV_EPOCH_STALE duplicate=0\n"
              "told: outcome 7:1 refused EV_EPOCH_STALE\n");
    EXPECT_EQ(dialogue.hear(wire::Unattached{70}), "note bus.frame-dropped code=EB_STALE from=1\n");
}

TEST(Session, a_new_link_is_told_everything_again) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.publish({"a"});
    const auto link = [&](LinkState state, NodeId peer = kBroker) {
        return dialogue.step(
            [&](Effects& out) { dialogue.session.on_link(peer, state, dialogue.now, out); });
    };
    EXPECT_EQ(link(LinkState::down), "");
    EXPECT_EQ(link(LinkState::up), "-> publish 7:1 orders#1\n");
    EXPECT_EQ(link(LinkState::up, kStranger), "");
}

TEST(Session, a_life_of_the_same_draws_repeats_every_byte) {
    const auto life = [] {
        Dialogue dialogue;
        dialogue.begin();
        dialogue.publish({"a", "b"});
        return std::string(as_text(dialogue.frames.at(0)));
    };
    EXPECT_EQ(life(), life());
}

}  // namespace
}  // namespace stormglass::bus
