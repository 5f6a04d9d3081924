// The written forms of single attributes: characters, URIs, types, media types, trace context.
// Every function reads its input once, from left to right, and never beyond its end.
#include <algorithm>
#include <array>
#include <cstring>

#include "bus/attributes.hpp"
#include "bus/trace_context.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

// Classes of characters, one bit each: a table is a third of the decoder's time cheaper than
// asking.
constexpr std::uint8_t kDigit = 1;
constexpr std::uint8_t kLower = 2;
constexpr std::uint8_t kUpper = 4;
constexpr std::uint8_t kLowerHex = 8;
constexpr std::uint8_t kHex = 16;
constexpr std::uint8_t kToken = 32;    // RFC 7230
constexpr std::uint8_t kUri = 64;      // RFC 3986 behind the scheme, without '%' and '#'
constexpr std::uint8_t kScheme = 128;  // RFC 3986

constexpr bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        const bool digit = c >= '0' && c <= '9';
        const bool lower = c >= 'a' && c <= 'z';
        const bool upper = c >= 'A' && c <= 'Z';
        const bool alnum = digit || lower || upper;
        int bits = 0;
        bits |= digit ? kDigit : 0;
        bits |= lower ? kLower : 0;
        bits |= upper ? kUpper : 0;
        bits |= digit || (c >= 'a' && c <= 'f') ? kLowerHex | kHex : 0;
        bits |= c >= 'A' && c <= 'F' ? kHex : 0;
        bits |= alnum || is_one_of(c, "!#$%&'*+-.^_`|~") ? kToken : 0;
        bits |= alnum || is_one_of(c, "-._~:/?[]@!$&'()*+,;=") ? kUri : 0;
        bits |= alnum || is_one_of(c, "+-.") ? kScheme : 0;
        classes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(bits);
    }
    return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is(char c, int classes) {
    return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

std::size_t token_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is(text[at], kToken)) {
        ++at;
    }
    return at;
}

/// Eight bytes that are printable ASCII, which nearly all attribute bytes are.
bool is_plain(std::uint64_t word) {
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    constexpr std::uint64_t kHigh = 0x80 * kOnes;
    const std::uint64_t below_space = word - 0x20 * kOnes;
    const std::uint64_t deleted = (word ^ (0x7f * kOnes)) - kOnes;
    return ((word | below_space | deleted) & kHigh) == 0;
}

/// Length of the well-formed UTF-8 sequence at the front, and its code point; 0 when malformed.
/// Surrogates pass here and fall to the rule on characters.
std::size_t code_point(std::string_view text, std::uint32_t& point) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) {
        point = lead;
        return 1;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    point = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return 0;
        }
        point = (point << 6) | (byte(i) & 0x3f);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    return overlong || point > 0x10ffff ? 0 : length;
}

bool is_legal_point(std::uint32_t point) {
    const bool control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    const bool noncharacter = (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) == 0xfffe;
    return !control && !surrogate && !noncharacter;
}

/// digits without a leading zero, at most nine of them.
bool is_number(std::string_view text) {
    if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1)) {
        return false;
    }
    for (const char c : text) {
        if (!is(c, kDigit)) {
            return false;
        }
    }
    return true;
}

bool is_segment(std::string_view segment) {
    if (segment.empty() || !is(segment[0], kLower)) {
        return false;
    }
    for (const char c : segment) {
        if (!is(c, kLower | kDigit) && c != '-') {
            return false;
        }
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_one_of(text.front(), " \t")) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_one_of(text.back(), " \t")) {
        text.remove_suffix(1);
    }
    return text;
}

}  // namespace

Violation check_string(std::string_view value) {
    std::size_t at = 0;
    while (at < value.size()) {
        std::uint64_t word = 0x2020202020202020ULL;  // blanks behind the end
        const std::size_t step = std::min<std::size_t>(value.size() - at, 8);
        if (step == 8) {
            std::memcpy(&word, value.data() + at, 8);  // one load, not a call
        } else {
            std::memcpy(&word, value.data() + at, step);
        }
        if (is_plain(word)) {
            at += step;
            continue;
        }
        std::uint32_t point = 0;
        const std::size_t length = code_point(value.substr(at), point);
        if (length == 0) {
            return {"EV_MALFORMED", "not UTF-8"};
        }
        if (!is_legal_point(point)) {
            return {"EV_ATTR_CHARS", "a control character, noncharacter or surrogate"};
        }
        at += length;
    }
    CHECK(at == value.size());
    return {};
}

