// The consuming half of a session: what reaches the owner, once, in order, and only if it is true.
#include "bus/session.hpp"
#include "tests/bus/dialogue.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the dialogue of this folder

/// Attached, and a member of "shippers" on topic "orders".
struct Consumer : Dialogue {
    explicit Consumer(SessionOptions options = sample_options(), Sharing sharing = Sharing::shared)
        : Dialogue(std::move(options)) {
        begin();
        Subscription subscription{"orders", "shippers"};
        subscription.sharing = sharing;
        subscribed = subscribe(subscription);
    }

    std::string subscribe(const Subscription& subscription) {
        return step([&](Effects& out) { session.subscribe(subscription, now, out); });
    }

    std::string deliver(Position position, std::uint32_t attempt, Bytes event) {
        return hear(wire::Deliver{"shippers", position, attempt, 0, event, 70});
    }

    std::string subscribed;
};

TEST(Subscribe, is_repeated_until_something_comes) {
    Consumer consumer;
    EXPECT_EQ(consumer.subscribed, "-> subscribe shippers/orders\ntimer retry +100ms\n");
    consumer.pass(milliseconds(100));
    EXPECT_TRUE(consumer.timer(3).starts_with("-> subscribe shippers/orders\ntimer retry +"));
    consumer.deliver(0, 1, encoded(sample_draft()));
    consumer.pass(seconds(1));
    EXPECT_EQ(consumer.timer(3), "") << "confirmed by a delivery";
    EXPECT_EQ(consumer.subscribe({"orders", "shippers"}),
              "-> subscribe shippers/orders\ntimer retry +100ms\n")
        << "idempotent, but said again when asked";
    EXPECT_EQ(consumer.subscribe({"stock", "shippers"}), "-> subscribe shippers/stock\n");
}

TEST(Subscribe, before_the_epoch_is_sent_after_it) {
    Dialogue dialogue;
    dialogue.start();
    EXPECT_EQ(dialogue.step([&](Effects& out) {
        dialogue.session.subscribe({"orders", "shippers"}, dialogue.now, out);
    }),
              "");
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce, 7, 70}),
              "cancel attach\n"
              "-> subscribe shippers/orders\n"
              "timer retry +100ms\n"
              "told: ready 7\n");
}

TEST(Deliver, reaches_the_owner_once_per_attempt) {
    Consumer consumer;
    const ByteBuffer event = encoded(sample_draft());
    EXPECT_EQ(consumer.deliver(5, 1, event),
              "note bus.received group=shippers topic=orders position=5 receipt=1\n"
              "told: delivery shippers/orders@5.1 two of A\n");
    EXPECT_EQ(consumer.deliver(5, 1, event), "note bus.frame-dropped code=EB_DUPLICATE from=1\n");
    EXPECT_EQ(consumer.deliver(5, 2, event),
              "note bus.received group=shippers topic=orders position=5 receipt=2\n"
              "told: delivery shippers/orders@5.2 two of A\n")
        << "a redelivery is not a copy";
}

TEST(Deliver, outside_any_subscription_is_dropped) {
    Consumer consumer;
    const ByteBuffer event = encoded(sample_draft());
    EXPECT_EQ(consumer.hear(wire::Deliver{"others", 5, 1, 0, event, 70}),
              "note bus.frame-dropped code=EB_NO_SUBSCRIPTION from=1\n");
    consumer.hear(wire::Unattached{70});
    EXPECT_EQ(consumer.deliver(5, 1, event), "note bus.frame-dropped code=EB_UNATTACHED from=1\n");
}

TEST(Deliver, of_an_altered_event_is_rejected_with_an_alarm) {
    Consumer consumer;
    ByteBuffer event = encoded(sample_draft());
    event.back() ^= std::byte{1};
    EXPECT_EQ(consumer.deliver(5, 1, event),
              "note bus.alarm cause=SIG_INVALID code=EV_SIG_INVALID from=1 epoch=7 sequence=1\n"
              "-> publish 7:1 reject shippers/orders@5.1 (EV_SIG_INVALID)\n");
    const std::uint64_t batch = (std::uint64_t{7} << 32) | 1;
    EXPECT_EQ(consumer.hear(wire::Outcome{batch, wire::OutcomeStatus::accepted, false, "", {}}), "")
        << "the owner never asked for it";
    EXPECT_EQ(consumer.session.outstanding(), 0U);
}

TEST(Deliver, of_bytes_that_are_no_event_is_rejected) {
    Consumer consumer;
    EXPECT_EQ(consumer.deliver(5, 1, as_bytes("noise")),
              "note bus.alarm cause=ENVELOPE_INVALID code=EV_MALFORMED from=1 epoch=0 sequence=0\n"
              "-> publish 7:1 reject shippers/orders@5.1 (EV_MALFORMED)\n");
}

