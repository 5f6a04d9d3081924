#include "bus/trace_context.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kKeyCharsMax = 256;
constexpr std::size_t kValueCharsMax = 256;
constexpr std::size_t kLongMember = 128;  // W3C: what is longer is dropped first
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::uint8_t kNoHex = 0x80;

// Of "00-<32>-<16>-<2>".
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kFlagsAt = 53;

/// By character: the value of a lower-case digit, kNoHex for any other. A table without branches,
/// since digits are random and every event has fifty.
constexpr std::array<std::uint8_t, 256> kHexValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoHex);
    for (std::size_t i = 0; i < kDigits.size(); ++i) {
        values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}();

/// Reads at most 16 digits; false when one of them is none.
bool read_hex(std::string_view text, std::uint64_t& value) {
    CHECK(text.size() <= 16);
    value = 0;
    std::uint8_t seen = 0;
    for (const char c : text) {
        const std::uint8_t next = kHexValues[static_cast<std::uint8_t>(c)];
        seen |= next;
        value = (value << 4) | (next & 15U);
    }
    return (seen & kNoHex) == 0;
}

void write_hex(std::uint64_t value, std::size_t digits, char* to) {
    for (std::size_t i = digits; i-- > 0; value >>= 4) {
        to[i] = kDigits[value & 15];
    }
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Level 2 dropped the limits on the two halves of "tenant@system"; its tests want that.
bool is_key(std::string_view key) {
    const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (key.empty() || key.size() > kKeyCharsMax || !starts(key.front())) {
        return false;
    }
    std::size_t ats = 0;
    for (const char c : key) {
        ats += c == '@' ? 1 : 0;
        if (!starts(c) && std::string_view("_-*/@").find(c) == std::string_view::npos) {
            return false;
        }
    }
    return ats <= 1 && key.back() != '@';
}

bool is_value(std::string_view value) {
    if (value.empty() || value.size() > kValueCharsMax || value.back() == ' ') {
        return false;
    }
    return std::all_of(value.begin(), value.end(), [](char c) {
        return c >= 0x20 && c <= 0x7e && c != ',' && c != '=';
    });
}

std::size_t size_of(const TraceState::Member& member) {
    return member.key.size() + 1 + member.value.size();
}

bool same_name(std::string_view name, std::string_view lower) {
    return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

}  // namespace

std::optional<TraceContext> parse_trace_parent(std::string_view text) {
    if (text.size() < kTraceParentChars || text[2] != '-' || text[kSpanAt - 1] != '-' ||
        text[kFlagsAt - 1] != '-') {
        return std::nullopt;
    }
    std::uint64_t version = 0;
    std::uint64_t flags = 0;
    TraceContext context;
    const bool hex = read_hex(text.substr(0, 2), version) &&
                     read_hex(text.substr(kTraceAt, 16), context.trace.high) &&
                     read_hex(text.substr(kTraceAt + 16, 16), context.trace.low) &&
                     read_hex(text.substr(kSpanAt, 16), context.span) &&
                     read_hex(text.substr(kFlagsAt, 2), flags);
    const bool longer = text.size() > kTraceParentChars;
    if (!hex || version == 0xff || (longer && (version == 0 || text[kTraceParentChars] != '-'))) {
        return std::nullopt;
    }
    context.flags = static_cast<std::uint8_t>(flags & (kTraceSampled | kTraceRandom));
    return context ? std::optional(context) : std::nullopt;
}

TraceParentText write_trace_parent(const TraceContext& context) {
    CHECK(bool(context));
    TraceParentText text;
    text.fill('-');
    write_hex(0, 2, text.data());
    write_hex(context.trace.high, 16, text.data() + kTraceAt);
    write_hex(context.trace.low, 16, text.data() + kTraceAt + 16);
    write_hex(context.span, 16, text.data() + kSpanAt);
    write_hex(context.flags & (kTraceSampled | kTraceRandom), 2, text.data() + kFlagsAt);
    return text;
}

void append_hex(std::uint64_t value, std::string& to) {
    std::array<char, 16> text;
    write_hex(value, text.size(), text.data());
    to.append(text.data(), text.size());
}

void append_hex(TraceId id, std::string& to) {
    append_hex(id.high, to);
    append_hex(id.low, to);
}

// ---- tracestate ----

bool TraceState::read(std::string_view header, Twice twice) {
    for (std::size_t at = 0; at <= header.size();) {
        const std::size_t comma = std::min(header.find(',', at), header.size());
        const std::string_view text = trimmed(header.substr(at, comma - at));
        at = comma + 1;
        if (text.empty()) {
            continue;
        }
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_key(text.substr(0, equals)) ||
            !is_value(text.substr(equals + 1))) {
            return false;
        }
        const Member member{text.substr(0, equals), text.substr(equals + 1)};
        if (!find(member.key).empty()) {
            if (twice == Twice::refuse) {
                return false;
            }
            continue;
        }
        if (count_ == kMembersMax) {
            return false;
        }
        members_[count_++] = member;
    }
    return true;
}

