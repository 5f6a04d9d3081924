// Sample events for the tests of the bus: a valid draft, a hand-made event of any attributes, and
// RapidCheck's view of all valid drafts.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <rapidcheck.h>

#include "bus/event.hpp"
#include "runtime/stand_in_signing.hpp"

namespace stormglass::bus::tests {

constexpr std::string_view kTraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

inline StandInSigning stand_in() {
    return StandInSigning({"orders-key-1", "stock-key-1"});
}

/// A valid root event of "urn:agent:orders" on topic "orders" of bus "bus-a".
inline EventDraft sample_draft() {
    EventDraft draft;
    draft.id = "o-1001";
    draft.source = "urn:agent:orders";
    draft.type = "orders.order-placed.v2";
    draft.data_schema = "stormglass:schema/orders.order-placed/2.0";
    draft.trace_parent = kTraceParent;
    draft.correlation_id = "o-1001";
    draft.partition_key = "order-1001";
    draft.audience = "bus-a/orders";
    draft.key_id = "orders-key-1";
    draft.time = {1'893'553'445'000'000'006};
    draft.sequence = 1;
    draft.epoch = 7;
    draft.payload = as_bytes("two of A");
    return draft;
}

inline ByteBuffer encoded(const EventDraft& draft) {
    StandInSigning signing = stand_in();
    ByteBuffer bytes;
    encode_event(draft, signing, bytes);
    return bytes;
}

/// An event written attribute by attribute, so that a test can break any rule. Signed only if
/// asked.
struct RawEvent {
    struct Value {
        char kind = 'S';
        std::string text;
    };

    std::map<std::string, Value> attributes;
    std::uint8_t form = 2;
    std::string payload = "two of A";
    bool with_signature = true;

    static RawEvent sample() {
        RawEvent raw;
        for (const auto& [name, text] : std::map<std::string, std::string>{
                 {"audience", "bus-a/orders"},
                 {"correlationid", "o-1001"},
                 {"datacontenttype", "application/octet-stream"},
                 {"dataschema", "stormglass:schema/orders.order-placed/2.0"},
                 {"id", "o-1001"},
                 {"keyid", "orders-key-1"},
                 {"partitionkey", "order-1001"},
                 {"sequence", "00000000000000000001"},
                 {"source", "urn:agent:orders"},
                 {"specversion", "1.0"},
                 {"time", "2030-01-02T03:04:05.000000006Z"},
                 {"traceparent", std::string(kTraceParent)},
                 {"type", "orders.order-placed.v2"}}) {
            raw.attributes[name] = {'S', text};
        }
        raw.attributes["epoch"] = {'I', "7"};
        return raw;
    }

    ByteBuffer bytes() const {
        std::string text("stormglass.event.v1\0", 20);
        text.push_back(static_cast<char>(attributes.size() >> 8));
        text.push_back(static_cast<char>(attributes.size()));
        for (const auto& [name, value] : attributes) {
            append_attribute(text, name, value);
        }
        return finished(std::move(text));
    }

    static void append_attribute(std::string& text, const std::string& name, const Value& value) {
        text.push_back(static_cast<char>(name.size()));
        text.append(name).push_back(value.kind);
        for (int shift = 24; shift >= 0; shift -= 8) {
            text.push_back(static_cast<char>(value.text.size() >> shift));
        }
        text.append(value.text);
    }

    ByteBuffer finished(std::string text) const {
        StandInSigning signing = stand_in();
        text.push_back(static_cast<char>(form));
        if (form != 0) {
            text.append(as_text(signing.digest(as_bytes(payload))));
        }
        if (with_signature) {
            text.append(as_text(signing.sign("orders-key-1", as_bytes(text))));
        }
        text.append(payload);
        const Bytes view = as_bytes(text);
        return {view.begin(), view.end()};
    }
};

/// Owns the texts of a draft that RapidCheck made up.
struct OwnedDraft {
    std::string id, source, type, schema, trace, correlation, causation, key, audience, subject;
    std::string payload;
    EventDraft draft;

    /// Points the draft at the texts; needed after each move.
    const EventDraft& view() {
        draft.id = id;
        draft.source = source;
        draft.type = type;
        draft.data_schema = schema;
        draft.trace_parent = trace;
        draft.correlation_id = correlation;
        draft.causation_id = causation;
        draft.partition_key = key;
        draft.audience = audience;
        draft.subject = subject;
        draft.key_id = "orders-key-1";
        draft.payload = as_bytes(payload);
        return draft;
    }
};

inline rc::Gen<std::string> words(std::size_t most) {
    return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, most + 1), [](std::size_t size) {
        return rc::gen::container<std::string>(size, rc::gen::inRange<char>(' ', '~'));
    });
}

inline rc::Gen<OwnedDraft> valid_drafts() {
    return rc::gen::exec([] {
        OwnedDraft made;
        const auto lower = rc::gen::inRange<char>('a', 'z');
        const auto segment =
            rc::gen::nonEmpty(rc::gen::resize(8, rc::gen::container<std::string>(lower)));
        const std::string name = *segment + "." + *segment;
        const auto major = std::to_string(*rc::gen::inRange(1, 1000));
        made.id = *words(128);
        made.source = "urn:agent:" + *segment;
        made.type = name + ".v" + major;
        made.schema = "stormglass:schema/" + name + "/" + major + "." +
                      std::to_string(*rc::gen::inRange(0, 99));
        made.trace = kTraceParent;
        made.key = *words(128);
        made.audience = "bus-a/" + *words(128);
        made.subject = *rc::gen::oneOf(rc::gen::just(std::string()), words(256));
        const bool root = *rc::gen::arbitrary<bool>();
        made.correlation = root ? made.id : "c" + *words(127);
        if (made.correlation != made.id) {
            made.causation = "p" + *words(127);
            RC_PRE(made.causation != made.id);
        }
        made.payload = *rc::gen::arbitrary<std::string>();
        constexpr std::int64_t kHalf = std::numeric_limits<std::int64_t>::max() / 2;
        made.draft.time = {*rc::gen::inRange<std::int64_t>(0, kHalf)};
        made.draft.expiry = {*rc::gen::element<std::int64_t>(0, made.draft.time.ns + 1)};
        made.draft.sequence = *rc::gen::inRange<std::uint64_t>(1, ~std::uint64_t{0});
        made.draft.epoch = *rc::gen::inRange<std::uint32_t>(0, 1U << 31);
        return made;
    });
}

}  // namespace stormglass::bus::tests