TEST(Deliver, of_an_event_for_another_place_is_rejected) {
    Consumer consumer;
    EventDraft draft = sample_draft();
    draft.audience = "bus-b/orders";
    EXPECT_EQ(consumer.deliver(5, 1, encoded(draft)),
              "note bus.alarm cause=AUDIENCE code=EV_AUDIENCE from=1 epoch=7 sequence=1\n"
              "-> publish 7:1 reject shippers/orders@5.1 (EV_AUDIENCE)\n");
    draft.audience = "bus-a/payments";
    EXPECT_EQ(consumer.deliver(6, 1, encoded(draft)),
              "note bus.alarm cause=AUDIENCE code=EV_AUDIENCE from=1 epoch=7 sequence=1\n"
              "-> publish 7:2 reject shippers/orders@6.1 (EV_AUDIENCE)\n");
}

TEST(Deliver, binds_keys_to_sources) {
    SessionOptions options = sample_options();
    options.key_bindings = {{"orders-key-1", "urn:agent:orders"}};
    Consumer consumer(options);
    EXPECT_EQ(consumer.deliver(5, 1, encoded(sample_draft())),
              "note bus.received group=shippers topic=orders position=5 receipt=1\n"
              "told: delivery shippers/orders@5.1 two of A\n");
    EventDraft forged = sample_draft();
    forged.source = "urn:agent:payments";
    EXPECT_EQ(consumer.deliver(6, 1, encoded(forged)),
              "note bus.alarm cause=KEY_REVOKED code=EV_KEY_SOURCE from=1 epoch=7 sequence=1\n"
              "-> publish 7:1 reject shippers/orders@6.1 (EV_KEY_SOURCE)\n");
    forged.key_id = "stock-key-1";
    EXPECT_EQ(consumer.deliver(7, 1, encoded(forged)),
              "note bus.alarm cause=KEY_REVOKED code=EV_KEY_UNKNOWN from=1 epoch=7 sequence=1\n"
              "-> publish 7:2 reject shippers/orders@7.1 (EV_KEY_UNKNOWN)\n");
}

TEST(Deliver, of_an_expired_event_is_rejected_without_alarm) {
    Consumer consumer;
    EventDraft draft = sample_draft();
    draft.time = consumer.now.wall;
    draft.expiry = consumer.now.wall + seconds(10);
    consumer.pass(seconds(11));
    EXPECT_EQ(consumer.deliver(5, 1, encoded(draft)),
              "note bus.received group=shippers topic=orders position=5 receipt=1\n"
              "told: delivery shippers/orders@5.1 two of A\n")
        << "within the tolerance";
    consumer.pass(milliseconds(1));
    EXPECT_EQ(consumer.deliver(6, 1, encoded(draft)),
              "note bus.frame-dropped code=EV_EXPIRED from=1\n"
              "-> publish 7:1 reject shippers/orders@6.1 (EXPIRED)\n");
}

TEST(Deliver, to_an_exclusive_group_implies_the_assignment) {
    Consumer consumer(sample_options(), Sharing::exclusive);
    const ByteBuffer event = encoded(sample_draft());
    EXPECT_EQ(consumer.hear(wire::Deliver{"shippers", 5, 1, 3, event, 70}),
              "told: assigned shippers 3\n"
              "note bus.received group=shippers topic=orders position=5 receipt=1\n"
              "told: delivery shippers/orders@5.1 two of A\n");
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 3, 70}), "") << "told before";
    consumer.hear(wire::Assigned{"shippers", 4, 70});
    EXPECT_EQ(consumer.hear(wire::Deliver{"shippers", 6, 1, 3, event, 70}),
              "note bus.frame-dropped code=EB_GENERATION from=1\n");
    consumer.hear(wire::Revoked{"shippers", 4});
    EXPECT_EQ(consumer.hear(wire::Deliver{"shippers", 7, 1, 4, event, 70}),
              "note bus.frame-dropped code=EB_GENERATION from=1\n");
}

TEST(Ownership, moves_forward_only) {
    Consumer consumer(sample_options(), Sharing::exclusive);
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 3, 70}), "told: assigned shippers 3\n");
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 3, 70}), "");
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 2, 70}), "");
    EXPECT_EQ(consumer.hear(wire::Revoked{"shippers", 3}), "told: revoked shippers 3\n");
    EXPECT_EQ(consumer.hear(wire::Revoked{"shippers", 3}), "");
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 3, 70}), "") << "a copy of what is over";
    EXPECT_EQ(consumer.hear(wire::Revoked{"shippers", 5}), "") << "overtook its assignment";
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 5, 70}), "");
    EXPECT_EQ(consumer.hear(wire::Assigned{"shippers", 6, 70}), "told: assigned shippers 6\n");
    EXPECT_EQ(consumer.hear(wire::Assigned{"others", 1, 70}),
              "note bus.frame-dropped code=EB_NO_SUBSCRIPTION from=1\n");
    EXPECT_EQ(consumer.hear(wire::Revoked{"others", 1}),
              "note bus.frame-dropped code=EB_NO_SUBSCRIPTION from=1\n");
}

