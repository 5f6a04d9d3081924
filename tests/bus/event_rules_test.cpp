// Every attribute rule of the catalogue refuses with its own code, attribute and place.
#include <functional>

#include "bus/event.hpp"
#include "tests/bus/samples.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the samples of this folder

/// One way to spoil the sample, and what must be said of it.
struct Refusal {
    std::string_view name;
    std::function<void(RawEvent&)> spoil;
    std::string_view code;
    std::string_view says;
};

std::function<void(RawEvent&)> with(std::string name, std::string text, char kind = 'S') {
    return [=](RawEvent& raw) { raw.attributes[name] = {kind, text}; };
}

std::function<void(RawEvent&)> without(std::string name) {
    return [=](RawEvent& raw) { raw.attributes.erase(name); };
}

const Refusal kRefusals[] = {
    {"specversion", with("specversion", "1.1"), "EV_SPECVERSION", "specversion"},
    {"long id", with("id", std::string(129, 'x')), "EV_ID_INVALID", "attribute id"},
    {"relative source", with("source", "orders"), "EV_SOURCE_INVALID", "source"},
    {"source with a blank", with("source", "urn:a b"), "EV_SOURCE_INVALID", "source"},
    {"source not ASCII", with("source", "urn:caf\xc3\xa9"), "EV_SOURCE_INVALID", "source"},
    {"long source", with("source", "urn:" + std::string(253, 'x')), "EV_SOURCE_INVALID", ""},
    {"type of one name", with("type", "placed.v1"), "EV_TYPE_INVALID", "type"},
    {"type in capitals", with("type", "orders.Placed.v2"), "EV_TYPE_INVALID", "type"},
    {"type without version", with("type", "orders.placed"), "EV_TYPE_INVALID", "type"},
    {"type of version 0", with("type", "orders.order.v0"), "EV_TYPE_INVALID", "type"},
    {"type of version 02", with("type", "orders.order.v02"), "EV_TYPE_INVALID", "type"},
    {"type with a gap", with("type", "orders..placed.v2"), "EV_TYPE_INVALID", "type"},
    {"local time", with("time", "2030-01-02T03:04:05+01:00"), "EV_TIME_INVALID", "time"},
    {"leap second", with("time", "2030-01-02T23:59:60Z"), "EV_TIME_INVALID", "time"},
    {"no such day", with("time", "2030-02-29T00:00:00Z"), "EV_TIME_INVALID", "time"},
    {"content type", with("datacontenttype", "json"), "EV_CONTENTTYPE", "datacontenttype"},
    {"schema relative", with("dataschema", "orders/2.0"), "EV_SCHEMA_URI", "dataschema"},
    {"schema no minor", with("dataschema", "urn:orders:2"), "EV_SCHEMA_URI", "dataschema"},
    {"schema's major", with("dataschema", "urn:orders:3.0"), "EV_SCHEMA_URI", "dataschema"},
    {"long subject", with("subject", std::string(257, 'x')), "EV_SUBJECT_INVALID", ""},
    {"trace", with("traceparent", "00-0-0-01"), "EV_TRACE_INVALID", "traceparent"},
    {"trace state", with("tracestate", "a=1,a=2"), "EV_TRACESTATE_INVALID", "tracestate"},
    {"correlation", with("correlationid", std::string(129, 'x')), "EV_CORRELATION", ""},
    {"root with a cause", with("causationid", "o-1000"), "EV_CAUSATION", "causationid"},
    {"no root, no cause", with("correlationid", "o-1000"), "EV_CAUSATION", "causationid"},
    {"short sequence", with("sequence", "1"), "EV_SEQUENCE_INVALID", "sequence"},
    {"sequence 0", with("sequence", std::string(20, '0')), "EV_SEQUENCE_INVALID", "sequence"},
    {"sequence 2^64", with("sequence", "18446744073709551616"), "EV_SEQUENCE_INVALID", ""},
    {"partition key", with("partitionkey", std::string(129, 'x')), "EV_PARTITIONKEY", ""},
    {"negative epoch", with("epoch", "-1", 'I'), "EV_EPOCH_INVALID", "epoch"},
    {"epoch 2^31", with("epoch", "2147483648", 'I'), "EV_ATTR_TYPE", "epoch"},
    {"epoch as text", with("epoch", "7"), "EV_ATTR_TYPE", "epoch"},
    {"epoch padded", with("epoch", "07", 'I'), "EV_ATTR_TYPE", "epoch"},
    {"epoch -0", with("epoch", "-0", 'I'), "EV_ATTR_TYPE", "epoch"},
    {"sequence as number", with("sequence", "1", 'I'), "EV_ATTR_TYPE", "sequence"},
    {"audience without topic", with("audience", "bus-a"), "EV_AUDIENCE", "audience"},
    {"audience of blanks", with("audience", "bus a/orders"), "EV_AUDIENCE", "audience"},
    {"expiry", with("expirytime", "soon"), "EV_EXPIRY_INVALID", "expirytime"},
    {"expiry first", with("expirytime", "2029-01-02T03:04:05Z"), "EV_EXPIRY_INVALID", ""},
    {"short key id", with("keyid", "key"), "EV_KEY_UNKNOWN", "keyid"},
    {"key id with a dot", with("keyid", "orders.key"), "EV_KEY_UNKNOWN", "keyid"},
    {"no key id", without("keyid"), "EV_SIG_MISSING", "keyid"},
    {"no signature",
     [](RawEvent& raw) {
         raw.with_signature = false;
         raw.payload.clear();
     },
     "EV_SIG_MISSING",
     "sig"},
    {"signature before others",
     [](RawEvent& raw) {
         raw.attributes.erase("keyid");
         raw.attributes.erase("audience");
     },
     "EV_SIG_MISSING",
     "keyid"},
    {"reference", with("dataref", "https://store/1"), "EV_DATAREF", "dataref"},
    {"digest alone", with("datadigest", "sha-256:" + std::string(64, 'a')), "EV_DATADIGEST", ""},
    {"digest form", with("datadigest", "md5:0"), "EV_DATADIGEST", "datadigest"},
    {"recorded", with("recordedtime", "yesterday"), "EV_TIME_INVALID", "recordedtime"},
    {"class", with("dataclassification", "secret"), "EV_CLASSIFICATION", ""},
    {"severity 0", with("severitynumber", "0", 'I'), "EV_SEVERITY", "severitynumber"},
    {"severity 25", with("severitynumber", "25", 'I'), "EV_SEVERITY", "severitynumber"},
    {"JSON as binary", with("datacontenttype", "application/json"), "EV_DATA_FORM", ""},
    {"JSON form", [](RawEvent& raw) { raw.form = 1; }, "EV_DATA_FORM", "form"},
    {"reference form", [](RawEvent& raw) { raw.form = 3; }, "EV_DATA_FORM", "form"},
    {"no such form", [](RawEvent& raw) { raw.form = 9; }, "EV_DATA_FORM", "form"},
    {"payload of none", [](RawEvent& raw) { raw.form = 0; }, "EV_MALFORMED", "payload"},
    {"none of a payload", [](RawEvent& raw) { raw.payload.clear(); }, "EV_MALFORMED", ""},
    {"name in capitals", with("Extra", "x"), "EV_ATTR_NAME", "at byte 22"},
    {"long name", with(std::string(21, 'a'), "x"), "EV_ATTR_NAME", "at byte 22"},
    {"no name", with("", "x"), "EV_ATTR_NAME", "at byte 22"},
    {"data as attribute", with("data", "x"), "EV_ATTR_NAME", ""},
    {"sig as attribute", with("sig", "x"), "EV_ATTR_NAME", ""},
    {"empty value", with("extra", ""), "EV_ATTR_EMPTY", "extra"},
    {"empty known value", with("subject", ""), "EV_ATTR_EMPTY", "subject"},
    {"integer with a plus", with("extra", "+1", 'I'), "EV_ATTR_TYPE", "extra"},
    {"boolean", with("extra", "yes", 'B'), "EV_ATTR_TYPE", "extra"},
    {"unknown kind", with("extra", "x", 'X'), "EV_ATTR_TYPE", "extra"},
    {"control character", with("extra", "a\x01"), "EV_ATTR_CHARS", "extra"},
    {"delete", with("extra", "abcdefgh\x7f"), "EV_ATTR_CHARS", "extra"},
    {"C1 control", with("extra", "\xc2\x85"), "EV_ATTR_CHARS", "extra"},
    {"noncharacter", with("extra", "\xef\xbf\xbf"), "EV_ATTR_CHARS", "extra"},
    {"surrogate", with("extra", "\xed\xa0\x80"), "EV_ATTR_CHARS", "extra"},
    {"overlong", with("extra", "\xc0\xaf"), "EV_MALFORMED", "extra"},
    {"overlong in three", with("extra", "\xe0\x80\xaf"), "EV_MALFORMED", "extra"},
    {"cut character", with("extra", "\xe2\x82"), "EV_MALFORMED", "extra"},
    {"beyond Unicode", with("extra", "\xf4\x90\x80\x80"), "EV_MALFORMED", "extra"},
    {"long value", with("extra", std::string(4097, 'x')), "EV_LIMIT", "extra"},
    {"many attributes",
     [](RawEvent& raw) {
         for (int i = 0; i < 60; ++i) {
             raw.attributes["x" + std::to_string(i)] = {'S', "y"};
         }
     },
     "EV_LIMIT",
     "attributes"},
    {"large", [](RawEvent& raw) { raw.payload.assign(65'000, 'x'); }, "EV_LIMIT", "event"},
};

TEST(Event, every_rule_refuses_with_its_code_and_place) {
    for (const Refusal& refusal : kRefusals) {
        RawEvent raw = RawEvent::sample();
        refusal.spoil(raw);
        const ByteBuffer bytes = raw.bytes();
        const auto event = decode_event(bytes);
        ASSERT_FALSE(event.ok()) << refusal.name;
        EXPECT_EQ(event.error().code, refusal.code) << refusal.name << ": " << event.error().text;
        EXPECT_NE(event.error().text.find(refusal.says), std::string::npos)
            << refusal.name << ": " << event.error().text;
    }
}

}  // namespace
}  // namespace stormglass::bus
