// The envelope: one event as its source wrote it, decoded as views into the very bytes that were
// signed. Nothing is ever re-serialised: what was accepted is what is stored, delivered and buried.
// Attributes and canonical form: docs/wire_format.md (after CloudEvents 1.0 and RFC 8032).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "runtime/signing.hpp"
#include "runtime/time.hpp"

namespace stormglass::bus {

/// A decoded event. Views point into `bytes` and live as long as those do. Optional attributes are
/// empty when absent: an empty value is never legal.
struct EventView {
    std::string_view spec_version;
    std::string_view id;
    std::string_view source;
    std::string_view type;
    std::string_view time;  // RFC 3339, as written
    std::string_view data_content_type;
    std::string_view data_schema;
    std::string_view trace_parent;
    std::string_view correlation_id;
    std::string_view partition_key;
    std::string_view audience;  // "<bus id>/<topic>"
    std::string_view key_id;
    std::uint64_t sequence = 0;
    std::uint32_t epoch = 0;

    std::string_view causation_id;  // absent exactly for a root
    std::string_view expiry_time;   // mandatory on commands
    std::string_view subject;
    std::string_view data_classification;
    std::string_view trace_state;  // what it was created under, others' members: trace_spans.hpp

    Bytes payload;
    Bytes signed_bytes;  // the canonical form that `signature` covers
    Signature signature{};
    Bytes bytes;  // the whole encoded event

    /// The topic part of `audience`.
    std::string_view topic() const;
};

/// What a source says of an event that it is about to write; the rest of the 15 mandatory
/// attributes (specversion, sequence, epoch, keyid, sig ...) is filled in by `encode_event`.
struct EventDraft {
    std::string_view id;
    std::string_view source;
    std::string_view type;
    std::string_view data_content_type = "application/octet-stream";
    std::string_view data_schema;
    std::string_view trace_parent;
    std::string_view trace_state;  // empty: none
    std::string_view correlation_id;
    std::string_view causation_id;
    std::string_view partition_key;
    std::string_view audience;
    std::string_view subject;
    std::string_view key_id;
    WallTime time;
    WallTime expiry;  // ns == 0: none
    std::uint64_t sequence = 0;
    std::uint32_t epoch = 0;
    Bytes payload;
};

/// Appends the encoded, signed event to `out`. Requires: a draft that `decode_event` would accept
/// (a source checks its own input before; see `check_draft`).
void encode_event(const EventDraft& draft, Signing& signing, ByteBuffer& out);

/// Refuses what a decoder would refuse, with the violation's code: for input of local callers.
Result<void> check_draft(const EventDraft& draft);

/// Parses and checks every attribute rule that needs no state; bounded work, no allocation but for
/// an error's text. Fails with an `EV_*` code, the attribute and the byte offset.
Result<EventView> decode_event(Bytes bytes);

/// Verifies payload digest and signature.
Result<void> verify_event(const EventView& event, Signing& signing);

/// RFC 3339 in UTC with nanoseconds, and back.
std::string format_time(WallTime time);
Result<WallTime> parse_time(std::string_view text);

}  // namespace stormglass::bus
