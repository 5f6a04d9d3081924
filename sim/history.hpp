// History: what the clients of a run asked and were told, in the order of recording, as a struct of
// arrays; written as JSON Lines. It knows no bus: values are numbers, texts or ready JSON.
// A line: index, time, process, type, f, value and, where given, node, group, epoch, trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ids.hpp"
#include "runtime/time.hpp"

namespace stormglass::sim {

/// started; happened; certainly did not happen; may have happened or may still happen.
enum class OpType : std::uint8_t { invoke, ok, fail, info };

std::string_view name_of(OpType type);

enum class OpFunction : std::uint8_t {
    send,
    poll,
    txn,
    assign,
    subscribe,
    commit,
    crash,
    enqueue,
    dequeue,
    ack,
    nack,
    drain,
    add,
    read,
    write,
    cas,
    append,
    transfer,
    acquire,
    release,
    fault,  // of process kFaultProcess; checkers drop it, reports show it
};

std::string_view name_of(OpFunction f);

/// The logical client that stands for injected faults.
inline constexpr std::uint32_t kFaultProcess = 0xffff'ffff;

/// A value of an operation. Texts are copied when recorded.
struct OpValue {
    enum class Kind : std::uint8_t { nil, number, text, json } kind = Kind::nil;
    std::int64_t number = 0;
    std::string_view text;

    static OpValue of(std::int64_t value) { return {Kind::number, value, {}}; }

    static OpValue of(std::string_view value) { return {Kind::text, 0, value}; }

    /// Already JSON ("[7,[0,3]]"); written as it is.
    static OpValue json(std::string_view value) { return {Kind::json, 0, value}; }
};

/// One entry, as given and as read back (views live until the next append).
struct OpEntry {
    MonotonicTime time = {};
    std::uint32_t process = 0;
    OpType type = OpType::invoke;
    OpFunction f = OpFunction::send;
    OpValue value = {};
    std::optional<NodeId> node = std::nullopt;
    std::string_view group = {};
    std::optional<std::uint64_t> epoch = std::nullopt;
    std::string_view trace = {};
};

class History {
  public:
    /// Returns the entry's index. A process whose operation ended `info` must not invoke again.
    std::uint64_t append(const OpEntry& entry);

    std::size_t size() const { return times_.size(); }

    bool empty() const { return times_.empty(); }

    OpEntry at(std::size_t index) const;

    std::uint64_t time(std::size_t index) const { return times_[index]; }

    std::uint32_t process(std::size_t index) const { return processes_[index]; }

    OpType type(std::size_t index) const { return types_[index]; }

    OpFunction function(std::size_t index) const { return functions_[index]; }

    void clear();

    /// A digest of all entries, for comparing what checks read (the counterfactual of a fault).
    std::uint64_t digest() const;

    /// Appends one JSON object a line.
    void write_ndjson(std::string& out) const;

  private:
    struct Slice {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };

    Slice keep(std::string_view text);
    std::string_view view(Slice slice) const;
    void write_entry(std::size_t index, std::string& out) const;

    std::vector<std::uint64_t> times_;
    std::vector<std::uint32_t> processes_;
    std::vector<OpType> types_;
    std::vector<OpFunction> functions_;
    std::vector<OpValue::Kind> value_kinds_;
    std::vector<std::int64_t> numbers_;
    std::vector<Slice> texts_;
    std::vector<std::uint32_t> nodes_;  // kNoNode = absent
    std::vector<Slice> groups_;
    std::vector<std::uint64_t> epochs_;  // kNoEpoch = absent
    std::vector<Slice> traces_;
    std::string arena_;
};

/// Appends a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);

}  // namespace stormglass::sim
