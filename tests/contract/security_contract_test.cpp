// Replay and forgery: refused whatever they are, told apart, one alarm each, and without a trace in
// what the bus promises about. The stand-in's keys are public; what is tested here is the order and
// the consequences of the checks, not the strength of signatures.
#include "bus/event.hpp"
#include "tests/contract/contract.hpp"

namespace stormglass::bus {
namespace {

// Captures the last batch that client 0 sends.
struct Tap {
    explicit Tap(BusWorld& world) {
        world.tap = [this](NodeId from, NodeId, Bytes bytes) {
            const auto decoded = wire::decode(bytes);
            if (from == node_of(0) && decoded.ok() &&
                std::holds_alternative<wire::PublishBatch>(decoded.value())) {
                frame.assign(bytes.begin(), bytes.end());
            }
        };
    }

    ByteBuffer frame;
};

ByteBuffer frame_with(const ByteBuffer& event, std::uint32_t epoch) {
    wire::PublishBatch batch;
    batch.batch = 1;
    batch.epoch = epoch;
    batch.events.push_back({event, {}});
    ByteBuffer frame;
    wire::encode(wire::Frame(batch), frame);
    return frame;
}

EventDraft draft_of(const BusWorld& world, std::uint32_t client, std::uint64_t sequence) {
    static const std::string kSource = tests::source_of(0);
    static const std::string kKey = tests::key_of(0);
    CHECK(client == 0);
    EventDraft draft;
    draft.id = "forged-1";
    draft.source = kSource;
    draft.key_id = kKey;
    draft.type = "orders.order-placed.v1";
    draft.data_schema = "stormglass:schema/orders.order-placed/1.0";
    draft.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    draft.correlation_id = "forged-1";
    draft.partition_key = "k";
    draft.audience = "bus-a/orders";
    draft.time = world.now().wall;
    draft.sequence = sequence;
    draft.epoch = 1;
    draft.payload = as_bytes("evil");
    return draft;
}

ByteBuffer event_of(BusWorld& world, const EventDraft& draft) {
    ByteBuffer event;
    encode_event(draft, world.signing, event);
    return event;
}

void expect_alarms(const BusWorld& world, std::size_t count, const std::string& cause) {
    const auto alarms = world.notes("bus.alarm");
    ASSERT_EQ(alarms.size(), count);
    for (const auto& alarm : alarms) {
        EXPECT_EQ(alarm.texts.at("cause"), cause);
        EXPECT_EQ(alarm.numbers.at("from"), kAdversary.value);
    }
}

TEST(Security, a_replay_over_a_foreign_link_is_refused_at_any_age) {
    BusWorld world(1);
    world.begin();
    Tap tap(world);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "pay"))->accepted);
    const ByteBuffer captured = tap.frame;
    const std::uint64_t before = world.broker().machine().domain_digest();
    world.inject(kAdversary, kBroker, captured);
    world.run_for(seconds(1));
    expect_alarms(world, 1, "REPLAY");
    world.run_for(minutes(10));
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    world.run_for(seconds(1));
    world.inject(kAdversary, kBroker, captured);
    world.run_for(seconds(1));
    expect_alarms(world, 2, "REPLAY");
    EXPECT_EQ(world.broker().machine().domain_digest(), before);
    EXPECT_TRUE(world.reached("bus.replay-refused"));
    EXPECT_EQ(world.contents(0, "orders").size(), 1U);
}

TEST(Security, a_copy_over_the_own_link_is_a_duplicate_without_alarm) {
    BusWorld world(1);
    world.begin();
    Tap tap(world);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "pay"))->accepted);
    for (int n = 0; n < 3; ++n) {
        world.inject(node_of(0), kBroker, tap.frame);
        world.run_for(seconds(1));
    }
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
    EXPECT_EQ(world.notes("bus.duplicate").size(), 3U);
    EXPECT_EQ(world.contents(0, "orders").size(), 1U);
}

TEST(Security, an_authentic_event_that_never_arrived_is_a_replay_over_a_foreign_link) {
    BusWorld world(1);
    world.begin();
    Tap tap(world);
    world.cut(kBroker, node_of(0));
    const BatchId id = world.publish_one(0, "orders", "k", "pay");
    world.run_for(milliseconds(10));
    world.inject(kAdversary, kBroker, tap.frame);
    world.run_for(milliseconds(50));
    expect_alarms(world, 1, "REPLAY");
    world.heal();
    EXPECT_TRUE(world.wait(0, id)->accepted);  // the attack used up nothing
}

TEST(Security, any_changed_byte_is_refused_and_reported) {
    BusWorld world(1);
    world.begin();
    const ByteBuffer good = event_of(world, draft_of(world, 0, 1));
    std::size_t sent = 0;
    for (std::size_t at = 0; at < good.size(); at += 7) {
        ByteBuffer changed = good;
        changed[at] ^= std::byte{1};
        world.inject(kAdversary, kBroker, frame_with(changed, 1));
        world.run_for(milliseconds(5));
        ++sent;
        ASSERT_EQ(world.notes("bus.alarm").size(), sent) << "byte " << at;
    }
    EXPECT_EQ(world.broker().machine().topics().find("orders")->length(), 0U);
}

