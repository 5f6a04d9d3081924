#include "bus/attributes.hpp"

#include <charconv>
#include <string>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

template <std::size_t Max>
bool within(std::string_view value) {
    return !value.empty() && value.size() <= Max;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Violation rule_audience(std::string_view value) {
    const std::size_t slash = value.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash > kTopicBytesMax) {
        return {"EV_AUDIENCE", "not of the form bus-id/topic"};
    }
    for (const char c : value.substr(0, slash)) {
        if (!is_alnum(c) && c != '-' && c != '_' && c != '.') {
            return {"EV_AUDIENCE", "the bus id has an illegal character"};
        }
    }
    if (!within<kTopicBytesMax>(value.substr(slash + 1))) {
        return {"EV_AUDIENCE", "the topic must have 1 to 128 bytes"};
    }
    return {};
}

Violation rule_causation(std::string_view value) {
    return within<128>(value) ? Violation{} : Violation{"EV_CAUSATION", "over 128 bytes"};
}

Violation rule_correlation(std::string_view value) {
    return within<128>(value) ? Violation{} : Violation{"EV_CORRELATION", "over 128 bytes"};
}

Violation rule_classification(std::string_view value) {
    const bool known = value == "public" || value == "internal" || value == "confidential" ||
                       value == "restricted";
    return known ? Violation{} : Violation{"EV_CLASSIFICATION", "not one of the four classes"};
}

Violation rule_data_digest(std::string_view value) {
    constexpr std::string_view kPrefix = "sha-256:";
    const bool sized = value.size() == kPrefix.size() + 64 && value.starts_with(kPrefix);
    const bool hex = sized && value.substr(kPrefix.size()).find_first_not_of("0123456789abcdef") ==
                                  std::string_view::npos;
    return hex ? Violation{} : Violation{"EV_DATADIGEST", "not sha-256: and 64 hex digits"};
}

Violation rule_epoch(std::string_view value) {
    return value.front() == '-' ? Violation{"EV_EPOCH_INVALID", "negative"} : Violation{};
}

Violation rule_expiry(std::string_view value) {
    Instant instant;
    return parse_instant(value, instant) ? Violation{}
                                         : Violation{"EV_EXPIRY_INVALID", "not RFC 3339 in UTC"};
}

Violation rule_time(std::string_view value) {
    Instant instant;
    return parse_instant(value, instant) ? Violation{}
                                         : Violation{"EV_TIME_INVALID", "not RFC 3339 in UTC"};
}

Violation rule_id(std::string_view value) {
    return within<128>(value) ? Violation{} : Violation{"EV_ID_INVALID", "over 128 bytes"};
}

Violation rule_key_id(std::string_view value) {
    if (value.size() < 8 || value.size() > 64) {
        return {"EV_KEY_UNKNOWN", "a key id has 8 to 64 characters"};
    }
    for (const char c : value) {
        if (!is_alnum(c) && c != '_' && c != '-') {
            return {"EV_KEY_UNKNOWN", "illegal character in a key id"};
        }
    }
    return {};
}

Violation rule_partition_key(std::string_view value) {
    return within<128>(value) ? Violation{} : Violation{"EV_PARTITIONKEY", "over 128 bytes"};
}

Violation rule_sequence(std::string_view value) {
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    if (value.size() != 20 || parsed.ptr != end || parsed.ec != std::errc{} || number == 0) {
        return {"EV_SEQUENCE_INVALID", "not 20 digits of 1 to 2^64 - 1"};
    }
    return {};
}

Violation rule_severity(std::string_view value) {
    int number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number >= 1 && number <= 24 ? Violation{}
                                       : Violation{"EV_SEVERITY", "not within 1 to 24"};
}

Violation rule_source(std::string_view value) {
    if (!within<kSourceBytesMax>(value)) {
        return {"EV_SOURCE_INVALID", "over 256 bytes"};
    }
    return check_absolute_uri(value, "EV_SOURCE_INVALID");
}

Violation rule_spec_version(std::string_view value) {
    return value == "1.0" ? Violation{} : Violation{"EV_SPECVERSION", "not 1.0"};
}

Violation rule_subject(std::string_view value) {
    return within<256>(value) ? Violation{} : Violation{"EV_SUBJECT_INVALID", "over 256 bytes"};
}

Violation rule_data_ref(std::string_view) {
    return {"EV_DATAREF", "payloads by reference are not supported by this version"};
}

constexpr std::array<AttributeSpec, kAttributeKinds> kSpecs = {{
    {"audience", 'S', true, rule_audience},
    {"causationid", 'S', false, rule_causation},
    {"correlationid", 'S', true, rule_correlation},
    {"dataclassification", 'S', false, rule_classification},
    {"datacontenttype", 'S', true, check_content_type},
    {"datadigest", 'S', false, rule_data_digest},
    {"dataref", 'S', false, rule_data_ref},
    {"dataschema", 'S', true, check_data_schema},
    {"epoch", 'I', true, rule_epoch},
    {"expirytime", 'S', false, rule_expiry},
    {"id", 'S', true, rule_id},
    {"keyid", 'S', true, rule_key_id},
    {"partitionkey", 'S', true, rule_partition_key},
    {"recordedtime", 'S', false, rule_time},
    {"sequence", 'S', true, rule_sequence},
    {"severitynumber", 'I', false, rule_severity},
    {"source", 'S', true, rule_source},
    {"specversion", 'S', true, rule_spec_version},
    {"subject", 'S', false, rule_subject},
    {"time", 'S', true, rule_time},
    {"traceparent", 'S', true, check_trace_parent},
    {"tracestate", 'S', false, check_trace_state},
    {"type", 'S', true, check_type},
}};

