// TxnHistory: transactions over lists (append, read) or registers (write, read), compact: a read of
// a list that agrees with all others of its key is kept as its length. Built from a recording, or
// directly (benches, generators).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/checks/recording.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {

enum class TxnKind : std::uint8_t { list_append, rw_register };
enum class MopKind : std::uint8_t { write, read, blind };  // blind: a read whose result is unknown

/// A value, as 32 bits: small numbers are themselves, all others places in a table.
using Packed = std::uint32_t;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
inline constexpr Packed kNilPacked = kNone;

struct Mop {
    std::uint32_t key = 0;
    std::uint32_t a = 0;  // write: value; read of a list: its length; of a register: its value
    std::uint32_t b =
        0;  // write: place in `writes`; read of a list: place in `odd_reads`, or kNone
    MopKind kind = MopKind::read;
};

struct Txn {
    std::uint32_t operation = 0;
    std::uint32_t invoke = 0;
    std::uint32_t complete = kOpen;
    std::uint32_t process = 0;
    std::uint32_t first_mop = 0;
    OpType outcome = OpType::info;
};

struct Write {
    std::uint32_t txn = kNone;
    std::uint32_t key = 0;
    Packed value = 0;
    std::uint32_t position = kNone;  // in the order of its key, when somebody read it
};

/// A read of a list that contradicts those before it, kept whole.
struct OddRead {
    std::uint32_t txn = 0;
    std::uint32_t key = 0;
    std::vector<Packed> values;
    bool duplicate = false;  // an element twice
};

class TxnHistory {
  public:
    explicit TxnHistory(TxnKind kind) : kind_(kind) {}

    // Building: begin, then its micro-operations, in the order of invocations.
    void begin(const Txn& txn);
    void write(std::uint32_t key, Packed value);
    void read_list(std::uint32_t key, std::span<const Packed> values);
    void read_register(std::uint32_t key, Packed value);
    void read_blindly(std::uint32_t key);
    /// Looks up who wrote what. Once, at the end.
    void finish();

    TxnKind kind() const { return kind_; }

    std::size_t size() const { return txns_.size(); }

    const Txn& txn(std::uint32_t i) const { return txns_[i]; }

    std::span<const Mop> mops(std::uint32_t i) const {
        const std::size_t end = i + 1 < txns_.size() ? txns_[i + 1].first_mop : mops_.size();
        return {mops_.data() + txns_[i].first_mop, end - txns_[i].first_mop};
    }

    std::size_t keys() const { return orders_.size(); }

    /// The elements of a list as the longest reads agree on them.
    const std::vector<Packed>& order(std::uint32_t key) const { return orders_[key]; }

    const std::vector<Write>& writes() const { return writes_; }

    const std::vector<OddRead>& odd_reads() const { return odd_reads_; }

    /// Place in writes(), or kNone when nobody wrote it.
    std::uint32_t find_write(std::uint32_t key, Packed value) const {
        return table_.find((std::uint64_t{key} << 32) | value);
    }

    /// Who wrote a value twice, if somebody did: a history that cannot be judged.
    std::uint32_t repeated_write() const { return repeated_; }

    /// Element `i` of a list that was read.
    Packed element(const Mop& read, std::uint32_t i) const {
        return read.b == kNone ? orders_[read.key][i] : odd_reads_[read.b].values[i];
    }

    std::uint64_t bytes() const;

    // Only for words: the values behind packed ones.
    std::vector<Value> key_names;
    std::vector<Value> value_names;

  private:
    std::vector<Packed>& order_of(std::uint32_t key);

    TxnKind kind_;
    std::vector<Txn> txns_;
    std::vector<Mop> mops_;
    std::vector<Write> writes_;
    KeyTable table_;  // (key, value) -> place in writes_
    std::vector<std::vector<Packed>> orders_;
    std::vector<OddRead> odd_reads_;
    KeyTable in_order_;  // (key, value) that stand in an order
    std::uint32_t repeated_ = kNone;
};

/// `:append :r` for lists, `:w :r` for registers, as text or keyword; also "write", "read".
Result<TxnHistory> read_txns(const Recording& recording,
                             const std::vector<Operation>& operations,
                             TxnKind kind);

/// The value behind a packed one, in words.
std::string packed_text(const Recording& recording, const TxnHistory& history, Packed value);

}  // namespace stormglass::sim::checks