TEST(Security, a_forged_signature_is_refused_and_burns_no_sequence) {
    BusWorld world(1);
    world.begin();
    for (std::uint64_t sequence = 1; sequence < 6; ++sequence) {
        ByteBuffer forged = event_of(world, draft_of(world, 0, sequence));
        const std::size_t signature_at = forged.size() - 4 - 64;
        forged[signature_at + 3] ^= std::byte{0x40};
        world.inject(kAdversary, kBroker, frame_with(forged, 1));
    }
    world.run_for(seconds(1));
    expect_alarms(world, 5, "SIG_INVALID");
    EXPECT_TRUE(world.reached("bus.forgery-refused"));
    for (int n = 0; n < 6; ++n) {
        EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "good"))->accepted);
    }
    EXPECT_EQ(world.notes("bus.alarm").size(), 5U);
}

// Somebody in the middle of client 0's link changes the payload of so many batches.
void change_payloads(BusWorld& world, int times) {
    world.in_the_middle = [left = times](NodeId from, NodeId, ByteBuffer& bytes) mutable {
        auto decoded = wire::decode(bytes);
        auto* batch = decoded.ok() ? std::get_if<wire::PublishBatch>(&decoded.value()) : nullptr;
        if (from != node_of(0) || batch == nullptr || batch->events.empty() || left == 0) {
            return;
        }
        --left;
        const Bytes event = batch->events[0].event;
        const Bytes payload = decode_event(event)->payload;
        ByteBuffer changed(event.begin(), event.end());
        changed[static_cast<std::size_t>(payload.data() - event.data())] ^= std::byte{1};
        batch->events[0].event = changed;
        ByteBuffer frame;
        wire::encode(decoded.value(), frame);
        bytes = frame;
    };
}

TEST(Security, bytes_changed_on_the_own_link_are_reported_and_take_no_event_away) {
    BusWorld world(1);
    world.begin();
    change_payloads(world, 3);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "pay"))->accepted);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "ship"))->accepted);
    EXPECT_EQ(world.apps[0].outcomes.size(), 2U);
    ASSERT_EQ(world.notes("bus.alarm").size(), 3U);
    for (const auto& alarm : world.notes("bus.alarm")) {
        EXPECT_EQ(alarm.texts.at("cause"), "SIG_INVALID");
    }
    EXPECT_EQ(world.notes("bus.refusal-doubted").size(), 3U);
    const auto& stored = world.contents(0, "orders");
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].second, "pay");
    EXPECT_EQ(stored[1].second, "ship");
}

// Broker and session may disagree about a key for good: nobody waits for ever.
TEST(Security, a_refusal_that_comes_again_and_again_is_believed) {
    BusWorld world(1);
    world.begin();
    change_payloads(world, 1'000);
    const SeenOutcome* outcome = world.wait(0, world.publish_one(0, "orders", "k", "pay"));
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->code, "EV_SIG_INVALID");
    EXPECT_EQ(world.apps[0].outcomes.size(), 1U);
    EXPECT_EQ(world.notes("bus.refusal-doubted").size(), world.session_options.doubts_max);
    world.in_the_middle = nullptr;
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "good"))->accepted);
}

TEST(Security, a_refusal_of_what_did_expire_is_believed_at_once) {
    BusWorld world(1);
    world.begin();
    world.cut(kBroker, node_of(0));
    Batch batch;
    batch.publications.push_back(BusWorld::publication("orders", "k", "too late"));
    batch.publications[0].lifetime = seconds(1);
    const BatchId id = world.publish(0, batch).value();
    world.run_for(seconds(2));
    world.heal();
    const SeenOutcome* outcome = world.wait(0, id);
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->code, "EV_EXPIRED");
    EXPECT_TRUE(world.notes("bus.refusal-doubted").empty());
}

// The planted order: sequences are used before the signature is looked at.
class TooEarly final : public Rules {
  public:
    std::span<const AdmissionStep> admission_order() const override {
        static constexpr std::array kOrder = {AdmissionStep::attributes,
                                              AdmissionStep::audience,
                                              AdmissionStep::key,
                                              AdmissionStep::replay_read,
                                              AdmissionStep::replay_update,
                                              AdmissionStep::time,
                                              AdmissionStep::signature,
                                              AdmissionStep::link};
        return kOrder;
    }
};

TEST(Security, rests_on_the_order_of_checks) {
    const TooEarly rules;
    BusWorld world(1);
    world.rules = &rules;
    world.begin();
    ByteBuffer forged = event_of(world, draft_of(world, 0, 1));
    forged[forged.size() - 4 - 64] ^= std::byte{0x40};
    world.inject(kAdversary, kBroker, frame_with(forged, 1));
    world.run_for(milliseconds(10));
    const SeenOutcome* outcome =
        world.wait(0, world.publish_one(0, "orders", "k", "good"), seconds(5));
    EXPECT_TRUE(outcome == nullptr || !outcome->accepted);
}

