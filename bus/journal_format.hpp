// How the journal looks on disk: segment headers and records, as bytes and as values.
// Every integer is little-endian. A segment is one sector of header, then records, each aligned to
// eight bytes, then zeros. The long story: docs/journal.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"

namespace stormglass::bus {

/// Place of an entry in the journal, dense from 1.
using Index = std::uint64_t;
/// Life of the leader that wrote an entry; never falls along the journal.
using Term = std::uint64_t;

/// Where bytes stand in the journal.
struct Location {
    std::uint32_t segment = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;

    friend auto operator<=>(const Location&, const Location&) = default;
};

constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kSegmentHeaderBytes = kSectorBytes;  // shares no sector with a record
constexpr std::size_t kRecordHeaderBytes = 40;
constexpr std::size_t kRecordAlign = 8;
constexpr std::size_t kRecordBodyBytesMax = 6 << 20;  // the largest frame and its verdicts

struct SegmentHeader {
    std::uint64_t number = 0;
    Index first_index = 0;
    std::uint64_t salt = 0;  // mixed into every checksum of the segment
};

struct RecordHeader {
    std::uint32_t kind = 0;
    std::uint32_t length = 0;  // of the body
    Index index = 0;
    Term term = 0;
    /// Up to here the journal was known to be synced when this record was written: what tells a
    /// torn tail from a corrupt middle.
    Index synced = 0;
};

/// Bytes that a record takes in its segment.
constexpr std::size_t record_bytes(std::size_t body) {
    const std::size_t raw = kRecordHeaderBytes + body;
    return (raw + kRecordAlign - 1) / kRecordAlign * kRecordAlign;
}

/// The salt of the segment after one with `salt`: known even when that segment's header is lost.
std::uint64_t next_salt(std::uint64_t salt, std::uint64_t next_number);

/// The first four bytes of each record under this salt: nobody who writes payloads can know them.
std::uint32_t record_magic(std::uint64_t salt);

void append_segment_header(const SegmentHeader& header, ByteBuffer& out);
/// Nothing unless magic, version and checksum hold.
std::optional<SegmentHeader> read_segment_header(Bytes sector);

void append_record(const RecordHeader& header, Bytes body, std::uint64_t salt, ByteBuffer& out);

/// What a record's header says, magic checked, checksum not: the body may not be at hand yet.
std::optional<RecordHeader> read_record_header(Bytes bytes, std::uint64_t salt);
/// Whether header and body are as they were written. Requires: `bytes` holds both.
bool record_intact(Bytes bytes, const RecordHeader& header, std::uint64_t salt);

/// "journal-0000000001.seg"
std::string segment_name(std::uint64_t number);
std::optional<std::uint64_t> segment_number(std::string_view file);

bool all_zero(Bytes bytes);

}  // namespace stormglass::bus
