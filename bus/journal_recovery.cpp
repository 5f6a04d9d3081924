#include "bus/journal_recovery.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kPieceBytes = 256 << 10;  // bounds memory, large enough to stream

}  // namespace

JournalRecovery::JournalRecovery(ScanListener& records, std::uint64_t tokens_from)
    : tokens_from_(tokens_from),
      scan_(records) {}

StorageToken JournalRecovery::token(Step step) const {
    return {tokens_from_ + static_cast<std::uint64_t>(step)};
}

void JournalRecovery::start(const Recovered& disk, std::uint64_t segment_bytes, Effects& out) {
    CHECK(state_ == State::idle);
    segment_bytes_ = segment_bytes;
    for (const RecoveredFile& file : disk.files) {
        if (const auto number = segment_number(file.name); number.has_value()) {
            files_.push_back({*number, std::string(file.name)});
        }
    }
    std::sort(files_.begin(), files_.end(), [](const File& a, const File& b) {
        return a.number < b.number;
    });
    if (files_.empty()) {
        create_first(out);
        return;
    }
    state_ = State::reading;
    scan_.begin_segment(files_[0].number);
    read_next(out);
}

// A journal begins with a synced header: whatever is found without one later is damage.
void JournalRecovery::create_first(Effects& out) {
    const std::string name = segment_name(1);
    const bool exists = !files_.empty();
    CHECK(!exists || files_[0].number == 1);
    end_ = ScanEnd{};
    end_.segment = 1;
    find_spares();  // blank, or the scan would have refused
    const SegmentHeader header{1, 1, out.draw("journal.salt")};
    ByteBuffer sector;
    append_segment_header(header, sector);
    state_ = State::clearing;
    answers_due_ = exists ? 2 : 3;
    if (!exists) {
        out.create(token(Step::create), name, segment_bytes_);
    }
    out.write_at(token(Step::clear), name, 0, sector);
    out.sync(token(Step::sync), name);
    end_.offset = kSegmentHeaderBytes;
    end_.salt = header.salt;
}

void JournalRecovery::read_next(Effects& out) {
    out.read(token(Step::read), files_[file_].name, offset_, kPieceBytes);
}

void JournalRecovery::on_storage(StorageToken answered, const StorageResult& result, Effects& out) {
    CHECK(state_ == State::reading || state_ == State::clearing);
    if (result.status != StorageStatus::ok) {
        const std::string& name = file_ < files_.size() ? files_[file_].name : segment_name(1);
        fail(answered == token(Step::read) ? "journal.read-failed" : "journal.write-failed",
             name + " at byte " + std::to_string(offset_) + ": " +
                 std::string(name_of(result.status)) +
                 " during recovery; check the disk, then start again");
        return;
    }
    if (state_ == State::reading) {
        on_read(result, out);
        return;
    }
    CHECK(answers_due_ > 0);
    if (--answers_due_ == 0) {
        state_ = State::settled;
    }
}

void JournalRecovery::on_read(const StorageResult& result, Effects& out) {
    CHECK(result.bytes.size() <= kPieceBytes);
    scan_.feed(result.bytes);
    offset_ += result.bytes.size();
    if (result.bytes.size() == kPieceBytes) {
        read_next(out);
        return;
    }
    scan_.end_segment();
    if (++file_ < files_.size()) {
        offset_ = 0;
        scan_.begin_segment(files_[file_].number);
        read_next(out);
        return;
    }
    Result<ScanEnd> end = scan_.finish();
    if (!end.ok()) {
        fail(end.error().code, end.error().text);
        return;
    }
    end_ = std::move(end).value();
    clear_garbage(out);
}

// Nothing of a cut tail may stay: it could pass for the end of what is appended from now on. The
// last segment is synced in any case, as the process may have died with its sync under way.
void JournalRecovery::clear_garbage(Effects& out) {
    stats_.bytes = end_.bytes;
    stats_.entries = end_.last_index;
    if (end_.offset == 0) {
        create_first(out);
        return;
    }
    state_ = State::clearing;
    const ByteBuffer zeros(kPieceBytes);
    for (const Garbage& garbage : end_.garbage) {
        const std::string name = segment_name(garbage.segment);
        for (std::uint64_t done = 0; done < garbage.size; done += kPieceBytes) {
            const std::uint64_t size = std::min(kPieceBytes, garbage.size - done);
            out.write_at(token(Step::clear),
                         name,
                         garbage.offset + done,
                         Bytes(zeros).first(static_cast<std::size_t>(size)));
            ++answers_due_;
        }
        stats_.cut += garbage.size;
    }
    if (stats_.cut > 0) {
        COVER(out, "bus.torn-tail-cut");
    }
    for (const File& file : files_) {
        if (file.number < end_.segment) {
            continue;
        }
        out.sync(token(Step::sync), file.name);
        ++answers_due_;
    }
    find_spares();
    CHECK(answers_due_ > 0);
}

// The next segment may be lost with its first records after the one behind it was prepared: there
// can be more than one that is blank.
void JournalRecovery::find_spares() {
    spare_ = end_.segment;
    for (const File& file : files_) {
        if (file.number == spare_ + 1) {
            spare_ = file.number;
        }
    }
}

void JournalRecovery::fail(std::string_view code, std::string text) {
    state_ = State::failed;
    failure_ = {code, std::move(text)};
}

}  // namespace stormglass::bus
