// The envelope: what was written is what is read, what is read is what was signed, and every rule
// of the catalogue refuses with its own code, attribute and place.
#include "bus/event.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "bus/attributes.hpp"
#include "tests/bus/samples.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the samples of this folder

/// By the decoder or, at the latest, by the verifier.
bool is_refused(Bytes bytes) {
    StandInSigning signing = stand_in();
    const auto event = decode_event(bytes);
    if (!event.ok()) {
        return true;
    }
    return !verify_event(event.value(), signing).ok();
}

TEST(Event, says_after_decoding_what_was_drafted) {
    EventDraft draft = sample_draft();
    draft.correlation_id = "saga-9";
    draft.causation_id = "o-1000";
    draft.subject = "an order";
    draft.expiry = draft.time + seconds(60);
    const ByteBuffer bytes = encoded(draft);
    const auto event = decode_event(bytes);
    ASSERT_TRUE(event.ok()) << event.error().text;
    EXPECT_EQ(event.value().id, "o-1001");
    EXPECT_EQ(event.value().time, "2030-01-02T03:04:05.000000006Z");
    EXPECT_EQ(event.value().expiry_time, "2030-01-02T03:05:05.000000006Z");
    EXPECT_EQ(event.value().causation_id, "o-1000");
    EXPECT_EQ(event.value().correlation_id, "saga-9");
    EXPECT_EQ(event.value().subject, "an order");
    EXPECT_EQ(event.value().topic(), "orders");
    EXPECT_EQ(event.value().sequence, 1U);
    EXPECT_EQ(event.value().epoch, 7U);
    EXPECT_EQ(as_text(event.value().payload), "two of A");
}

RC_GTEST_PROP(Event, decode_after_encode_is_identity, ()) {
    OwnedDraft owned = *valid_drafts();
    const EventDraft& draft = owned.view();
    const auto checked = check_draft(draft);
    RC_ASSERT(checked.ok());
    const ByteBuffer bytes = encoded(draft);
    const auto event = decode_event(bytes);
    RC_ASSERT(event.ok());
    const EventView& view = event.value();
    RC_ASSERT(view.id == draft.id && view.source == draft.source && view.type == draft.type);
    RC_ASSERT(view.data_schema == draft.data_schema && view.subject == draft.subject);
    RC_ASSERT(view.correlation_id == draft.correlation_id);
    RC_ASSERT(view.causation_id == draft.causation_id);
    RC_ASSERT(view.partition_key == draft.partition_key && view.audience == draft.audience);
    RC_ASSERT(view.sequence == draft.sequence && view.epoch == draft.epoch);
    RC_ASSERT(as_text(view.payload) == as_text(draft.payload));
    RC_ASSERT(parse_time(view.time).value().ns == draft.time.ns);
    RC_ASSERT(view.expiry_time.empty() == (draft.expiry.ns == 0));
    RC_ASSERT(view.bytes.data() == bytes.data() && view.bytes.size() == bytes.size());
    StandInSigning signing = stand_in();
    RC_ASSERT(verify_event(view, signing).ok());
}

RC_GTEST_PROP(Event, any_flipped_bit_is_refused, ()) {
    OwnedDraft owned = *valid_drafts();
    ByteBuffer bytes = encoded(owned.view());
    const std::size_t bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    RC_ASSERT(is_refused(bytes));
}

RC_GTEST_PROP(Event, every_cut_is_refused, ()) {
    OwnedDraft owned = *valid_drafts();
    owned.payload += "!";  // without a payload nothing could be cut off the end
    const ByteBuffer bytes = encoded(owned.view());
    const std::size_t size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const ByteBuffer cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    RC_ASSERT(is_refused(cut));
}

RC_GTEST_PROP(Event, outline_agrees_with_decoding, ()) {
    OwnedDraft owned = *valid_drafts();
    const ByteBuffer bytes = encoded(owned.view());
    const auto event = decode_event(bytes);
    RC_ASSERT(event.ok());
    const EventOutline outline = outline_of(bytes);
    RC_ASSERT(outline.topic() == event.value().topic());
    RC_ASSERT(outline.source == event.value().source && outline.id == event.value().id);
    RC_ASSERT(outline.sequence == event.value().sequence);
    RC_ASSERT(outline.epoch == event.value().epoch);
}

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

