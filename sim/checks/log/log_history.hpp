// LogHistory: what producers sent to the keys (partitions) of a log and consumers polled from them,
// compact: a message is a number, known by its key and value, which must be unique for a key.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/checks/recording.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {

inline constexpr std::uint32_t kNoIndex = std::numeric_limits<std::uint32_t>::max();

enum class LogDeed : std::uint8_t { data, assign, subscribe, crash, commit, drain, other };

enum class ItemKind : std::uint8_t { send, poll, key };  // key: assigned, committed, rebalanced

struct LogItem {
    std::int64_t offset = -1;  // -1: unknown; of an assigned key: where to read next
    std::uint32_t message = kNoIndex;
    std::uint32_t key = 0;
    std::uint32_t index = kNoIndex;  // of the offset among all known ones of its key
    ItemKind kind = ItemKind::send;
};

struct LogOp {
    std::uint64_t begin = 0;  // ns
    std::uint64_t end = 0;    // ns; of an open one: that of its begin
    std::uint32_t operation = 0;
    std::uint32_t invoke = 0;
    std::uint32_t complete = kOpen;
    std::uint32_t process = 0;
    std::uint32_t group = kNoIndex;
    std::uint32_t first_item = 0;
    OpType outcome = OpType::info;
    LogDeed deed = LogDeed::data;
    bool batch = false;  // several messages as one transaction
};

struct Message {
    std::uint32_t key = 0;
    std::uint32_t sender = kNoIndex;  // place in ops
    std::uint32_t first = kNoIndex;   // indexes at which it stands
    std::uint32_t last = kNoIndex;
    bool read = false;  // by an operation that is ok
    bool seen = false;  // by any
};

class LogHistory {
  public:
    // Building.
    void begin(LogOp op);
    void add(ItemKind kind, std::uint32_t key, std::uint64_t value, std::int64_t offset);
    void add_key(std::uint32_t key, std::int64_t offset);
    /// Places messages at their offsets. Once, at the end.
    void finish();

    const std::vector<LogOp>& ops() const { return ops_; }

    std::span<const LogItem> items(std::size_t op) const {
        const std::size_t end = op + 1 < ops_.size() ? ops_[op + 1].first_item : items_.size();
        return {items_.data() + ops_[op].first_item, end - ops_[op].first_item};
    }

    const std::vector<Message>& messages() const { return messages_; }

    std::uint64_t value(std::uint32_t message) const { return values_[message]; }

    std::uint32_t keys() const { return static_cast<std::uint32_t>(begins_.size()) - 1; }

    /// Of a key, by index: the offsets, and what stands there (the first message, when several do).
    std::span<const std::int64_t> offsets(std::uint32_t key) const;
    std::span<const std::uint32_t> log(std::uint32_t key) const;

    /// Happened: ok, or in doubt but some of its messages were read.
    bool committed(std::uint32_t op) const { return committed_[op] != 0; }

    /// Two messages at one offset: key, index and the other message.
    struct Clash {
        std::uint32_t key;
        std::uint32_t index;
        std::uint32_t message;
    };

    const std::vector<Clash>& clashes() const { return clashes_; }

    /// A message that was sent twice, if there is one: a history that cannot be judged.
    std::uint32_t repeated() const { return repeated_; }

    std::uint64_t bytes() const;

    std::vector<Value> key_names;
    std::vector<Value> group_names;

  private:
    std::uint32_t message(std::uint32_t key, std::uint64_t value);

    std::vector<LogOp> ops_;
    std::vector<LogItem> items_;
    std::vector<Message> messages_;
    std::vector<std::uint64_t> values_;
    std::vector<KeyTable> tables_;  // by key: value -> message
    std::vector<char> committed_;
    std::vector<std::uint32_t> begins_ = {0};  // of each key in the two below
    std::vector<std::int64_t> offsets_;
    std::vector<std::uint32_t> log_;
    std::vector<Clash> clashes_;
    std::uint32_t repeated_ = kNoIndex;
    std::uint64_t peak_ = 0;
};

Result<LogHistory> read_log(const Recording& recording, const std::vector<Operation>& operations);

}  // namespace stormglass::sim::checks
