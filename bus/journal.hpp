// The journal: entries in preallocated segments, written and synced in groups, recovered after any
// crash. A state machine over Effects: it touches no file itself. A write takes all that waits, a
// sync starts whenever none is under way and takes all that was written. docs/journal.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bus/journal_fifo.hpp"
#include "bus/journal_format.hpp"
#include "bus/journal_recovery.hpp"
#include "bus/rules.hpp"
#include "runtime/node.hpp"

namespace stormglass::bus {

/// When writes and syncs start. `after_sync`: a sync whenever none is under way, no write beside
/// it, which makes larger groups and fewer syncs. `at_once` is for journals whose entries count as
/// committed when written: a write whenever none is under way, syncs in the background, when
/// everything is taken or much is unsynced, since requests on one file wait for each other.
enum class WriteTiming : std::uint8_t { after_sync, at_once };

/// Whether an entry asks for the disk by itself, or rides with the next one that does.
enum class Urgency : std::uint8_t { lazy, urgent };

struct JournalOptions {
    std::uint64_t segment_bytes = 64 << 20;
    WriteTiming timing = WriteTiming::after_sync;
    std::uint64_t tokens_from = 0;  // storage tokens in [from, from + kJournalTokens) are its own
};

constexpr std::uint64_t kJournalTokens = 8;

/// An entry that is in the journal (or on its way) and was not yet taken with `pop`.
struct JournalEntry {
    Index index = 0;
    Term term = 0;
    std::uint32_t kind = 0;
    Location body_at;
    Bytes body;  // lives until the next append, pop or storage answer
    bool recovered = false;
};

class Journal {
  public:
    enum class State : std::uint8_t { idle, recovering, ready, halted };

    explicit Journal(const JournalOptions& options);
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Begins recovery (or creates a new journal). Requires: state idle.
    void start(const Recovered& disk, Effects& out);

    State state() const { return state_; }

    /// Why it halted. Requires: state halted.
    const Error& failure() const;

    /// Puts an entry at the end, in memory; `flush` hands it to the disk. Requires: state ready, a
    /// body of at most `body_bytes_max()`.
    Index append(std::uint32_t kind, Bytes body, Urgency urgency);
    std::size_t body_bytes_max() const;

    /// Term of entries appended from now on; must not fall.
    void set_term(Term term);

    Term last_term() const { return term_; }

    Index last_index() const { return last_index_; }

    /// Starts what may start: call at the end of a step. `everything` takes lazy entries along.
    enum class Take : std::uint8_t { what_is_urgent, everything };
    void flush(Take take, Effects& out);

    bool owns(StorageToken token) const;
    void on_storage(StorageToken token, const StorageResult& result, Effects& out);

    /// While recovering: `synced` is what the records prove; `written` all that was read.
    const JournalProgress& progress() const { return progress_; }

    /// The oldest entry not yet popped, recovered or appended.
    std::optional<JournalEntry> front() const;
    void pop();

    /// Bytes held in memory for entries not yet popped.
    std::size_t held_bytes() const { return held_.size() - popped_bytes_; }

    /// Up to here the records themselves prove that an earlier life saw them synced.
    Index recovered_floor() const { return recovery_.synced_floor(); }

    const RecoveryStats& recovery() const { return recovery_.stats(); }

    std::uint64_t segment_bytes() const { return options_.segment_bytes; }

  private:
    enum class Step : std::uint8_t { write, sync, create, sync_created };

    /// Held bytes from `from` on belong at `offset` of `segment`, until the next run begins.
    struct Run {
        std::uint64_t from = 0;  // counted from the first byte ever held
        std::uint64_t segment = 0;
        std::uint64_t offset = 0;
        Index first = 0;
    };

    struct Held {
        Index index = 0;
        Term term = 0;
        std::uint32_t kind = 0;
        Location body_at;
        std::uint64_t from = 0;  // of the body in memory, counted as in Run
        bool recovered = false;
    };

    /// Hands the records that recovery reads to the journal.
    class Recovering final : public ScanListener {
      public:
        explicit Recovering(Journal& journal) : journal_(&journal) {}

        void on_scanned(const ScannedRecord& record) override {
            journal_->on_recovered_record(record);
        }

      private:
        Journal* journal_;
    };

    StorageToken token(Step step) const;
    void on_recovery_step();
    void on_recovered_record(const ScannedRecord& record);
    void open_tail();
    void roll_tail();
    bool may_write(Take take) const;
    bool may_sync(Take take) const;

    bool opens_segment() const { return runs_.size() > 1 && runs_[1].from == written_to_; }

    void write_next(Effects& out);
    void halt(std::string_view code, std::string text);
    void compact();

    std::uint64_t held_end() const { return held_from_ + held_.size(); }

    JournalOptions options_;
    State state_ = State::idle;
    std::optional<Error> failure_;
    Recovering recovering_{*this};
    JournalRecovery recovery_;

    // The end of the journal, as appends see it.
    Index last_index_ = 0;
    Term term_ = 0;
    std::uint64_t tail_segment_ = 0;
    std::uint64_t tail_offset_ = 0;
    std::uint64_t tail_salt_ = 0;

    // What is held in memory: popped | written | waiting.
    ByteBuffer held_;
    std::uint64_t held_from_ = 0;  // count of the first byte in `held_`
    std::size_t popped_bytes_ = 0;
    Fifo<Held> entries_;
    Fifo<Run> runs_;
    std::uint64_t written_to_ = 0;  // counted; what was handed to the disk
    std::uint64_t urgent_to_ = 0;   // counted; what asks for the disk

    // What is under way.
    JournalProgress progress_;
    std::uint64_t open_segment_ = 0;  // the one being written
    std::string open_name_;
    bool write_under_way_ = false;
    bool sync_under_way_ = false;
    Index write_covers_ = 0;
    Index sync_covers_ = 0;
    std::uint64_t unsynced_bytes_ = 0;  // written since the last sync began
    std::uint64_t spare_ = 0;           // the last segment that stands ready, if after the open one
    bool spare_under_way_ = false;
};

}  // namespace stormglass::bus