const std::vector<Refusal>& refusals() {
    static const std::vector<Refusal> kAll = {
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
        {"digest alone",
         with("datadigest", "sha-256:" + std::string(64, 'a')),
         "EV_DATADIGEST",
         ""},
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
    return kAll;
}

TEST(Event, every_rule_refuses_with_its_code_and_place) {
    for (const Refusal& refusal : refusals()) {
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

TEST(Event, each_mandatory_attribute_is_missed_by_name) {
    const RawEvent sample = RawEvent::sample();
    ASSERT_EQ(sample.attributes.size(), 14U) << "the fifteenth is the signature";
    for (const auto& [name, value] : sample.attributes) {
        RawEvent raw = sample;
        raw.attributes.erase(name);
        const ByteBuffer bytes = raw.bytes();
        const auto event = decode_event(bytes);
        ASSERT_FALSE(event.ok()) << name;
        EXPECT_EQ(event.error().code, name == "keyid" ? "EV_SIG_MISSING" : "EV_ATTR_MISSING");
        EXPECT_NE(event.error().text.find("attribute " + name + " at"), std::string::npos);
    }
}

TEST(Event, accepts_what_the_rules_allow) {
    const std::vector<std::function<void(RawEvent&)>> allowed = {
        with("aaa", "an extension before all others"),
        with("zzz", "-2147483648", 'I'),
        with("dryrun", "true", 'B'),
        with("subject", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa6"),
        with("dataclassification", "restricted"),
        with("severitynumber", "24", 'I'),
        with("recordedtime", "1970-01-01T00:00:00Z"),
        with("expirytime", "9999-12-31T23:59:59.999999999Z"),
        with("time", "2000-02-29T00:00:00.5Z"),
        with("tracestate", "a=1, b@c=2,,sg=x/y"),
        with("traceparent", "cc-" + std::string(kTraceParent.substr(3)) + "-later"),
        with("datacontenttype", "text/plain; charset=utf-8"),
        [](RawEvent& raw) {
            raw.form = 0;
            raw.payload.clear();
        },
    };
    for (std::size_t i = 0; i < allowed.size(); ++i) {
        RawEvent raw = RawEvent::sample();
        allowed[i](raw);
        const ByteBuffer bytes = raw.bytes();
        const auto event = decode_event(bytes);
        EXPECT_TRUE(event.ok()) << i << ": " << event.error().text;
    }
}

TEST(Event, names_the_offset_of_the_value) {
    RawEvent raw = RawEvent::sample();
    raw.attributes["audience"] = {'S', "nowhere"};
    const ByteBuffer bytes = raw.bytes();
    const auto event = decode_event(bytes);
    ASSERT_FALSE(event.ok());
    // 20 tag + 2 count + 1 length + 8 name + 1 kind + 4 length
    EXPECT_EQ(event.error().text, "attribute audience at byte 36: not of the form bus-id/topic");
}

TEST(Event, names_must_ascend_and_stand_once) {
    const auto two = [](const char* first, const char* second) {
        std::string text("stormglass.event.v1\0", 20);
        text.append(std::string("\0\2", 2));
        RawEvent::append_attribute(text, first, {'S', "x"});
        RawEvent::append_attribute(text, second, {'S', "x"});
        return decode_event(RawEvent::sample().finished(std::move(text))).error().code;
    };
    EXPECT_EQ(two("extra", "extra"), "EV_DUPLICATE_MEMBER");
    EXPECT_EQ(two("extrb", "extra"), "EV_MALFORMED");
    EXPECT_EQ(two("extra", "extrb"), "EV_SIG_MISSING");
}

TEST(Event, an_erased_signature_is_a_missing_one) {
    ByteBuffer bytes = encoded(sample_draft());
    const std::size_t signature = bytes.size() - sample_draft().payload.size() - 64;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(signature), 64, std::byte{0});
    EXPECT_EQ(decode_event(bytes).error().code, "EV_SIG_MISSING");
}

TEST(Event, another_source_cannot_be_claimed_without_its_key) {
    StandInSigning signing = stand_in();
    const ByteBuffer bytes = encoded(sample_draft());
    ByteBuffer altered = bytes;
    const std::string_view text = as_text(bytes);
    altered[text.find("urn:agent:orders")] = std::byte{'U'};
    const auto event = decode_event(altered);
    ASSERT_TRUE(event.ok());
    EXPECT_EQ(verify_event(event.value(), signing).error().code, "EV_SIG_INVALID");
}

TEST(Draft, is_checked_by_the_decoders_rules) {
    EventDraft draft = sample_draft();
    draft.sequence = 0;
    EXPECT_EQ(check_draft(draft).error().code, "EV_SEQUENCE_INVALID");
    draft = sample_draft();
    draft.partition_key = {};
    EXPECT_EQ(check_draft(draft).error().code, "EV_ATTR_MISSING");
    draft = sample_draft();
    draft.partition_key = "a\nb";
    EXPECT_EQ(check_draft(draft).error().code, "EV_ATTR_CHARS");
    draft = sample_draft();
    draft.time = {-1};
    EXPECT_EQ(check_draft(draft).error().code, "EV_TIME_INVALID");
    draft = sample_draft();
    draft.expiry = draft.time + nanoseconds(-1);
    EXPECT_EQ(check_draft(draft).error().code, "EV_EXPIRY_INVALID");
    draft = sample_draft();
    draft.epoch = 1U << 31;
    EXPECT_EQ(check_draft(draft).error().code, "EV_EPOCH_INVALID");
    draft = sample_draft();
    const std::string large(65'000, 'x');
    draft.payload = as_bytes(large);
    EXPECT_EQ(check_draft(draft).error().code, "EV_LIMIT");
    draft = sample_draft();
    draft.causation_id = draft.id;
    draft.correlation_id = "other";
    EXPECT_EQ(check_draft(draft).error().code, "EV_CAUSATION");
}

TEST(TraceParent, follows_the_strict_table) {
    const std::string valid(kTraceParent);
    const auto refused = [](const std::string& text) { return bool(check_trace_parent(text)); };
    EXPECT_FALSE(refused(valid));
    EXPECT_TRUE(refused("ff" + valid.substr(2)));
    EXPECT_FALSE(refused("01" + valid.substr(2)));
    EXPECT_FALSE(refused("fe" + valid.substr(2) + "-what-the-future-adds"));
    EXPECT_TRUE(refused("fe" + valid.substr(2) + "x"));
    EXPECT_TRUE(refused(valid + "-01"));
    EXPECT_TRUE(refused(valid.substr(0, 54)));
    EXPECT_TRUE(refused("00-" + std::string(32, '0') + valid.substr(35)));
    EXPECT_TRUE(refused(valid.substr(0, 36) + std::string(16, '0') + valid.substr(52)));
    EXPECT_TRUE(refused("00-0AF7651916CD43DD8448EB211C80319C" + valid.substr(35)));
    EXPECT_TRUE(refused(valid.substr(0, 35) + "_" + valid.substr(36)));
}

TEST(TraceState, is_strict_in_a_signed_envelope) {
    const auto refused = [](const std::string& text) { return bool(check_trace_state(text)); };
    EXPECT_FALSE(refused("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"));
    EXPECT_FALSE(refused("tenant1@system=1"));
    EXPECT_TRUE(refused("Rojo=1"));
    EXPECT_TRUE(refused("rojo"));
    EXPECT_TRUE(refused("rojo="));
    EXPECT_TRUE(refused("rojo=a=b"));
    EXPECT_TRUE(refused("a@b@c=1"));
    EXPECT_TRUE(refused("a=\xc3\xa9"));
    std::string many;
    for (int i = 0; i < 33; ++i) {
        many += "k" + std::to_string(i) + "=1,";
    }
    EXPECT_TRUE(refused(many));
}

RC_GTEST_PROP(Time, parse_after_format_is_identity, ()) {
    const WallTime time{
        *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max())};
    const auto parsed = parse_time(format_time(time));
    RC_ASSERT(parsed.ok());
    RC_ASSERT(parsed.value().ns == time.ns);
}

RC_GTEST_PROP(Time, order_of_texts_is_order_of_times, ()) {
    const WallTime a{*rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max())};
    const WallTime b{a.ns - *rc::gen::inRange<std::int64_t>(0, a.ns + 1)};
    RC_ASSERT(format_time(b) <= format_time(a));
}

TEST(Time, known_instants) {
    EXPECT_EQ(format_time({0}), "1970-01-01T00:00:00.000000000Z");
    EXPECT_EQ(format_time({951'827'696'123'456'789}), "2000-02-29T12:34:56.123456789Z");
    EXPECT_EQ(parse_time("2000-02-29T12:34:56.1Z").value().ns, 951'827'696'100'000'000);
    EXPECT_EQ(parse_time("2100-02-28T23:59:59Z").value().ns, 4'107'542'399'000'000'000);
    EXPECT_EQ(parse_time("2262-04-11T23:47:16.854775807Z").value().ns,
              std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parse_time("9999-12-31T23:59:59Z").value().ns,
              std::numeric_limits<std::int64_t>::max());
    Instant last;
    ASSERT_TRUE(parse_instant("9999-12-31T23:59:59.999999999Z", last));
    EXPECT_EQ(last.seconds, 253'402'300'799);
}

TEST(Time, refuses_other_spellings) {
    for (const std::string_view text : {"",
                                        "Z",
                                        "2030-01-02",
                                        "2030-01-02T03:04:05",
                                        "2030-01-02t03:04:05Z",
                                        "2030-01-02T03:04:05z",
                                        "2030-01-02T03:04:05.Z",
                                        "2030-01-02T03:04:05.1234567890Z",
                                        "2030-01-02T24:00:00Z",
                                        "2030-13-02T03:04:05Z",
                                        "2030-00-02T03:04:05Z",
                                        "2030-01-00T03:04:05Z",
                                        "2030-04-31T03:04:05Z",
                                        "2100-02-29T03:04:05Z",
                                        "1969-12-31T23:59:59Z",
                                        "2030-01-02T03:60:05Z",
                                        "2030-01-02T03:04:05,5Z",
                                        "2030-01-02 03:04:05Z",
                                        "+030-01-02T03:04:05Z",
                                        "2030-01-02T03:04:05.5+Z"}) {
        EXPECT_EQ(parse_time(text).error().code, "EV_TIME_INVALID") << text;
    }
}

}  // namespace
}  // namespace stormglass::bus
