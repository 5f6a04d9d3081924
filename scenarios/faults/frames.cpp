#include "scenarios/faults/frames.hpp"

#include <array>
#include <cstring>

#include "bus/wire.hpp"
#include "runtime/check.hpp"

namespace stormglass::scenarios {
namespace {

namespace wire = bus::wire;

/// A Signing without keys: it puts a given signature under whatever it is asked to sign.
class NoKeys final : public stormglass::Signing {
  public:
    explicit NoKeys(const Signature& signature) : signature_(signature) {}

    std::string_view name() const override { return "no keys"; }

    Signature sign(std::string_view, Bytes) override { return signature_; }

    bool verify(std::string_view, Bytes, const Signature&) override { return false; }

    Digest digest(Bytes) override { return {}; }

  private:
    Signature signature_;
};

/// The first event that a frame carries; empty when it carries none.
Bytes event_in(const wire::Frame& frame) {
    if (const auto* batch = std::get_if<wire::PublishBatch>(&frame)) {
        return batch->events.empty() ? Bytes{} : batch->events.front().event;
    }
    if (const auto* emit = std::get_if<wire::Emit>(&frame)) {
        return emit->event;
    }
    if (const auto* deliver = std::get_if<wire::Deliver>(&frame)) {
        return deliver->event;
    }
    return {};
}

void replace_event(wire::Frame& frame, Bytes event) {
    if (auto* batch = std::get_if<wire::PublishBatch>(&frame)) {
        batch->events.front().event = event;
    } else if (auto* emit = std::get_if<wire::Emit>(&frame)) {
        emit->event = event;
    } else if (auto* deliver = std::get_if<wire::Deliver>(&frame)) {
        deliver->event = event;
    }
}

std::string_view kind_of(const wire::Frame& frame) {
    static constexpr std::array<std::string_view, 13> kKinds = {"attach",
                                                                "publish",
                                                                "emit",
                                                                "subscribe",
                                                                "heartbeat",
                                                                "read",
                                                                "attached",
                                                                "unattached",
                                                                "outcome",
                                                                "deliver",
                                                                "assigned",
                                                                "revoked",
                                                                "records"};
    static_assert(kKinds.size() == std::variant_size_v<wire::Frame>);
    return kKinds[frame.index()];
}

constexpr std::uint64_t kGuessMax = 24;  // a participant writes about as many events in a run

/// Somebody whose name an adversary may use.
struct Agent {
    std::string_view source;
    std::string_view key_id;
};

constexpr std::array<Agent, 3> kAgents = {{
    {"stormglass://checkout/payments", "key-payments-1"},
    {"stormglass://checkout/stock", "key-stock-1"},
    {"stormglass://checkout/shipping", "key-shipping-1"},
}};

/// The agent whose URI ends in `wanted` (any of the draw's choice when there is none), but never
/// the one who really wrote the event.
Agent victim_of(std::string_view wanted, std::uint64_t draw, std::string_view writer) {
    std::size_t chosen = bounded(draw, kAgents.size());
    for (std::size_t i = 0; i < kAgents.size(); ++i) {
        if (!wanted.empty() && kAgents[i].source.ends_with(wanted)) {
            chosen = i;
        }
    }
    if (kAgents[chosen].source == writer) {
        chosen = (chosen + 1) % kAgents.size();
    }
    return kAgents[chosen];
}

struct Altered {
    std::string_view name;
    std::string_view view;
};

/// The places of an event that an attacker may want to change.
std::array<Altered, 9> fields_of(const bus::EventView& event) {
    return {{{"id", event.id},
             {"source", event.source},
             {"type", event.type},
             {"time", event.time},
             {"trace", event.trace_parent},
             {"key", event.partition_key},
             {"audience", event.audience},
             {"correlation", event.correlation_id},
             {"payload", as_text(event.payload)}}};
}

}  // namespace

void BusFrames::describe(Bytes frame, std::vector<sim::FrameField>& out) {
    const auto decoded = wire::decode(frame);
    if (!decoded) {
        return;
    }
    out.push_back({"kind", kind_of(*decoded)});
    const Bytes bytes = event_in(*decoded);
    if (bytes.empty()) {
        return;
    }
    if (const auto event = bus::decode_event(bytes)) {
        out.push_back({"topic", event->topic()});
        out.push_back({"source", event->source});
        out.push_back({"type", event->type});
    }
}

bool BusFrames::alter(std::string_view field, std::uint64_t draw, Bytes frame, ByteBuffer& out) {
    auto decoded = wire::decode(frame);
    if (!decoded) {
        return false;
    }
    const Bytes bytes = event_in(*decoded);
    const auto event = bus::decode_event(bytes);
    if (!event) {
        return false;
    }
    const auto fields = fields_of(*event);
    std::string_view chosen;
    for (const Altered& candidate : fields) {
        chosen = candidate.name == field ? candidate.view : chosen;
    }
    if (field.empty() || field == "any") {
        chosen = fields[bounded(draw, fields.size())].view;
    }
    if (chosen.empty()) {
        return false;
    }
    const std::size_t in_field = bounded(mix64(draw), chosen.size());
    const std::size_t at =
        static_cast<std::size_t>(chosen.data() - as_text(bytes).data()) + in_field;
    CHECK(at < bytes.size());
    ByteBuffer changed(bytes.begin(), bytes.end());
    // The lowest bit keeps most texts printable, so that the change gets past the cheap checks.
    changed[at] ^= std::byte{1};
    replace_event(*decoded, changed);
    wire::encode(*decoded, out);
    return true;
}

bool BusFrames::forge_source(std::string_view agent,
                             std::uint64_t draw,
                             Bytes frame,
                             ByteBuffer& out) {
    auto decoded = wire::decode(frame);
    if (!decoded) {
        return false;
    }
    const auto event = bus::decode_event(event_in(*decoded));
    if (!event) {
        return false;
    }
    const Agent victim = victim_of(agent, draw, event->source);
    bus::EventDraft draft;
    draft.id = event->id;
    draft.source = victim.source;
    draft.type = event->type;
    draft.data_content_type = event->data_content_type;
    draft.data_schema = event->data_schema;
    draft.trace_parent = event->trace_parent;
    draft.correlation_id = event->correlation_id;
    draft.causation_id = event->causation_id;
    draft.partition_key = event->partition_key;
    draft.audience = event->audience;
    draft.subject = event->subject;
    draft.key_id = victim.key_id;  // ids of keys are no secret
    // A guess at what the victim writes next: whoever burns that place silences it.
    draft.sequence = 1 + bounded(mix64(draw), kGuessMax);
    draft.epoch = event->epoch;
    draft.payload = event->payload;
    if (const auto time = bus::parse_time(event->time)) {
        draft.time = *time;
    }
    NoKeys no_keys(event->signature);
    ByteBuffer forged;
    bus::encode_event(draft, no_keys, forged);
    if (auto* batch = std::get_if<wire::PublishBatch>(&*decoded)) {
        // Alone: beside events of another source it would be refused at a glance.
        batch->events.resize(1);
        batch->conditions.clear();
        batch->settlements.clear();
        batch->follows = 0;
    }
    replace_event(*decoded, forged);
    wire::encode(*decoded, out);
    return true;
}

}  // namespace stormglass::scenarios
