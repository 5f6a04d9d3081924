#include "bus/journal.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kOwnTokens = 4;               // the rest are the recovery's
constexpr std::uint64_t kUnsyncedBytesMax = 8 << 20;  // then a sync in the background
constexpr std::size_t kCompactBytesMin = 64 << 10;    // moving less often is not worth a move

}  // namespace

Journal::Journal(const JournalOptions& options)
    : options_(options),
      recovery_(recovering_, options.tokens_from + kOwnTokens) {
    static_assert(kOwnTokens + JournalRecovery::kTokens == kJournalTokens);
    CHECK(options_.segment_bytes >= kSegmentHeaderBytes + record_bytes(kSectorBytes));
    CHECK(options_.segment_bytes <= std::uint64_t{1} << 31);
}

StorageToken Journal::token(Step step) const {
    return {options_.tokens_from + static_cast<std::uint64_t>(step)};
}

bool Journal::owns(StorageToken answered) const {
    return answered.value >= options_.tokens_from &&
           answered.value < options_.tokens_from + kJournalTokens;
}

void Journal::start(const Recovered& disk, Effects& out) {
    CHECK(state_ == State::idle);
    state_ = State::recovering;
    recovery_.start(disk, options_.segment_bytes, out);
}

const Error& Journal::failure() const {
    CHECK(state_ == State::halted);
    return *failure_;
}

std::size_t Journal::body_bytes_max() const {
    const std::size_t room = options_.segment_bytes - kSegmentHeaderBytes - kRecordHeaderBytes;
    return std::min(room - kRecordAlign, kRecordBodyBytesMax);
}

void Journal::set_term(Term term) {
    CHECK(term >= term_);
    term_ = term;
}

Index Journal::append(std::uint32_t kind, Bytes body, Urgency urgency) {
    CHECK(state_ == State::ready);
    CHECK(body.size() <= body_bytes_max());
    const std::size_t size = record_bytes(body.size());
    if (tail_offset_ + size > options_.segment_bytes) {
        roll_tail();
    }
    const RecordHeader header{
        kind, static_cast<std::uint32_t>(body.size()), ++last_index_, term_, progress_.synced};
    Held entry;
    entry.index = header.index;
    entry.term = header.term;
    entry.kind = kind;
    entry.body_at = {static_cast<std::uint32_t>(tail_segment_),
                     static_cast<std::uint32_t>(tail_offset_ + kRecordHeaderBytes),
                     header.length};
    entry.from = held_end() + kRecordHeaderBytes;
    entries_.push_back(entry);
    append_record(header, body, tail_salt_, held_);
    tail_offset_ += size;
    if (urgency == Urgency::urgent) {
        urgent_to_ = held_end();
    }
    return last_index_;
}

// The next segment's header is written together with its first records.
void Journal::roll_tail() {
    ++tail_segment_;
    tail_salt_ = next_salt(tail_salt_, tail_segment_);
    runs_.push_back({held_end(), tail_segment_, 0, last_index_ + 1});
    append_segment_header({tail_segment_, last_index_ + 1, tail_salt_}, held_);
    tail_offset_ = kSegmentHeaderBytes;
}

void Journal::flush(Take take, Effects& out) {
    if (state_ != State::ready) {
        return;
    }
    if (spare_ <= open_segment_ && !spare_under_way_) {
        const std::string name = segment_name(open_segment_ + 1);
        out.create(token(Step::create), name, options_.segment_bytes);
        out.sync(token(Step::sync_created), name);
        spare_under_way_ = true;
    }
    if (may_write(take)) {
        write_next(out);
    }
    if (may_sync(take)) {
        // Requests on one file complete in order: this covers the write just asked for.
        out.sync(token(Step::sync), open_name_);
        sync_under_way_ = true;
        sync_covers_ = progress_.appended;
        unsynced_bytes_ = 0;
    }
}

bool Journal::may_sync(Take take) const {
    if (sync_under_way_ || progress_.appended == progress_.synced) {
        return false;
    }
    return options_.timing == WriteTiming::after_sync || take == Take::everything ||
           opens_segment() || unsynced_bytes_ >= kUnsyncedBytesMax;
}

bool Journal::may_write(Take take) const {
    const std::uint64_t wanted = take == Take::everything ? held_end() : urgent_to_;
    if (write_under_way_ || wanted <= written_to_) {
        return false;
    }
    if (sync_under_way_ && options_.timing == WriteTiming::after_sync) {
        return false;
    }
    if (!opens_segment()) {
        return true;
    }
    // A segment begins only after everything before it is safe: its header says so.
    return spare_ >= runs_[1].segment && !sync_under_way_ && progress_.synced == progress_.appended;
}

