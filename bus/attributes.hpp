// Attributes: the table of what an event may say of itself, and the rules that need no state.
// Decoder (bytes that arrived) and `check_draft` (input of local callers) share every rule here, so
// that a source cannot write what a consumer would refuse. Catalogue: docs/wire_format.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "runtime/time.hpp"

namespace stormglass::bus {

constexpr std::size_t kEventSizeMax = 64 << 10;     // attributes, signature and payload
constexpr std::size_t kAttributeCountMax = 64;      // of one event, extensions included
constexpr std::size_t kAttributeNameBytesMax = 20;  // CloudEvents' own recommendation
constexpr std::size_t kAttributeValueBytesMax = 4 << 10;
constexpr std::size_t kSourceBytesMax = 256;
constexpr std::size_t kTopicBytesMax = 128;

/// Every attribute with a meaning, in the byte order of their names (also the order when signed).
enum class Attribute : std::uint8_t {
    audience,
    causationid,
    correlationid,
    dataclassification,
    datacontenttype,
    datadigest,
    dataref,
    dataschema,
    epoch,
    expirytime,
    id,
    keyid,
    partitionkey,
    recordedtime,
    sequence,
    severitynumber,
    source,
    specversion,
    subject,
    time,
    traceparent,
    tracestate,
    type,
};
constexpr std::size_t kAttributeKinds = 23;

/// How a payload stands in the canonical form. JSON and references come with later versions.
enum class PayloadForm : std::uint8_t { none = 0, json = 1, binary = 2, reference = 3 };

/// What a rule has against a value. An empty code means nothing.
struct Violation {
    std::string_view code;
    std::string_view why;

    explicit operator bool() const { return !code.empty(); }
};

struct AttributeSpec {
    std::string_view name;
    char kind = 'S';  // 'S' string, 'I' int32 in decimal, 'B' true or false
    bool mandatory = false;
    Violation (*rule)(std::string_view value) = nullptr;
};

const AttributeSpec& spec_of(Attribute attribute);

/// The attributes of one event by meaning; absent ones are empty. Views belong to somebody else.
struct AttributeSet {
    struct Entry {
        std::string_view value;
        std::uint32_t offset = 0;  // of the value, in the encoded event
    };

    std::array<Entry, kAttributeKinds> entries{};

    Entry& operator[](Attribute attribute) { return entries[static_cast<std::size_t>(attribute)]; }

    const Entry& operator[](Attribute attribute) const {
        return entries[static_cast<std::size_t>(attribute)];
    }

    std::string_view value(Attribute attribute) const { return (*this)[attribute].value; }
};

/// All rules over single attributes and between them: presence, form, causation, deadline, schema.
Result<void> check_attributes(const AttributeSet& set, PayloadForm form);

/// An Error that names code, attribute and place, never the value (it may be confidential).
Error attribute_error(Violation violation, std::string_view attribute, std::size_t offset);

/// Rules for any value of a kind; extensions have no others. `check_value` asks all of them.
Violation check_value(char kind, std::string_view value);
Violation check_string(std::string_view value);
Violation check_integer(std::string_view value);
Violation check_boolean(std::string_view value);

// Forms of single attributes (event_forms.cpp).
Violation check_absolute_uri(std::string_view value, std::string_view code);
Violation check_type(std::string_view value);
Violation check_content_type(std::string_view value);
Violation check_data_schema(std::string_view value);
Violation check_trace_parent(std::string_view value);
Violation check_trace_state(std::string_view value);
bool is_json_content_type(std::string_view value);
/// The N of a valid type's `.vN`, and the type without it.
std::string_view major_of(std::string_view type);
std::string_view name_without_major(std::string_view type);

/// An instant with its full range: WallTime ends in the year 2262, RFC 3339 in 9999.
struct Instant {
    std::int64_t seconds = 0;
    std::uint32_t nanos = 0;

    friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

bool parse_instant(std::string_view text, Instant& instant);

constexpr std::size_t kTimeChars = 30;  // 2000-01-01T00:00:00.000000000Z
/// Writes exactly `kTimeChars`. Requires: `time` is not before 1970.
void write_time(WallTime time, char* to);

/// Where an event belongs and who it is, read off its bytes by structure alone: no rule is checked.
/// For keyed draws and for notes about bytes that were checked before.
struct EventOutline {
    std::string_view audience;
    std::string_view source;
    std::string_view id;
    std::uint64_t sequence = 0;
    std::uint32_t epoch = 0;

    std::string_view topic() const { return audience.substr(audience.find('/') + 1); }
};

/// An empty outline where the structure does not hold.
EventOutline outline_of(Bytes event);

/// One attribute as it stands in an event.
struct AttributeText {
    std::string_view name;
    char kind = 'S';
    std::string_view value;
};

/// Every attribute, extensions included, read by structure alone, for tools that show events;
/// nothing where the structure does not hold.
std::vector<AttributeText> attributes_of(Bytes event);

/// The payload, found by structure alone; for bytes that were checked before.
Bytes payload_of(Bytes event);

}  // namespace stormglass::bus
