// Peers that mean no good, over links of their own: no frame stops the broker, and whoever is
// honest is served afterwards.
#include <limits>

#include <rapidcheck/gtest.h>

#include "tests/contract/contract.hpp"

namespace stormglass::bus {
namespace {

ByteBuffer encoded(const wire::Frame& frame) {
    ByteBuffer bytes;
    wire::encode(frame, bytes);
    return bytes;
}

// Small domains, so that what is asked for often exists.
struct Texts {
    std::string_view name() {
        return *rc::gen::element<std::string_view>("orders", "replies", "g", "h", "nowhere");
    }

    Duration delay() {
        return {*rc::gen::element<std::int64_t>(
            0, 1, 1'000'000'000, std::numeric_limits<std::int64_t>::max())};
    }

    std::uint64_t number() {
        return *rc::gen::element<std::uint64_t>(0, 1, 2, 3, 1'000, ~std::uint64_t{0});
    }

    std::uint32_t small() { return *rc::gen::element<std::uint32_t>(0, 1, 2, 3, 1'000'000); }
};

wire::PublishBatch any_batch(Texts& texts) {
    wire::PublishBatch batch;
    batch.batch = texts.number();
    batch.epoch = texts.small();
    batch.follows = texts.number();
    batch.durability = *rc::gen::element(Durability::written, Durability::synced);
    for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
        batch.conditions.push_back(*rc::gen::element(fence(texts.name(), texts.number()),
                                                     topic_length(texts.name(), texts.number()),
                                                     key_length(texts.name(), "k", 1)));
    }
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        batch.settlements.push_back(
            {texts.name(),
             texts.name(),
             texts.number(),
             texts.small(),
             *rc::gen::element(Verdict::ack, Verdict::nack, Verdict::working, Verdict::reject),
             texts.delay(),
             *rc::gen::element<std::string_view>("", "REPLAY", "EXPIRED: so", "anything")});
    }
    return batch;
}

wire::Frame any_frame(Texts& texts, const std::vector<ByteBuffer>& events) {
    switch (*rc::gen::inRange(0, 8)) {
        case 0:
            return wire::Attach{"urn:agent:client-1", texts.number()};
        case 1:
            return wire::Heartbeat{texts.number()};
        case 2:
        case 3: {
            Subscription subscription = group_on(texts.name(), texts.name());
            subscription.sharing = *rc::gen::element(Sharing::shared, Sharing::exclusive);
            subscription.mode =
                *rc::gen::element(GroupMode::at_least_once, GroupMode::effectively_once);
            subscription.in_flight_max = texts.small();
            return wire::Subscribe{texts.number(), subscription};
        }
        case 4:
            return wire::Read{texts.number(), texts.name(), texts.number(), texts.small()};
        case 5:
            return wire::Emit{events[*rc::gen::inRange<std::size_t>(0, events.size())]};
        default: {
            wire::PublishBatch batch = any_batch(texts);
            for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
                batch.events.push_back(
                    {events[*rc::gen::inRange<std::size_t>(0, events.size())], texts.delay()});
            }
            return batch;
        }
    }
}

// Events of client 1, of any sequence and epoch, some of them broken.
std::vector<ByteBuffer> any_events(BusWorld& world) {
    std::vector<ByteBuffer> events;
    for (const std::uint64_t sequence : {1ULL, 2ULL, 3ULL, 9ULL, 1ULL << 20, ~0ULL}) {
        for (const std::uint32_t epoch : {1U, 2U, 900U, 5'000U}) {
            EventDraft draft;
            draft.id = "id-1";
            draft.source = "urn:agent:client-1";
            draft.key_id = "client-key-1";
            draft.type = "orders.order-placed.v1";
            draft.data_schema = "stormglass:schema/orders.order-placed/1.0";
            draft.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            draft.correlation_id = "id-1";
            draft.partition_key = sequence % 2 == 0 ? "k" : "l";
            draft.audience = "bus-a/orders";
            draft.time = world.now().wall;
            draft.sequence = sequence;
            draft.epoch = epoch;
            draft.payload = as_bytes("p");
            encode_event(draft, world.signing, events.emplace_back());
        }
    }
    ByteBuffer broken = events.back();
    broken[broken.size() - 10] ^= std::byte{1};
    events.push_back(broken);
    return events;
}

RC_GTEST_PROP(Hostile, no_frame_stops_the_broker, ()) {
    BusWorld world(2);
    world.options.segment_bytes = 64 << 10;
    world.options.timeouts.retry_cap = milliseconds(200);
    world.begin();
    world.subscribe(1, group_on("orders", "g"));
    Texts texts;
    const std::vector<ByteBuffer> events = any_events(world);
    for (int n = *rc::gen::inRange(1, 40); n > 0; --n) {
        const NodeId from = *rc::gen::element(node_of(1), node_of(1), node_of(0), kAdversary);
        ByteBuffer bytes = encoded(any_frame(texts, events));
        if (*rc::gen::inRange(0, 10) == 0) {
            bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
        }
        world.inject(from, kBroker, bytes);
        world.run_for(milliseconds(*rc::gen::inRange(0, 300)));
        if (*rc::gen::inRange(0, 15) == 0) {
            world.power_cut(kBroker, TinyDisk::Tear::sectors);
            world.restart(kBroker);
        }
    }
    world.run_for(seconds(3));
    RC_ASSERT(world.broker().state() == Broker::State::serving);
    const SeenOutcome* outcome = world.wait(0, world.publish_one(0, "audit", "k", "honest"));
    RC_ASSERT(outcome != nullptr);
    RC_ASSERT(outcome->accepted);
    world.kill(node_of(1));
    world.run_for(seconds(3));
    const std::uint64_t before = world.broker().machine().domain_digest();
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    world.run_for(milliseconds(10));
    RC_ASSERT(world.broker().state() == Broker::State::serving);
    RC_ASSERT(world.broker().machine().domain_digest() == before);
}

TEST(Hostile, frames_too_large_for_a_segment_are_refused) {
    BusWorld world(1);
    world.options.segment_bytes = 64 << 10;
    world.begin();
    wire::PublishBatch settle_only;
    settle_only.batch = 7;
    settle_only.epoch = 1;
    const std::string detail(512, 'd');
    settle_only.settlements.assign(1'000, {"g", "orders", 0, 1, Verdict::reject, {}, detail});
    world.inject(node_of(0), kBroker, encoded(settle_only));
    world.inject(kAdversary, kBroker, encoded(settle_only));
    const ByteBuffer noise(wire::kEventBytesMax, std::byte{1});
    world.inject(node_of(0), kBroker, encoded(wire::Emit{noise}));
    world.inject(kAdversary, kBroker, encoded(wire::Emit{noise}));
    world.run_for(seconds(1));
    EXPECT_EQ(world.broker().state(), Broker::State::serving);
    EXPECT_TRUE(world.wait(0, world.publish_one(0, "orders", "k", "honest"))->accepted);
}

TEST(Hostile, unlimited_credit_is_limited) {
    BusWorld world(2);
    world.options.segment_bytes = 64 << 10;
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    Batch batch;
    batch.publications.assign(50, BusWorld::publication("orders", "k", "p"));
    for (int n = 0; n < 10; ++n) {
        EXPECT_TRUE(outcome_of(world, 0, batch).accepted);
    }
    Subscription greedy = group_on("orders", "g");
    greedy.order = KeyOrder::none;
    greedy.in_flight_max = ~std::uint32_t{0};
    world.subscribe(1, greedy);
    world.run_for(milliseconds(500));
    EXPECT_EQ(world.apps[1].deliveries.size(), 500U);
    world.kill(node_of(1));  // all of them lapse at once
    world.run_for(seconds(5));
    EXPECT_EQ(world.broker().state(), Broker::State::serving);
}

}  // namespace
}  // namespace stormglass::bus
