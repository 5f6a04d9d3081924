#include "bus/journal_scan.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kBlankBytes = 4096;  // unused room is skipped in pieces of this size

}  // namespace

void JournalScan::begin_segment(std::uint64_t number) {
    CHECK(number > segment_);
    CHECK(consumed_ == buffer_.size());
    first_ = segment_ == 0;
    if (number != segment_ + 1 && !(first_ && extent_ == Extent::part)) {
        misplaced_ = true;
        end_here("the segment before " + segment_name(number) + " is missing");
    }
    salt_ = next_salt(salt_, number);
    segment_ = number;
    offset_ = 0;
    whole_ = false;
    mode_ = Mode::header;
    buffer_.clear();
    consumed_ = 0;
}

void JournalScan::feed(Bytes bytes) {
    CHECK(segment_ != 0 && !whole_);
    if (consumed_ == buffer_.size()) {
        buffer_.clear();
        consumed_ = 0;
    } else if (consumed_ > 0) {
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
        consumed_ = 0;
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    while (step() == More::yes) {
    }
}

void JournalScan::end_segment() {
    CHECK(segment_ != 0 && !whole_);
    whole_ = true;
    while (step() == More::yes) {
    }
    CHECK(consumed_ == buffer_.size());
    if (mode_ == Mode::records) {
        end_here("");  // full to the last record; the next segment may take over
    }
}

Result<ScanEnd> JournalScan::finish() {
    const Index missing = end_.last_index + 1;
    const bool unreadable = !salt_known_ && !end_.garbage.empty();
    if (misplaced_ || unreadable || (ended_ && missing <= end_.synced_floor)) {
        return Error{"journal.corrupt",
                     segment_name(end_.segment) + " at byte " + std::to_string(end_.offset) +
                         ": entry " + std::to_string(missing) + " cannot be read (" + cause_ +
                         "), although entry " + std::to_string(end_.synced_floor) +
                         " was synced; restore the file from a copy, or replace this node by an "
                         "empty one that catches up from its peers"};
    }
    return end_;
}

JournalScan::More JournalScan::step() {
    switch (mode_) {
        case Mode::header:
            return step_header();
        case Mode::records:
            return step_record();
        case Mode::behind_end:
            return step_behind_end();
    }
    CHECK(false);
}

JournalScan::More JournalScan::step_header() {
    const Bytes bytes = pending();
    if (bytes.size() < kSegmentHeaderBytes && !whole_) {
        return More::no;
    }
    const std::optional<SegmentHeader> header = read_segment_header(bytes);
    if (!header.has_value() || header->number != segment_ || (!first_ && header->salt != salt_)) {
        // The first header is synced before anything is appended: without it, bytes are damage.
        end_.segment = first_ ? segment_ : end_.segment;
        end_here("the header of " + segment_name(segment_) + " is damaged");
        return bytes.empty() ? More::no : More::yes;
    }
    if (first_) {
        salt_ = header->salt;
        salt_known_ = true;
        end_.last_index = header->first_index - 1;
    }
    // A segment is begun only after all before it was synced.
    end_.synced_floor = std::max(end_.synced_floor, header->first_index - 1);
    consume(kSegmentHeaderBytes);
    if (header->first_index != end_.last_index + 1) {
        misplaced_ = misplaced_ || header->first_index <= end_.last_index;
        cause_ = cause_.empty() ? "the next segment begins behind it" : cause_;
        mode_ = Mode::behind_end;
        return More::yes;
    }
    if (!misplaced_) {
        ended_ = false;  // whatever stands behind the last record of the segment before is padding
        end_.garbage.clear();
        end_.segment = segment_;
        end_.salt = salt_;
        end_.offset = offset_;
    }
    mode_ = misplaced_ ? Mode::behind_end : Mode::records;
    return More::yes;
}

JournalScan::More JournalScan::step_record() {
    const Bytes bytes = pending();
    if (bytes.size() < kRecordHeaderBytes) {
        if (whole_) {
            end_here("");
            return bytes.empty() ? More::no : More::yes;
        }
        return More::no;
    }
    const std::optional<RecordHeader> header = read_record_header(bytes, salt_);
    if (!header.has_value()) {
        end_here(all_zero(bytes.first(kRecordHeaderBytes)) ? "only zeros there"
                                                           : "no record begins there");
        return More::yes;
    }
    const std::size_t size = record_bytes(header->length);
    if (bytes.size() < size && !whole_) {
        return More::no;
    }
    if (bytes.size() < size || !record_intact(bytes, *header, salt_)) {
        end_here("its checksum does not match");
        return More::yes;
    }
    if (header->index != end_.last_index + 1 || header->term < end_.last_term) {
        end_here("another entry stands there");
        return More::yes;
    }
    take(*header, bytes.first(size));
    return More::yes;
}

void JournalScan::take(const RecordHeader& header, Bytes record) {
    CHECK(!ended_);
    ScannedRecord scanned;
    scanned.header = header;
    scanned.body_at = {static_cast<std::uint32_t>(segment_),
                       static_cast<std::uint32_t>(offset_ + kRecordHeaderBytes),
                       header.length};
    scanned.body = record.subspan(kRecordHeaderBytes, header.length);
    end_.last_index = header.index;
    end_.last_term = header.term;
    end_.synced_floor = std::max(end_.synced_floor, header.synced);
    end_.bytes += record.size();
    end_.offset = offset_ + record.size();
    listener_->on_scanned(scanned);
    consume(record.size());
}

// Looks for records that say more was synced than could be read, and for what has to be zeroed.
JournalScan::More JournalScan::step_behind_end() {
    const Bytes bytes = pending();
    if (bytes.size() < kRecordHeaderBytes) {
        if (!whole_ || bytes.empty()) {
            return More::no;
        }
        if (!all_zero(bytes)) {
            note_garbage(offset_, bytes.size());
        }
        consume(bytes.size());
        return More::no;
    }
    if (bytes.size() >= kBlankBytes && all_zero(bytes.first(kBlankBytes))) {
        consume(kBlankBytes);
        return More::yes;
    }
    const std::optional<RecordHeader> header =
        salt_known_ ? read_record_header(bytes, salt_) : std::nullopt;
    if (header.has_value()) {
        const std::size_t size = record_bytes(header->length);
        if (bytes.size() < size && !whole_) {
            return More::no;
        }
        if (bytes.size() >= size && record_intact(bytes, *header, salt_)) {
            end_.synced_floor = std::max(end_.synced_floor, header->synced);
            note_garbage(offset_, size);
            consume(size);
            return More::yes;
        }
    }
    if (!all_zero(bytes.first(kRecordAlign))) {
        note_garbage(offset_, kRecordAlign);
    }
    consume(kRecordAlign);
    return More::yes;
}

void JournalScan::end_here(std::string_view cause) {
    if (!ended_) {
        ended_ = true;
        cause_ = cause;
    }
    mode_ = Mode::behind_end;
}

void JournalScan::consume(std::size_t count) {
    CHECK(count <= buffer_.size() - consumed_);
    consumed_ += count;
    offset_ += count;
}

void JournalScan::note_garbage(std::uint64_t offset, std::uint64_t size) {
    if (!end_.garbage.empty() && end_.garbage.back().segment == segment_) {
        Garbage& last = end_.garbage.back();
        last.size = offset + size - last.offset;
        return;
    }
    end_.garbage.push_back({segment_, offset, size});
}

Result<ScanEnd> scan_journal(std::span<const SegmentBytes> segments, ScanListener& listener) {
    JournalScan scan(listener);
    for (const SegmentBytes& segment : segments) {
        scan.begin_segment(segment.number);
        scan.feed(segment.bytes);
        scan.end_segment();
    }
    return scan.finish();
}

}  // namespace stormglass::bus
