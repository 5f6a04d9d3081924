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
    const Bytes payload = payload_of(bytes);
    RC_ASSERT(as_text(payload) == as_text(event.value().payload));
    const std::size_t size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    RC_ASSERT(as_text(payload).starts_with(as_text(payload_of(Bytes(bytes).first(size)))));
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

std::function<void(RawEvent&)> with(std::string name, std::string text, char kind = 'S') {
    return [=](RawEvent& raw) { raw.attributes[name] = {kind, text}; };
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