std::string_view TraceState::find(std::string_view key) const {
    for (const Member& member : members()) {
        if (member.key == key) {
            return member.value;
        }
    }
    return {};
}

void TraceState::put(std::string_view key, std::string_view value) {
    CHECK(is_key(key));
    CHECK(is_value(value));
    std::size_t place = 0;
    while (place < count_ && members_[place].key != key) {
        ++place;
    }
    if (place == count_) {
        count_ = std::min(count_ + 1, kMembersMax);
        place = count_ - 1;
    }
    std::copy_backward(members_.begin(),
                       members_.begin() + static_cast<std::ptrdiff_t>(place),
                       members_.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    members_[0] = {key, value};
}

void TraceState::write(std::string& to) const {
    std::size_t size = 0;
    for (const Member& member : members()) {
        size += size_of(member) + 1;  // with its comma; the last one has none
    }
    std::array<bool, kMembersMax> dropped{};
    for (const std::size_t longer_than : {kLongMember, std::size_t{0}}) {
        for (std::size_t i = count_; i-- > 0 && size > kBytesMax + 1;) {
            if (!dropped[i] && size_of(members_[i]) > longer_than) {
                dropped[i] = true;
                size -= size_of(members_[i]) + 1;
            }
        }
    }
    bool first = true;
    for (std::size_t i = 0; i < count_; ++i) {
        if (!dropped[i]) {
            to.append(first ? "" : ",").append(members_[i].key).append("=");
            to.append(members_[i].value);
            first = false;
        }
    }
}

// ---- headers of others ----

ForeignTrace continue_trace(std::span<const TraceHeader> headers) {
    ForeignTrace foreign;
    std::size_t parents = 0;
    bool state_ok = true;
    for (const TraceHeader& header : headers) {
        if (same_name(header.name, "traceparent")) {
            ++parents;
            foreign.context = parse_trace_parent(trimmed(header.value));
        } else if (same_name(header.name, "tracestate")) {
            state_ok = foreign.state.read(header.value, TraceState::Twice::keep_first) && state_ok;
        }
    }
    if (parents > 1) {
        foreign.context.reset();
    }
    foreign.restarted = parents > 0 && !foreign.context.has_value();
    if (!foreign.context.has_value() || !state_ok) {
        foreign.state.clear();
    }
    return foreign;
}

Result<ForeignTrace> require_trace(std::span<const TraceHeader> headers) {
    ForeignTrace foreign = continue_trace(headers);
    if (!foreign.context.has_value()) {
        return Error{"EV_TRACE_INVALID", "no traceparent, more than one, or not a valid one"};
    }
    TraceState state;
    for (const TraceHeader& header : headers) {
        if (same_name(header.name, "tracestate") &&
            !state.read(header.value, TraceState::Twice::refuse)) {
            return Error{"EV_TRACESTATE_INVALID", "malformed, over 32 members, or a key twice"};
        }
    }
    return foreign;
}

}  // namespace stormglass::bus