TEST(Security, other_bytes_for_a_used_sequence_are_equivocation) {
    BusWorld world(1);
    world.begin();
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "pay"))->accepted);
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft_of(world, 0, 1)), 1));
    world.run_for(seconds(1));
    const auto alarms = world.notes("bus.alarm");
    ASSERT_EQ(alarms.size(), 1U);
    EXPECT_EQ(alarms[0].texts.at("code"), "EV_SEQ_REUSED");
    EXPECT_EQ(world.contents(0, "orders").size(), 1U);
}

TEST(Security, an_event_for_another_bus_is_refused) {
    BusWorld world(1);
    world.begin();
    EventDraft draft = draft_of(world, 0, 1);
    draft.audience = "bus-b/orders";
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(seconds(1));
    ASSERT_EQ(world.notes("bus.alarm").size(), 1U);
    EXPECT_EQ(world.notes("bus.alarm")[0].texts.at("cause"), "AUDIENCE");
}

TEST(Security, a_key_of_another_source_is_refused) {
    BusWorld world(2);
    world.begin();
    EventDraft draft = draft_of(world, 0, 1);
    const std::string key = tests::key_of(1);
    draft.key_id = key;
    world.inject(node_of(1), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(seconds(1));
    ASSERT_EQ(world.notes("bus.alarm").size(), 1U);
    EXPECT_EQ(world.notes("bus.alarm")[0].texts.at("code"), "EV_KEY_SOURCE");
}

TEST(Security, a_far_epoch_or_sequence_locks_nobody_out) {
    BusWorld world(1);
    world.begin();
    EventDraft draft = draft_of(world, 0, 1);
    draft.epoch = 5'000;
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 5'000));
    world.run_for(milliseconds(10));
    ASSERT_EQ(world.notes("bus.alarm").size(), 1U);
    EXPECT_EQ(world.notes("bus.alarm")[0].texts.at("code"), "EV_EPOCH_JUMP");
    draft.epoch = 1;
    draft.sequence = kSequenceJumpMax + 1;
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(milliseconds(10));
    EXPECT_EQ(world.notes("bus.refused").back().texts.at("code"), "EV_SEQUENCE_INVALID");
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "good"))->accepted);
}

TEST(Security, time_is_refused_in_the_future_only) {
    BusWorld world(1);
    world.begin();
    EventDraft draft = draft_of(world, 0, 1);
    draft.time = world.now().wall + minutes(6);
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(milliseconds(10));
    EXPECT_EQ(world.notes("bus.refused").back().texts.at("code"), "EV_TIME_SKEW");
    draft.time = {0};
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(milliseconds(10));
    EXPECT_EQ(world.notes("bus.stored").size(), 1U);
    draft.sequence = 2;
    draft.expiry = world.now().wall + milliseconds(-1);
    world.inject(node_of(0), kBroker, frame_with(event_of(world, draft), 1));
    world.run_for(milliseconds(10));
    EXPECT_EQ(world.notes("bus.refused").back().texts.at("code"), "EV_EXPIRED");
    EXPECT_EQ(world.notes("bus.alarm").size(), 0U);
}

TEST(Security, a_flood_is_counted_and_does_not_fill_the_disk) {
    BusWorld world(1);
    world.begin();
    Tap tap(world);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "pay"))->accepted);
    for (int n = 0; n < 300; ++n) {
        world.inject(kAdversary, kBroker, tap.frame);
    }
    world.run_for(seconds(1));
    expect_alarms(world, 300, "REPLAY");
    EXPECT_EQ(world.broker().quarantine().total(), 300U);
    EXPECT_EQ(world.broker().quarantine().only_counted(), 200U);
    EXPECT_EQ(world.broker().machine().quarantined().size(), 100U);
}

TEST(Security, session_frames_over_a_foreign_link_are_refused) {
    BusWorld world(1);
    world.begin();
    const std::uint64_t before = world.broker().machine().domain_digest();
    const std::string source = tests::source_of(0);
    for (const wire::Frame& frame : {wire::Frame(wire::Attach{source, 77}),
                                     wire::Frame(wire::Heartbeat{1}),
                                     wire::Frame(wire::Subscribe{1, group_on("orders", "g")}),
                                     wire::Frame(wire::Read{1, "orders", 0, 100})}) {
        ByteBuffer bytes;
        wire::encode(frame, bytes);
        world.inject(kAdversary, kBroker, bytes);
    }
    world.run_for(seconds(1));
    expect_alarms(world, 4, "REPLAY");
    EXPECT_EQ(world.broker().machine().domain_digest(), before);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "good"))->accepted);
}

}  // namespace
}  // namespace stormglass::bus