Violation check_absolute_uri(std::string_view value, std::string_view code) {
    CHECK(!code.empty());
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos || colon + 1 == value.size() ||
        !is(value[0], kLower | kUpper)) {
        return {code, "not an absolute URI"};
    }
    for (const char c : value.substr(0, colon)) {
        if (!is(c, kScheme)) {
            return {code, "an illegal character in the URI's scheme"};
        }
    }
    for (std::size_t i = colon + 1; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '%' && i + 2 < value.size() && is(value[i + 1], kHex) && is(value[i + 2], kHex)) {
            i += 2;
            continue;
        }
        if (!is(c, kUri)) {
            return {code, "an illegal character in the URI"};
        }
    }
    return {};
}

std::string_view major_of(std::string_view type) {
    return type.substr(type.rfind('.') + 2);  // behind ".v"
}

std::string_view name_without_major(std::string_view type) {
    return type.substr(0, type.rfind('.'));
}

Violation check_type(std::string_view value) {
    constexpr Violation kBad = {"EV_TYPE_INVALID", "not of the form name.name.vN"};
    const std::size_t last = value.rfind('.');
    if (value.size() > 128 || last == std::string_view::npos || last + 2 >= value.size()) {
        return kBad;
    }
    const std::string_view major = value.substr(last + 2);
    if (value[last + 1] != 'v' || !is_number(major) || major == "0") {
        return kBad;
    }
    std::size_t segments = 0;
    for (std::size_t at = 0; at <= last; ++segments) {
        const std::size_t dot = value.find('.', at);
        if (!is_segment(value.substr(at, dot - at))) {
            return kBad;
        }
        at = dot + 1;
    }
    return segments >= 2 ? Violation{} : kBad;
}

Violation check_content_type(std::string_view value) {
    constexpr Violation kBad = {"EV_CONTENTTYPE", "not a media type"};
    std::size_t at = token_end(value, 0);
    if (at == 0 || at >= value.size() || value[at] != '/') {
        return kBad;
    }
    const std::size_t subtype = at + 1;
    at = token_end(value, subtype);
    if (at == subtype) {
        return kBad;
    }
    while (at < value.size()) {
        const std::size_t semicolon = value.find_first_not_of(' ', at);
        if (semicolon == std::string_view::npos || value[semicolon] != ';') {
            return kBad;
        }
        const std::size_t name = value.find_first_not_of(' ', semicolon + 1);
        if (name == std::string_view::npos) {
            return kBad;
        }
        const std::size_t equals = token_end(value, name);
        if (equals == name || equals >= value.size() || value[equals] != '=') {
            return kBad;
        }
        at = token_end(value, equals + 1);
        if (at == equals + 1) {
            return kBad;  // quoted values have no use here and many spellings
        }
    }
    return {};
}

bool is_json_content_type(std::string_view value) {
    const std::string_view essence = trimmed(value.substr(0, value.find(';')));
    return essence == "application/json" || essence.ends_with("+json");
}

Violation check_data_schema(std::string_view value) {
    if (const Violation violation = check_absolute_uri(value, "EV_SCHEMA_URI")) {
        return violation;
    }
    const std::string_view version = value.substr(value.find_last_of("/:") + 1);
    const std::size_t dot = version.find('.');
    if (dot == std::string_view::npos || !is_number(version.substr(0, dot)) ||
        !is_number(version.substr(dot + 1))) {
        return {"EV_SCHEMA_URI", "its last segment is not major.minor"};
    }
    return {};
}

Violation check_trace_parent(std::string_view value) {
    const bool valid = parse_trace_parent(value).has_value();
    return valid ? Violation{} : Violation{"EV_TRACE_INVALID", "not a W3C traceparent"};
}

Violation check_trace_state(std::string_view value) {
    if (value.size() > TraceState::kBytesMax) {
        return {"EV_TRACESTATE_INVALID", "over 512 bytes"};
    }
    TraceState state;
    const bool valid = state.read(value, TraceState::Twice::refuse);
    return valid ? Violation{}
                 : Violation{"EV_TRACESTATE_INVALID", "not a W3C tracestate, or a key twice"};
}

}  // namespace stormglass::bus
