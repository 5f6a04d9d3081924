// Recording: a history as checkers read it, in the order in which it was recorded, with values that
// can be looked into; and its operations, each an invocation with the completion that ended it.
// It comes from a file (formats/reader.hpp) or from a run (History, through its NDJSON).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "runtime/result.hpp"
#include "sim/checks/value.hpp"
#include "sim/history.hpp"

namespace stormglass::sim::checks {

struct Entry {
    std::uint64_t time = 0;  // ns
    std::uint32_t process = 0;
    OpType type = OpType::invoke;
    OpFunction f = OpFunction::txn;
    Value value;
    std::uint32_t line = 0;  // of the file, from 1; 0 when there is none
};

/// Fields that few entries have.
struct EntryExtra {
    std::uint32_t entry = 0;
    std::uint32_t node = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t epoch = std::numeric_limits<std::uint64_t>::max();
    Value group;
    Value trace;
};

class Recording {
  public:
    ValuePool pool;
    /// What a reader passed over on purpose: "ignored field 'error' (12 times)".
    std::vector<std::string> notes;

    void append(const Entry& entry);
    /// Of the entry appended last.
    void add_extra(EntryExtra extra);

    std::size_t size() const { return times_.size(); }

    std::uint64_t time(std::size_t i) const { return times_[i]; }

    std::uint32_t process(std::size_t i) const { return processes_[i]; }

    OpType type(std::size_t i) const { return types_[i]; }

    OpFunction function(std::size_t i) const { return functions_[i]; }

    Value value(std::size_t i) const { return values_[i]; }

    std::uint32_t line(std::size_t i) const { return lines_[i]; }

    /// Null when the entry has none.
    const EntryExtra* extra(std::size_t i) const;

    Value group(std::size_t i) const {
        const EntryExtra* found = extra(i);
        return found == nullptr ? Value() : found->group;
    }

    std::uint64_t bytes() const;

  private:
    std::vector<std::uint64_t> times_;
    std::vector<std::uint32_t> processes_;
    std::vector<OpType> types_;
    std::vector<OpFunction> functions_;
    std::vector<Value> values_;
    std::vector<std::uint32_t> lines_;
    std::vector<EntryExtra> extras_;  // ascending by entry
};

inline constexpr std::uint32_t kOpen = std::numeric_limits<std::uint32_t>::max();

/// Positions in the recording; `complete` is kOpen when nothing ended the operation.
struct Operation {
    std::uint32_t invoke = 0;
    std::uint32_t complete = kOpen;
};

/// An operation that nothing ended may have happened: `info`.
inline OpType outcome_of(const Recording& recording, const Operation& operation) {
    return operation.complete == kOpen ? OpType::info : recording.type(operation.complete);
}

/// The operations in the order of their invocations, faults left out. Refuses what contradicts
/// itself: a process with two operations at a time, a completion without an invocation or of
/// another one, a process that goes on after `info`.
Result<std::vector<Operation>> pair_operations(const Recording& recording);

/// "line 12", or "entry 11" when the recording came from no file.
std::string place_of(const Recording& recording, std::size_t entry);

}  // namespace stormglass::sim::checks
