// Recovery of a journal: reads its segments in bounded pieces, hands over the good records, clears
// a torn tail so that nothing cut can ever come back, and refuses a damaged middle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bus/journal_scan.hpp"
#include "runtime/node.hpp"

namespace stormglass::bus {

struct RecoveryStats {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint64_t cut = 0;  // bytes of torn tail that were cleared
};

class JournalRecovery {
  public:
    enum class State : std::uint8_t { idle, reading, clearing, settled, failed };

    /// Storage tokens in [from, from + kTokens) are its own.
    static constexpr std::uint64_t kTokens = 4;

    JournalRecovery(ScanListener& records, std::uint64_t tokens_from);

    /// Requires: idle. A disk without segments becomes a new journal.
    void start(const Recovered& disk, std::uint64_t segment_bytes, Effects& out);
    void on_storage(StorageToken token, const StorageResult& result, Effects& out);

    State state() const { return state_; }

    const Error& failure() const { return failure_; }

    /// Where appending goes on. Requires: settled.
    const ScanEnd& end() const { return end_; }

    Index synced_floor() const { return scan_.synced_floor(); }

    /// The last of the blank segments behind the tail, or the tail's own when there is none.
    std::uint64_t spare() const { return spare_; }

    const RecoveryStats& stats() const { return stats_; }

  private:
    enum class Step : std::uint8_t { read, clear, sync, create };

    struct File {
        std::uint64_t number = 0;
        std::string name;
    };

    StorageToken token(Step step) const;
    void create_first(Effects& out);
    void read_next(Effects& out);
    void on_read(const StorageResult& result, Effects& out);
    void clear_garbage(Effects& out);
    void find_spares();
    void fail(std::string_view code, std::string text);

    std::uint64_t tokens_from_;
    std::uint64_t segment_bytes_ = 0;
    State state_ = State::idle;
    Error failure_;
    JournalScan scan_;
    std::vector<File> files_;
    std::size_t file_ = 0;      // the one being read
    std::uint64_t offset_ = 0;  // of the next piece
    ScanEnd end_;
    std::uint64_t spare_ = 0;
    std::size_t answers_due_ = 0;  // of clearing
    RecoveryStats stats_;
};

}  // namespace stormglass::bus
