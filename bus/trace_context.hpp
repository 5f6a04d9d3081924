// Trace context: the W3C `traceparent` and `tracestate` as plain values, read and written; level 1,
// with the random flag of level 2. Bounded, allocation-free, never throws: input is hostile.
// How a context goes on from event to event: trace_spans.hpp; for users: docs/traces.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/result.hpp"

namespace stormglass::bus {

struct TraceId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    explicit operator bool() const { return (high | low) != 0; }

    friend constexpr auto operator<=>(const TraceId&, const TraceId&) = default;
};

constexpr std::uint8_t kTraceSampled = 1;
constexpr std::uint8_t kTraceRandom = 2;  // level 2: the low 7 bytes of the trace id are random

/// Where in which trace something stands. The zero context is none: W3C forbids both zero ids.
struct TraceContext {
    TraceId trace;
    std::uint64_t span = 0;
    std::uint8_t flags = 0;  // of the two above; others are not passed on

    explicit operator bool() const { return bool(trace) && span != 0; }

    friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

constexpr std::size_t kTraceParentChars = 55;
constexpr std::size_t kSpanAt = 36;  // in it
using TraceParentText = std::array<char, kTraceParentChars>;

/// The context of a `traceparent`, every rule of W3C applied; no blanks are trimmed. A later
/// version is read as version 00 as far as that goes.
std::optional<TraceContext> parse_trace_parent(std::string_view text);

/// Version 00, always `kTraceParentChars` long. Requires: a context.
TraceParentText write_trace_parent(const TraceContext& context);

inline std::string_view view_of(const TraceParentText& text) {
    return {text.data(), text.size()};
}

/// 16 or 32 lower-case hex digits, appended.
void append_hex(std::uint64_t value, std::string& to);
void append_hex(TraceId id, std::string& to);

/// The members of a `tracestate`, leftmost (youngest) first, as views into what was read.
class TraceState {
  public:
    static constexpr std::size_t kMembersMax = 32;
    static constexpr std::size_t kBytesMax = 512;  // what we write; more is cut by W3C's rule

    struct Member {
        std::string_view key;
        std::string_view value;
    };

    /// What a second member of the same key does: the standard's own tests let a relay keep the
    /// first, a signed envelope must not have it.
    enum class Twice : std::uint8_t { refuse, keep_first };

    /// Appends one header's members; empty ones are skipped. False when it is malformed or there
    /// are too many: the whole `tracestate` counts for nothing then.
    bool read(std::string_view header, Twice twice);

    std::span<const Member> members() const { return {members_.data(), count_}; }

    /// Empty when there is no such member.
    std::string_view find(std::string_view key) const;

    /// Sets a member and moves it to the left; the rightmost goes when there are too many.
    /// Requires: a legal key and value that outlive this object.
    void put(std::string_view key, std::string_view value);

    void clear() { count_ = 0; }

    /// Appends at most `kBytesMax`: over that, members of more than 128 characters go first, then
    /// those on the right.
    void write(std::string& to) const;

  private:
    std::array<Member, kMembersMax> members_{};
    std::size_t count_ = 0;
};

/// A header as it came; names are compared without regard to case.
struct TraceHeader {
    std::string_view name;
    std::string_view value;
};

/// What the headers of a foreign peer say. Without a context a new trace begins.
struct ForeignTrace {
    std::optional<TraceContext> context;
    bool restarted = false;  // there was a traceparent, and it is not to be trusted
    TraceState state;
};

/// For ingress from elsewhere: what is wrong is dropped, never refused.
ForeignTrace continue_trace(std::span<const TraceHeader> headers);

/// The same where a trace is mandatory: fails with EV_TRACE_INVALID or EV_TRACESTATE_INVALID.
Result<ForeignTrace> require_trace(std::span<const TraceHeader> headers);

}  // namespace stormglass::bus