/// A draft with this payload on topic "orders".
ByteBuffer event_of(std::string_view payload) {
    EventDraft draft = sample_draft();
    draft.payload = as_bytes(payload);
    return encoded(draft);
}

TEST(Read, comes_in_pieces_and_in_order) {
    Dialogue dialogue;
    dialogue.begin();
    EXPECT_EQ(dialogue.step([&](Effects& out) {
        EXPECT_EQ(dialogue.session.read("orders", 10, dialogue.now, out).value, 1U);
    }),
              "-> read 7:1 orders from 10\ntimer retry +100ms\n");
    const std::uint64_t id = (std::uint64_t{7} << 32) | 1;
    const ByteBuffer a = event_of("a");
    const ByteBuffer b = event_of("b");
    const wire::Records first{id, 10, false, {{10, a}, {12, b}}};
    EXPECT_EQ(dialogue.hear(first),
              "-> read 7:1 orders from 13\n"
              "told: records of 1 @10=a @12=b\n");
    EXPECT_EQ(dialogue.hear(first), "note bus.frame-dropped code=EB_STALE from=1\n");
    dialogue.pass(milliseconds(100));
    EXPECT_TRUE(dialogue.timer(3).starts_with("-> read 7:1 orders from 13\n")) << "lost, again";
    EXPECT_EQ(dialogue.hear(wire::Records{id, 13, true, {{13, a}}}),
              "told: records of 1 @13=a last\n");
    EXPECT_EQ(dialogue.hear(wire::Records{id, 13, true, {{13, a}}}),
              "note bus.frame-dropped code=EB_STALE from=1\n");
}

TEST(Read, of_an_empty_topic_ends_at_once) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.step([&](Effects& out) { dialogue.session.read("orders", 0, dialogue.now, out); });
    EXPECT_EQ(dialogue.hear(wire::Records{(std::uint64_t{7} << 32) | 1, 0, true, {}}),
              "told: records of 1 last\n");
}

TEST(Read, refuses_pieces_that_are_out_of_order_or_lead_nowhere) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.step([&](Effects& out) { dialogue.session.read("orders", 5, dialogue.now, out); });
    const std::uint64_t id = (std::uint64_t{7} << 32) | 1;
    const ByteBuffer a = event_of("a");
    for (const wire::Records& piece : {wire::Records{id, 5, false, {}},
                                       wire::Records{id, 5, true, {{4, a}}},
                                       wire::Records{id, 5, true, {{6, a}, {6, a}}},
                                       wire::Records{id, 5, false, {{kDelayed, a}}}}) {
        EXPECT_EQ(dialogue.hear(piece), "note bus.frame-dropped code=EF_FIELD from=1\n");
    }
}

TEST(Read, hands_on_no_event_that_is_not_true) {
    Dialogue dialogue;
    dialogue.begin();
    dialogue.step([&](Effects& out) { dialogue.session.read("orders", 0, dialogue.now, out); });
    ByteBuffer altered = event_of("a");
    altered.back() ^= std::byte{1};
    const ByteBuffer good = event_of("b");
    EXPECT_EQ(dialogue.hear(
                  wire::Records{(std::uint64_t{7} << 32) | 1, 0, true, {{0, altered}, {1, good}}}),
              "note bus.alarm cause=SIG_INVALID code=EV_SIG_INVALID from=1 epoch=7 sequence=1\n"
              "told: records of 1 @1=b last\n");
}

TEST(Read, before_the_epoch_waits_for_it) {
    Dialogue dialogue;
    dialogue.start();
    EXPECT_EQ(
        dialogue.step([&](Effects& out) { dialogue.session.read("orders", 0, dialogue.now, out); }),
        "");
    EXPECT_EQ(dialogue.hear(wire::Attached{dialogue.nonce, 7, 70}),
              "cancel attach\n"
              "-> read 7:1 orders from 0\n"
              "timer retry +100ms\n"
              "told: ready 7\n");
}

TEST(DeliveryMemory, knows_the_recent_and_stays_small) {
    DeliveryMemory memory(8);
    EXPECT_TRUE(memory.first_time({1, 2, 3, 1}));
    EXPECT_FALSE(memory.first_time({1, 2, 3, 1}));
    EXPECT_TRUE(memory.first_time({1, 2, 3, 2}));
    EXPECT_TRUE(memory.first_time({1, 2, 4, 1}));
    EXPECT_TRUE(memory.first_time({2, 2, 3, 1}));
    for (std::uint64_t position = 100; position < 200; ++position) {
        EXPECT_TRUE(memory.first_time({1, 2, position, 1}));
        EXPECT_FALSE(memory.first_time({1, 2, position, 1}));
    }
    EXPECT_TRUE(memory.first_time({1, 2, 3, 1})) << "forgotten: the handler's inbox takes over";
    memory.clear();
    EXPECT_TRUE(memory.first_time({1, 2, 199, 1}));
}

}  // namespace
}  // namespace stormglass::bus
