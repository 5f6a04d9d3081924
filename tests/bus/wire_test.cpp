// Frames: what was encoded is what is decoded, for every kind; what was damaged is refused; and
// what a frame is about does not depend on clocks.
#include "bus/wire.hpp"

#include <bit>
#include <cstring>

#include "bus/crc32c.hpp"
#include "bus/wire_codec.hpp"
#include "tests/bus/frames.hpp"
#include "tests/bus/samples.hpp"

namespace stormglass::bus {
namespace wire {
namespace {

bool same(Bytes a, Bytes b) {
    return as_text(a) == as_text(b);
}

bool same(const Condition& a, const Condition& b) {
    return a.kind == b.kind && a.name == b.name && a.key == b.key && a.value == b.value;
}

bool same(const Settlement& a, const Settlement& b) {
    return a.group == b.group && a.topic == b.topic && a.position == b.position &&
           a.receipt == b.receipt && a.verdict == b.verdict && a.delay == b.delay &&
           a.detail == b.detail;
}

bool same(const WireEvent& a, const WireEvent& b) {
    return same(a.event, b.event) && a.delay == b.delay;
}

bool same(const WireRecord& a, const WireRecord& b) {
    return a.position == b.position && same(a.event, b.event);
}

bool same(const Attach& a, const Attach& b) {
    return a.source == b.source && a.nonce == b.nonce;
}

template <class Item>
bool same(const std::vector<Item>& a, const std::vector<Item>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return same(x, y);
    });
}

bool same(const PublishBatch& a, const PublishBatch& b) {
    return a.batch == b.batch && a.epoch == b.epoch && a.durability == b.durability &&
           a.follows == b.follows && same(a.conditions, b.conditions) &&
           same(a.settlements, b.settlements) && same(a.events, b.events);
}

bool same(const Emit& a, const Emit& b) {
    return same(a.event, b.event);
}

bool same(const Subscribe& a, const Subscribe& b) {
    const Subscription& x = a.subscription;
    const Subscription& y = b.subscription;
    return a.attachment == b.attachment && x.topic == y.topic && x.group == y.group &&
           x.mode == y.mode && x.order == y.order && x.on_dead == y.on_dead &&
           x.sharing == y.sharing && x.in_flight_max == y.in_flight_max;
}

bool same(const Heartbeat& a, const Heartbeat& b) {
    return a.attachment == b.attachment;
}

bool same(const Read& a, const Read& b) {
    return a.read == b.read && a.topic == b.topic && a.from == b.from && a.bytes_max == b.bytes_max;
}

bool same(const Attached& a, const Attached& b) {
    return a.nonce == b.nonce && a.epoch == b.epoch && a.attachment == b.attachment;
}

bool same(const Unattached& a, const Unattached& b) {
    return a.attachment == b.attachment;
}

bool same(const Outcome& a, const Outcome& b) {
    return a.batch == b.batch && a.status == b.status && a.duplicate == b.duplicate &&
           a.code == b.code && a.positions == b.positions;
}

bool same(const Deliver& a, const Deliver& b) {
    return a.group == b.group && a.position == b.position && a.attempt == b.attempt &&
           a.generation == b.generation && same(a.event, b.event) && a.attachment == b.attachment;
}

bool same(const Assigned& a, const Assigned& b) {
    return a.group == b.group && a.generation == b.generation && a.attachment == b.attachment;
}

bool same(const Revoked& a, const Revoked& b) {
    return a.group == b.group && a.generation == b.generation;
}

bool same(const Records& a, const Records& b) {
    return a.read == b.read && a.from == b.from && a.last == b.last && same(a.records, b.records);
}

bool same(const Frame& a, const Frame& b) {
    if (a.index() != b.index()) {
        return false;
    }
    return std::visit(
        [&](const auto& body) { return same(body, std::get<std::decay_t<decltype(body)>>(b)); }, a);
}

ByteBuffer bytes_of(const Frame& frame) {
    ByteBuffer bytes;
    encode(frame, bytes);
    return bytes;
}

/// The head of a frame with this body: what a broken or hostile peer could send.
ByteBuffer framed(std::uint8_t kind, std::string_view body) {
    ByteBuffer bytes(kHeadBytes);
    bytes[0] = std::byte{kFormat};
    bytes[1] = std::byte{kind};
    const auto length = static_cast<std::uint32_t>(body.size());
    std::memcpy(bytes.data() + 2, &length, 4);
    const std::uint32_t crc = crc32c(as_bytes(body), crc32c(Bytes(bytes).first(kChecksumAt)));
    std::memcpy(bytes.data() + kChecksumAt, &crc, 4);
    const Bytes view = as_bytes(body);
    bytes.insert(bytes.end(), view.begin(), view.end());
    return bytes;
}

RC_GTEST_PROP(Wire, decode_after_encode_is_identity_for_all_kinds, (std::uint64_t seed)) {
    for (std::size_t kind = 0; kind < tests::FrameMaker::kKinds; ++kind) {
        tests::FrameMaker maker(chain64(seed, kind));
        const Frame frame = maker.make(kind);
        RC_ASSERT(frame.index() == kind);
        const ByteBuffer bytes = bytes_of(frame);
        const auto decoded = decode(bytes);
        RC_ASSERT(decoded.ok());
        RC_ASSERT(same(frame, decoded.value()));
    }
}

RC_GTEST_PROP(Wire, frames_are_appended_to_what_stands_there, (std::uint64_t seed)) {
    tests::FrameMaker maker(seed);
    const Frame frame = maker.make(seed % tests::FrameMaker::kKinds);
    ByteBuffer bytes(7, std::byte{1});
    encode(frame, bytes);
    RC_ASSERT(as_text(Bytes(bytes).subspan(7)) == as_text(bytes_of(frame)));
}

RC_GTEST_PROP(Wire, any_flipped_bit_is_refused, (std::uint64_t seed)) {
    tests::FrameMaker maker(seed);
    ByteBuffer bytes = bytes_of(maker.make(seed % tests::FrameMaker::kKinds));
    const std::size_t bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    RC_ASSERT(!decode(bytes).ok());
}

RC_GTEST_PROP(Wire, every_cut_and_every_addition_is_refused, (std::uint64_t seed)) {
    tests::FrameMaker maker(seed);
    ByteBuffer bytes = bytes_of(maker.make(seed % tests::FrameMaker::kKinds));
    const std::size_t size = *rc::gen::inRange<std::size_t>(0, bytes.size());
    RC_ASSERT(!decode(Bytes(bytes).first(size)).ok());
    bytes.push_back(std::byte{0});
    RC_ASSERT(decode(bytes).error().code == "EF_LENGTH");
}

RC_GTEST_PROP(Wire, a_true_checksum_does_not_make_a_body_legal, (std::uint64_t seed)) {
    // Bodies cut or changed, and checksummed again: what is decoded must be what would be encoded.
    tests::FrameMaker maker(seed);
    const std::size_t kind = seed % tests::FrameMaker::kKinds;
    const ByteBuffer bytes = bytes_of(maker.make(kind));
    std::string body(as_text(Bytes(bytes).subspan(kHeadBytes)));
    body.resize(*rc::gen::inRange<std::size_t>(0, body.size() + 1));
    if (!body.empty()) {
        body[*rc::gen::inRange<std::size_t>(0, body.size())] ^= *rc::gen::element('\x01', '\x80');
    }
    const ByteBuffer hostile = framed(static_cast<std::uint8_t>(kind + 1), body);
    const auto decoded = decode(hostile);
    if (decoded.ok()) {
        RC_ASSERT(as_text(bytes_of(decoded.value())) == as_text(hostile));
    }
}

RC_GTEST_PROP(Wire, follows_can_be_changed_in_place, (std::uint64_t seed, std::uint64_t follows)) {
    tests::FrameMaker maker(seed);
    auto batch = std::get<PublishBatch>(maker.make(1));
    ByteBuffer bytes;
    encode_batch(batch, bytes);
    RC_ASSERT(as_text(bytes) == as_text(bytes_of(batch)));
    set_follows(bytes, follows);
    batch.follows = follows;
    RC_ASSERT(as_text(bytes) == as_text(bytes_of(batch)));
}

TEST(Wire, refusals_name_code_and_place) {
    const auto refusal = [](const ByteBuffer& bytes) {
        const auto decoded = decode(bytes);
        return decoded.ok() ? "accepted"
                            : std::string(decoded.error().code) + " " + decoded.error().text;
    };
    const ByteBuffer good = bytes_of(Heartbeat{5});
    ByteBuffer bad = good;
    bad[0] = std::byte{9};
    EXPECT_EQ(refusal(bad), "EF_FORMAT frame, at byte 0");
    bad = good;
    bad[1] = std::byte{7};
    EXPECT_EQ(refusal(bad), "EF_CHECKSUM frame, at byte 6") << "the kind is covered, too";
    bad = good;
    bad[1] = std::byte{14};
    EXPECT_EQ(refusal(bad), "EF_KIND frame, at byte 1");
    bad = good;
    bad[2] = std::byte{200};
    EXPECT_EQ(refusal(bad), "EF_LENGTH frame, at byte 2");
    bad = good;
    bad[11] = std::byte{1};
    EXPECT_EQ(refusal(bad), "EF_CHECKSUM frame, at byte 6");
    EXPECT_EQ(refusal({good.begin(), good.begin() + 3}), "EF_CUT frame, at byte 3");
    EXPECT_EQ(refusal(framed(5, "abc")), "EF_CUT frame, at byte 10");
    EXPECT_EQ(refusal(framed(5, "attachment")), "EF_TRAILING frame, at byte 18");
    EXPECT_EQ(refusal(ByteBuffer(kFrameBytesMax + 1)), "EF_LIMIT frame, at byte 0");
}

TEST(Wire, bounds_hold_before_anything_is_allocated) {
    const auto code = [](std::uint8_t kind, std::string body) {
        const ByteBuffer bytes = framed(kind, body);
        return std::string(decode(bytes).error().code);
    };
    const std::string word(8, '\0');
    // Emit: an event of 4 GiB, and one just over the limit.
    EXPECT_EQ(code(3, "\xff\xff\xff\xff"), "EF_LIMIT");
    EXPECT_EQ(code(3, std::string("\x01\x00\x01\x00", 4)), "EF_LIMIT");
    // Assigned: a name of 129 bytes, an empty one, one longer than the frame.
    EXPECT_EQ(code(11, std::string("\x81\x00", 2) + std::string(129, 'x') + word), "EF_LIMIT");
    EXPECT_EQ(code(11, std::string("\x00\x00", 2) + word), "EF_FIELD");
    EXPECT_EQ(code(11, std::string("\x40\x00", 2) + word), "EF_CUT");
    // Outcome: 1,025 positions, and 1,024 that are not there.
    const std::string head = word + std::string("\x00\x00\x00\x00", 4);
    EXPECT_EQ(code(9, head + std::string("\x01\x04", 2)), "EF_LIMIT");
    EXPECT_EQ(code(9, head + std::string("\x00\x04", 2)), "EF_CUT");
    // Outcome: a status and a boolean that do not exist.
    EXPECT_EQ(code(9, word + std::string("\x04\x00\x00\x00\x00\x00", 6)), "EF_FIELD");
    EXPECT_EQ(code(9, word + std::string("\x00\x02\x00\x00\x00\x00", 6)), "EF_FIELD");
    // Publish: a negative delay.
    const std::string batch = word + std::string(4 + 1 + 8 + 2 + 2, '\0');
    EXPECT_EQ(
        code(2, batch + std::string("\x01\x00", 2) + std::string(8, '\xff') + std::string(4, '\0')),
        "EF_FIELD");
}

TEST(WireDeathTest, an_encoder_over_its_bounds_is_a_bug) {
    const std::string name(kNameBytesMax + 1, 'x');
    EXPECT_DEATH(bytes_of(Assigned{name, 1}), "CHECK");
    EXPECT_DEATH(bytes_of(Assigned{"", 1}), "CHECK");
    const ByteBuffer event(kEventBytesMax + 1);
    EXPECT_DEATH(bytes_of(Emit{event}), "CHECK");
}

TEST(About, ignores_clocks_and_signatures) {
    EventDraft early = tests::sample_draft();
    EventDraft late = early;
    late.time = early.time + seconds(5);
    const ByteBuffer first = tests::encoded(early);
    const ByteBuffer second = tests::encoded(late);
    ASSERT_NE(as_text(first), as_text(second));
    EXPECT_EQ(about(Emit{first}, "urn:a"), about(Emit{second}, "urn:a"));
    EXPECT_EQ(about(Deliver{"g", 1, 1, 0, first}, "urn:a"),
              about(Deliver{"g", 1, 1, 0, second}, "urn:a"));
    EXPECT_EQ(about(Attach{"urn:a", 1}, "urn:a"), about(Attach{"urn:a", 2}, "urn:a"));
}

TEST(About, tells_apart_what_differs) {
    const ByteBuffer event = tests::encoded(tests::sample_draft());
    EventDraft other = tests::sample_draft();
    other.sequence = 2;
    const ByteBuffer next = tests::encoded(other);
    std::vector<std::uint64_t> all;
    for (const std::string_view source : {"urn:a", "urn:b"}) {
        for (const std::uint32_t n : {1U, 2U}) {
            PublishBatch batch;
            batch.batch = n;
            all.push_back(about(batch, source));
            all.push_back(about(Attached{0, n, 0}, source));
            all.push_back(about(Read{n, "t", 0, 0}, source));
            all.push_back(about(Read{n, "t", 9, 0}, source));
            all.push_back(about(Records{n, 0, true, {}}, source));
            all.push_back(about(Assigned{"g", n, 0}, source));
            all.push_back(about(Revoked{"g", n}, source));
            all.push_back(about(Outcome{n, OutcomeStatus::early, false, "", {}}, source));
            all.push_back(about(Outcome{n, OutcomeStatus::accepted, false, "", {}}, source));
            all.push_back(about(Deliver{"g", n, 1, 0, event, 0}, source));
            all.push_back(about(Deliver{"g", n, 2, 0, event, 0}, source));
            all.push_back(about(Deliver{"h", n, 1, 0, event, 0}, source));
            all.push_back(about(Subscribe{0, {n == 1 ? "t" : "u", "g"}}, source));
        }
        all.push_back(about(Emit{event}, source));
        all.push_back(about(Emit{next}, source));
        all.push_back(about(Attach{source, 1}, source));
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
    EXPECT_NE(all.front(), 0U);
}

TEST(About, of_a_kept_batch_is_that_of_its_frame) {
    PublishBatch batch;
    batch.batch = 77;
    batch.epoch = 3;
    EXPECT_EQ(about_batch("urn:a", 3, 77), about(batch, "urn:a"));
}

}  // namespace
}  // namespace wire
}  // namespace stormglass::bus
