// Frames that sessions send: bodies, written and read. The layout is docs/wire_format.md.
#include "bus/wire_codec.hpp"

namespace stormglass::bus::wire {
namespace {

void write_condition(const Condition& condition, Writer& out) {
    out.u8(static_cast<std::uint8_t>(condition.kind));
    out.name(condition.name);
    out.text(condition.key, kNameBytesMax);
    out.u64(condition.value);
}

constexpr std::size_t kConditionBytes = 1 + 2 + 2 + 8;  // the least one can take

Condition read_condition(Reader& in) {
    Condition condition;
    condition.kind = static_cast<Condition::Kind>(
        in.one_of(static_cast<std::uint8_t>(Condition::Kind::topic_length)));
    condition.name = in.name();
    condition.key = in.text(kNameBytesMax);
    condition.value = in.u64();
    return condition;
}

void write_settlement(const Settlement& settlement, Writer& out) {
    out.name(settlement.group);
    out.name(settlement.topic);
    out.u64(settlement.position);
    out.u32(settlement.receipt);
    out.u8(static_cast<std::uint8_t>(settlement.verdict));
    out.duration(settlement.delay);
    out.text(settlement.detail, kDetailBytesMax);
}

constexpr std::size_t kSettlementBytes = 2 + 2 + 8 + 4 + 1 + 8 + 2;

Settlement read_settlement(Reader& in) {
    Settlement settlement;
    settlement.group = in.name();
    settlement.topic = in.name();
    settlement.position = in.u64();
    settlement.receipt = in.u32();
    settlement.verdict =
        static_cast<Verdict>(in.one_of(static_cast<std::uint8_t>(Verdict::reject)));
    settlement.delay = in.duration();
    settlement.detail = in.text(kDetailBytesMax);
    return settlement;
}

constexpr std::size_t kWireEventBytes = 8 + 4;

}  // namespace

void write_body(const Attach& frame, Writer& out) {
    out.name(frame.source, kSourceBytesMax);
    out.u64(frame.nonce);
}

void read_body(Reader& in, Attach& frame) {
    frame.source = in.name(kSourceBytesMax);
    frame.nonce = in.u64();
}

void write_body(const PublishBatch& frame, Writer& out) {
    out.u64(frame.batch);
    out.u32(frame.epoch);
    out.u8(static_cast<std::uint8_t>(frame.durability));
    out.u64(frame.follows);  // `set_follows` knows this place
    out.count(frame.conditions.size(), kBatchItemsMax);
    for (const Condition& condition : frame.conditions) {
        write_condition(condition, out);
    }
    out.count(frame.settlements.size(), kBatchItemsMax);
    for (const Settlement& settlement : frame.settlements) {
        write_settlement(settlement, out);
    }
    out.count(frame.events.size(), kBatchItemsMax);
    for (const WireEvent& event : frame.events) {
        out.duration(event.delay);
        out.event(event.event);
    }
}

void read_body(Reader& in, PublishBatch& frame) {
    frame.batch = in.u64();
    frame.epoch = in.u32();
    frame.durability =
        static_cast<Durability>(in.one_of(static_cast<std::uint8_t>(Durability::synced)));
    frame.follows = in.u64();
    const std::size_t conditions = in.count(kBatchItemsMax, kConditionBytes);
    frame.conditions.reserve(conditions);
    for (std::size_t i = 0; i < conditions && in.ok(); ++i) {
        frame.conditions.push_back(read_condition(in));
    }
    const std::size_t settlements = in.count(kBatchItemsMax, kSettlementBytes);
    frame.settlements.reserve(settlements);
    for (std::size_t i = 0; i < settlements && in.ok(); ++i) {
        frame.settlements.push_back(read_settlement(in));
    }
    const std::size_t events = in.count(kBatchItemsMax, kWireEventBytes);
    frame.events.reserve(events);
    for (std::size_t i = 0; i < events && in.ok(); ++i) {
        const Duration delay = in.duration();
        frame.events.push_back({in.event(), delay});
    }
}

void write_body(const Emit& frame, Writer& out) {
    out.event(frame.event);
}

void read_body(Reader& in, Emit& frame) {
    frame.event = in.event();
}

void write_body(const Subscribe& frame, Writer& out) {
    const Subscription& subscription = frame.subscription;
    out.u64(frame.attachment);
    out.name(subscription.topic);
    out.name(subscription.group);
    out.u8(static_cast<std::uint8_t>(subscription.mode));
    out.u8(static_cast<std::uint8_t>(subscription.order));
    out.u8(static_cast<std::uint8_t>(subscription.on_dead));
    out.u8(static_cast<std::uint8_t>(subscription.sharing));
    out.u32(subscription.in_flight_max);
}

void read_body(Reader& in, Subscribe& frame) {
    Subscription& subscription = frame.subscription;
    frame.attachment = in.u64();
    subscription.topic = in.name();
    subscription.group = in.name();
    subscription.mode =
        static_cast<GroupMode>(in.one_of(static_cast<std::uint8_t>(GroupMode::effectively_once)));
    subscription.order =
        static_cast<KeyOrder>(in.one_of(static_cast<std::uint8_t>(KeyOrder::none)));
    subscription.on_dead = static_cast<OnDead>(in.one_of(static_cast<std::uint8_t>(OnDead::skip)));
    subscription.sharing =
        static_cast<Sharing>(in.one_of(static_cast<std::uint8_t>(Sharing::exclusive)));
    subscription.in_flight_max = in.u32();
}

void write_body(const Heartbeat& frame, Writer& out) {
    out.u64(frame.attachment);
}

void read_body(Reader& in, Heartbeat& frame) {
    frame.attachment = in.u64();
}

void write_body(const Read& frame, Writer& out) {
    out.u64(frame.read);
    out.name(frame.topic);
    out.u64(frame.from);
    out.u32(frame.bytes_max);
}

void read_body(Reader& in, Read& frame) {
    frame.read = in.u64();
    frame.topic = in.name();
    frame.from = in.u64();
    frame.bytes_max = in.u32();
}

}  // namespace stormglass::bus::wire
