// Verification of a journal over bytes, a piece at a time: which records stand, where they end, and
// whether what follows is a torn tail (to be cut) or damage to something that was once synced (to
// be refused). Pure: recovery feeds it from the disk, tests and tools from memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/journal_format.hpp"
#include "runtime/result.hpp"

namespace stormglass::bus {

/// One good record, in order. `body` lives until the call returns.
struct ScannedRecord {
    RecordHeader header;
    Location body_at;
    Bytes body;
};

class ScanListener {
  public:
    virtual ~ScanListener() = default;
    virtual void on_scanned(const ScannedRecord& record) = 0;
};

/// Bytes that must be zeroed before anything is appended.
struct Garbage {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

/// Where the good records end, and what is to be cleared behind them.
struct ScanEnd {
    std::uint64_t segment = 0;  // the one to append to; 0: there is no journal yet
    std::uint64_t offset = 0;
    std::uint64_t salt = 0;  // of that segment
    Index last_index = 0;
    Term last_term = 0;
    Index synced_floor = 0;  // known to be synced, from what the records say
    std::uint64_t bytes = 0;
    std::vector<Garbage> garbage;
};

class JournalScan {
  public:
    /// `part`: tools look at segments without those before them.
    enum class Extent : std::uint8_t { whole_journal, part };

    explicit JournalScan(ScanListener& listener, Extent extent = Extent::whole_journal)
        : listener_(&listener),
          extent_(extent) {}

    /// Segments in ascending order: begin, any number of feeds, end.
    void begin_segment(std::uint64_t number);
    void feed(Bytes bytes);
    void end_segment();

    /// `journal.corrupt` when something that had been synced cannot be read.
    Result<ScanEnd> finish();

    /// Up to here, by what was read so far, the journal is known to be synced.
    Index synced_floor() const { return end_.synced_floor; }

  private:
    enum class Mode : std::uint8_t { header, records, behind_end };
    enum class More : std::uint8_t { no, yes };

    More step();
    More step_header();
    More step_record();
    More step_behind_end();
    void take(const RecordHeader& header, Bytes record);
    void end_here(std::string_view cause);
    void consume(std::size_t count);

    Bytes pending() const { return Bytes(buffer_).subspan(consumed_); }

    void note_garbage(std::uint64_t offset, std::uint64_t size);

    ScanListener* listener_;
    Extent extent_;
    ScanEnd end_;
    Mode mode_ = Mode::header;
    bool whole_ = false;      // all of the segment has been fed
    bool ended_ = false;      // an end of the good records was met and no segment took over
    bool misplaced_ = false;  // a segment begins at an index that it cannot begin at
    std::string cause_;
    std::uint64_t segment_ = 0;
    std::uint64_t salt_ = 0;
    bool salt_known_ = false;
    bool first_ = true;         // the segment under way is the first one
    std::uint64_t offset_ = 0;  // of the first pending byte in its segment
    ByteBuffer buffer_;
    std::size_t consumed_ = 0;
};

/// A whole segment in memory, as tools and tests hold it.
struct SegmentBytes {
    std::uint64_t number = 0;
    Bytes bytes;
};

/// Scans a whole journal.
Result<ScanEnd> scan_journal(std::span<const SegmentBytes> segments, ScanListener& listener);

}  // namespace stormglass::bus
