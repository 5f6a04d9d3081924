// Verification over bytes: whatever somebody did to the files, what is handed over is a prefix of
// what was written, and damage to what had been synced is named.
#include "bus/journal_scan.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kSalt = 0x1234567890abcdef;
constexpr std::size_t kSegmentBytes = 4'096;

class Collected final : public ScanListener {
  public:
    void on_scanned(const ScannedRecord& record) override {
        bodies.emplace_back(as_text(record.body));
        indices.push_back(record.header.index);
    }

    std::vector<std::string> bodies;
    std::vector<Index> indices;
};

// A journal as the appending side writes it, each entry synced before the next.
struct Written {
    std::vector<ByteBuffer> segments;
    std::vector<std::string> bodies;

    std::vector<SegmentBytes> views() const {
        std::vector<SegmentBytes> made;
        for (std::size_t n = 0; n < segments.size(); ++n) {
            made.push_back({n + 1, segments[n]});
        }
        return made;
    }
};

Written written(std::uint64_t seed, std::size_t count) {
    Written made;
    std::uint64_t salt = kSalt;
    const auto begin_segment = [&](Index first) {
        const std::uint64_t number = made.segments.size() + 1;
        salt = number == 1 ? kSalt : next_salt(salt, number);
        append_segment_header({number, first, salt}, made.segments.emplace_back());
    };
    begin_segment(1);
    for (Index index = 1; index <= count; ++index) {
        made.bodies.push_back(
            std::string((seed * index) % 700, static_cast<char>('a' + index % 26)));
        const std::string& body = made.bodies.back();
        if (made.segments.back().size() + record_bytes(body.size()) > kSegmentBytes) {
            begin_segment(index);
        }
        const RecordHeader header{3, static_cast<std::uint32_t>(body.size()), index, 1, index - 1};
        append_record(header, as_bytes(body), salt, made.segments.back());
    }
    for (ByteBuffer& segment : made.segments) {
        segment.resize(kSegmentBytes);
    }
    made.segments.emplace_back(kSegmentBytes);  // the spare one
    return made;
}

RC_GTEST_PROP(JournalScan, reads_what_was_written, ()) {
    const Written made =
        written(*rc::gen::inRange<std::uint64_t>(1, 1'000), *rc::gen::inRange<std::size_t>(0, 60));
    Collected found;
    const Result<ScanEnd> end = scan_journal(made.views(), found);
    RC_ASSERT(end.ok());
    RC_ASSERT(found.bodies == made.bodies);
    RC_ASSERT(end->last_index == made.bodies.size());
    RC_ASSERT(end->garbage.empty());
}

RC_GTEST_PROP(JournalScan, hands_over_a_prefix_whatever_was_done_to_the_files, ()) {
    Written made =
        written(*rc::gen::inRange<std::uint64_t>(1, 1'000), *rc::gen::inRange<std::size_t>(1, 60));
    for (int n = *rc::gen::inRange(1, 4); n > 0; --n) {
        ByteBuffer& segment =
            made.segments[*rc::gen::inRange<std::size_t>(0, made.segments.size())];
        const auto at = *rc::gen::inRange<std::size_t>(0, segment.size() + 1);
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                segment.resize(at);
                break;
            case 1:
                std::fill(segment.begin() + static_cast<std::ptrdiff_t>(at / 2),
                          segment.begin() + static_cast<std::ptrdiff_t>(at),
                          std::byte{0});
                break;
            case 2:
                std::swap(segment, made.segments.back());
                break;
            default:
                if (at < segment.size()) {
                    segment[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
                }
        }
        if (segment.empty()) {
            break;
        }
    }
    Collected found;
    const Result<ScanEnd> end = scan_journal(made.views(), found);
    RC_ASSERT(found.bodies.size() <= made.bodies.size());
    for (std::size_t i = 0; i < found.bodies.size(); ++i) {
        RC_ASSERT(found.indices[i] == i + 1);
        RC_ASSERT(found.bodies[i] == made.bodies[i]);
    }
    if (!end.ok()) {
        RC_ASSERT(end.error().code == "journal.corrupt");
        RC_ASSERT(!end.error().text.empty());
        return;
    }
    // What is accepted has lost no more than its end, and nobody can say that it was synced.
    RC_ASSERT(end->synced_floor <= found.bodies.size());
}

// A source cannot smuggle a record into the journal inside a payload: it does not know the salt.
TEST(JournalScan, takes_no_record_out_of_a_payload) {
    ByteBuffer inner;
    append_record({3, 4, 2, 1, 1}, as_bytes("evil"), 0, inner);
    ByteBuffer segment;
    append_segment_header({1, 1, kSalt}, segment);
    append_record({3, static_cast<std::uint32_t>(inner.size()), 1, 1, 0}, inner, kSalt, segment);
    segment[kSegmentHeaderBytes + 4] ^= std::byte{1};  // the outer record is torn
    segment.resize(kSegmentBytes);
    const std::vector<SegmentBytes> segments = {{1, segment}};
    Collected found;
    const Result<ScanEnd> end = scan_journal(segments, found);
    ASSERT_TRUE(end.ok());
    EXPECT_TRUE(found.bodies.empty());
    EXPECT_EQ(end->synced_floor, 0U);
}

TEST(JournalFormat, names_segments_so_that_they_sort) {
    EXPECT_EQ(segment_name(7), "journal-0000000007.seg");
    EXPECT_EQ(segment_number("journal-0000000007.seg"), 7U);
    for (const char* other :
         {"journal-0000000000.seg", "journal-7.seg", "journal-00000000x7.seg", "other", ""}) {
        EXPECT_FALSE(segment_number(other).has_value()) << other;
    }
}

}  // namespace
}  // namespace stormglass::bus