constexpr bool names_ascend() {
    for (std::size_t i = 1; i < kSpecs.size(); ++i) {
        if (!(kSpecs[i - 1].name < kSpecs[i].name)) {
            return false;
        }
    }
    return true;
}

static_assert(names_ascend(), "the decoder walks table and event in step");
static_assert(static_cast<std::size_t>(Attribute::type) + 1 == kAttributeKinds);

Error error_at(const AttributeSet& set, Attribute attribute, Violation violation) {
    return attribute_error(violation, spec_of(attribute).name, set[attribute].offset);
}

Result<void> check_presence(const AttributeSet& set) {
    // Stripping the signature is a security event: it is named before anything else is missed.
    if (set.value(Attribute::keyid).empty()) {
        return error_at(set, Attribute::keyid, {"EV_SIG_MISSING", "absent"});
    }
    for (std::size_t i = 0; i < kAttributeKinds; ++i) {
        const auto attribute = static_cast<Attribute>(i);
        if (kSpecs[i].mandatory && set.value(attribute).empty()) {
            return error_at(set, attribute, {"EV_ATTR_MISSING", "absent"});
        }
    }
    return {};
}

Result<void> check_relations(const AttributeSet& set, PayloadForm form) {
    const std::string_view id = set.value(Attribute::id);
    const std::string_view cause = set.value(Attribute::causationid);
    const bool root = set.value(Attribute::correlationid) == id;
    if (root != cause.empty()) {
        return error_at(set,
                        Attribute::causationid,
                        {"EV_CAUSATION", root ? "a root has no cause" : "absent, yet not a root"});
    }
    if (cause == id) {
        return error_at(
            set, Attribute::causationid, {"EV_CAUSATION", "an event cannot cause itself"});
    }
    const std::string_view schema = set.value(Attribute::dataschema);
    const std::string_view version = schema.substr(schema.find_last_of("/:") + 1);
    if (version.substr(0, version.find('.')) != major_of(set.value(Attribute::type))) {
        return error_at(
            set, Attribute::dataschema, {"EV_SCHEMA_URI", "its major is not the type's"});
    }
    if (!set.value(Attribute::expirytime).empty()) {
        Instant time;
        Instant expiry;
        CHECK(parse_instant(set.value(Attribute::time), time));
        CHECK(parse_instant(set.value(Attribute::expirytime), expiry));
        if (expiry < time) {
            return error_at(set, Attribute::expirytime, {"EV_EXPIRY_INVALID", "before time"});
        }
    }
    if (!set.value(Attribute::datadigest).empty()) {
        return error_at(set, Attribute::datadigest, {"EV_DATADIGEST", "without dataref"});
    }
    if (form == PayloadForm::binary &&
        is_json_content_type(set.value(Attribute::datacontenttype))) {
        return error_at(set, Attribute::datacontenttype, {"EV_DATA_FORM", "JSON sent as binary"});
    }
    return {};
}

}  // namespace

const AttributeSpec& spec_of(Attribute attribute) {
    const auto index = static_cast<std::size_t>(attribute);
    CHECK(index < kSpecs.size());
    return kSpecs[index];
}

Error attribute_error(Violation violation, std::string_view attribute, std::size_t offset) {
    CHECK(violation);
    std::string text;
    text.append("attribute ").append(attribute).append(" at byte ");
    text.append(std::to_string(offset)).append(": ").append(violation.why);
    return {violation.code, std::move(text)};
}

Result<void> check_attributes(const AttributeSet& set, PayloadForm form) {
    CHECK(form == PayloadForm::none || form == PayloadForm::binary);
    if (auto present = check_presence(set); !present) {
        return present;
    }
    for (std::size_t i = 0; i < kAttributeKinds; ++i) {
        const std::string_view value = set.entries[i].value;
        if (value.empty()) {
            continue;
        }
        if (const Violation violation = kSpecs[i].rule(value)) {
            return error_at(set, static_cast<Attribute>(i), violation);
        }
    }
    return check_relations(set, form);
}

Violation check_integer(std::string_view value) {
    std::int32_t number = 0;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    const bool negative = value.front() == '-';
    const char first = value[negative && value.size() > 1 ? 1 : 0];
    const bool padded = first == '0' && (negative || value.size() > 1);
    if (parsed.ec != std::errc{} || parsed.ptr != end || padded) {
        return {"EV_ATTR_TYPE", "not a plain 32-bit integer"};
    }
    return {};
}

Violation check_boolean(std::string_view value) {
    return value == "true" || value == "false" ? Violation{}
                                               : Violation{"EV_ATTR_TYPE", "not true or false"};
}

Violation check_value(char kind, std::string_view value) {
    if (value.empty()) {
        return {"EV_ATTR_EMPTY", "an empty value"};
    }
    if (value.size() > kAttributeValueBytesMax) {
        return {"EV_LIMIT", "attribute value"};
    }
    switch (kind) {
        case 'S':
            return check_string(value);
        case 'I':
            return check_integer(value);
        case 'B':
            return check_boolean(value);
        default:  // a byte of the input, not an enum of ours
            return {"EV_ATTR_TYPE", "unknown kind"};
    }
}

}  // namespace stormglass::bus