void Journal::write_next(Effects& out) {
    if (opens_segment()) {
        runs_.pop_front();
        CHECK(runs_.front().segment == open_segment_ + 1);
        open_segment_ = runs_.front().segment;
        open_name_ = segment_name(open_segment_);
        CHECK(spare_ >= open_segment_);
    }
    const Run& run = runs_.front();
    const bool last = runs_.size() == 1;
    const std::uint64_t to = last ? held_end() : runs_[1].from;
    CHECK(written_to_ >= run.from && written_to_ < to);
    const Bytes piece = Bytes(held_).subspan(static_cast<std::size_t>(written_to_ - held_from_),
                                             static_cast<std::size_t>(to - written_to_));
    out.write_at(token(Step::write), open_name_, run.offset + (written_to_ - run.from), piece);
    written_to_ = to;
    unsynced_bytes_ += piece.size();
    write_under_way_ = true;
    write_covers_ = last ? last_index_ : runs_[1].first - 1;
    progress_.appended = write_covers_;
}

void Journal::on_storage(StorageToken answered, const StorageResult& result, Effects& out) {
    CHECK(owns(answered));
    if (state_ == State::halted) {
        return;
    }
    if (answered.value >= options_.tokens_from + kOwnTokens) {
        recovery_.on_storage(answered, result, out);
        on_recovery_step();
        return;
    }
    if (result.status != StorageStatus::ok) {
        halt("journal.write-failed",
             open_name_ + ": " + std::string(name_of(result.status)) + "; entries after " +
                 std::to_string(progress_.synced) +
                 " may be lost; check the disk, then start again");
        return;
    }
    switch (static_cast<Step>(answered.value - options_.tokens_from)) {
        case Step::write:
            CHECK(write_under_way_);
            write_under_way_ = false;
            progress_.written = write_covers_;
            break;
        case Step::sync:
            CHECK(sync_under_way_);
            sync_under_way_ = false;
            progress_.synced = sync_covers_;
            // In order on one file: what was synced had been written.
            progress_.written = std::max(progress_.written, progress_.synced);
            break;
        case Step::create:
            break;
        case Step::sync_created:
            CHECK(spare_under_way_);
            spare_under_way_ = false;
            spare_ = open_segment_ + 1;
            break;
    }
}

void Journal::on_recovery_step() {
    if (recovery_.state() == JournalRecovery::State::failed) {
        halt(recovery_.failure().code, recovery_.failure().text);
        return;
    }
    progress_.synced = std::min(recovery_.synced_floor(), progress_.written);
    if (recovery_.state() == JournalRecovery::State::settled) {
        open_tail();
    }
}

void Journal::on_recovered_record(const ScannedRecord& record) {
    CHECK(state_ == State::recovering);
    CHECK(record.header.index == last_index_ + 1);
    Held entry;
    entry.index = record.header.index;
    entry.term = record.header.term;
    entry.kind = record.header.kind;
    entry.body_at = record.body_at;
    entry.from = held_end();
    entry.recovered = true;
    entries_.push_back(entry);
    held_.insert(held_.end(), record.body.begin(), record.body.end());
    last_index_ = record.header.index;
    term_ = record.header.term;
    progress_.appended = last_index_;
    progress_.written = last_index_;
}

void Journal::open_tail() {
    const ScanEnd& end = recovery_.end();
    CHECK(end.last_index == last_index_);
    progress_.synced = last_index_;
    tail_segment_ = end.segment;
    tail_offset_ = end.offset;
    tail_salt_ = end.salt;
    open_segment_ = end.segment;
    open_name_ = segment_name(open_segment_);
    spare_ = recovery_.spare();
    runs_.push_back({held_end(), tail_segment_, tail_offset_, last_index_ + 1});
    written_to_ = held_end();
    urgent_to_ = written_to_;
    state_ = State::ready;
}

std::optional<JournalEntry> Journal::front() const {
    if (entries_.empty()) {
        return std::nullopt;
    }
    const Held& held = entries_.front();
    JournalEntry entry;
    entry.index = held.index;
    entry.term = held.term;
    entry.kind = held.kind;
    entry.body_at = held.body_at;
    entry.body =
        Bytes(held_).subspan(static_cast<std::size_t>(held.from - held_from_), held.body_at.size);
    entry.recovered = held.recovered;
    return entry;
}

void Journal::pop() {
    CHECK(!entries_.empty());
    CHECK(entries_.front().index <= progress_.written);
    const Held& held = entries_.front();
    popped_bytes_ = static_cast<std::size_t>(held.from - held_from_) + held.body_at.size;
    entries_.pop_front();
    if (entries_.empty() && (state_ != State::ready || written_to_ == held_end())) {
        held_from_ = held_end();
        held_.clear();
        popped_bytes_ = 0;
    } else if (popped_bytes_ >= kCompactBytesMin && popped_bytes_ * 2 >= held_.size()) {
        compact();
    }
}

void Journal::compact() {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(popped_bytes_));
    held_from_ += popped_bytes_;
    popped_bytes_ = 0;
}

void Journal::halt(std::string_view code, std::string text) {
    state_ = State::halted;
    failure_ = Error{code, std::move(text)};
}

}  // namespace stormglass::bus
