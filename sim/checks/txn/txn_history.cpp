#include "sim/checks/txn/txn_history.hpp"

#include <algorithm>

#include "sim/checks/describe.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint64_t pair_key(std::uint32_t key, Packed value) {
    return (std::uint64_t{key} << 32) | value;
}

constexpr Packed kNamed = 0x8000'0000;

class TxnReader {
  public:
    TxnReader(const Recording& recording, TxnKind kind) : recording_(recording), out_(kind) {}

    Result<void> add(const Operation& operation, std::uint32_t place);

    TxnHistory take() {
        out_.finish();
        return std::move(out_);
    }

  private:
    Error refusal(std::size_t entry, const std::string& text) const {
        return {"HI_VALUE", place_of(recording_, entry) + ": " + text};
    }

    std::uint32_t key_of(Value value) {
        const Value key = as_key(recording_.pool, value);
        const auto fresh = static_cast<std::uint32_t>(out_.key_names.size());
        const std::uint32_t id = keys_.put(key.bits(), fresh);
        if (id == fresh) {
            out_.key_names.push_back(key);
        }
        return id;
    }

    Packed packed(Value value) {
        if (value.is_nil()) {
            return kNilPacked;
        }
        if (value.is_number() && value.payload() >= 0 && value.payload() < kNamed) {
            return static_cast<Packed>(value.payload());
        }
        const auto fresh = static_cast<std::uint32_t>(out_.value_names.size());
        const std::uint32_t id = values_.put(value.bits(), fresh);
        if (id == fresh) {
            out_.value_names.push_back(value);
        }
        return kNamed | id;
    }

    Result<void> add_mop(std::size_t entry, Value mop, OpType outcome);
    Result<void> add_read(std::size_t entry, std::uint32_t key, Value seen);

    const Recording& recording_;
    TxnHistory out_;
    KeyTable keys_;
    KeyTable values_;
    std::vector<Packed> list_;
};

Result<void> TxnReader::add_read(std::size_t entry, std::uint32_t key, Value seen) {
    if (out_.kind() == TxnKind::rw_register) {
        if (seen.kind() >= ValueKind::list) {
            return refusal(entry, "a register holds no list");
        }
        out_.read_register(key, packed(seen));
        return {};
    }
    if (!seen.is_list() && !seen.is_nil()) {
        return refusal(entry, "a read of a list sees a list or nil");
    }
    list_.clear();
    for (const Value item : recording_.pool.items(seen)) {
        if (item.kind() >= ValueKind::list || item.is_nil()) {
            return refusal(entry, "an element of a list is a number or text");
        }
        list_.push_back(packed(item));
    }
    out_.read_list(key, list_);
    return {};
}

Result<void> TxnReader::add_mop(std::size_t entry, Value mop, OpType outcome) {
    const ValuePool& pool = recording_.pool;
    const auto parts = pool.items(mop);
    const bool list = out_.kind() == TxnKind::list_append;
    if (!mop.is_list() || parts.size() != 3 || !parts[0].is_name() ||
        parts[1].kind() >= ValueKind::list) {
        return refusal(entry,
                       "a micro-operation is [name, key, value], got " + brief(recording_, mop));
    }
    const std::string_view name = pool.text_of(parts[0]);
    const bool writes = list ? name == "append" : name == "w" || name == "write";
    if (!writes && name != "r" && name != "read") {
        return refusal(entry,
                       std::string("a transaction of this model has ") +
                           (list ? "'append' and 'r'" : "'w' and 'r'") + ", got " +
                           brief(recording_, parts[0]));
    }
    const std::uint32_t key = key_of(parts[1]);
    if (!writes && outcome != OpType::ok) {
        out_.read_blindly(key);
        return {};
    }
    if (!writes) {
        return add_read(entry, key, parts[2]);
    }
    if (parts[2].kind() >= ValueKind::list || parts[2].is_nil()) {
        return refusal(entry, "what is written is a number or text");
    }
    out_.write(key, packed(parts[2]));
    return {};
}

Result<void> TxnReader::add(const Operation& operation, std::uint32_t place) {
    const OpType outcome = outcome_of(recording_, operation);
    const OpFunction f = recording_.function(operation.invoke);
    if (f != OpFunction::txn) {
        return refusal(operation.invoke,
                       "transactions are 'txn', got '" + std::string(name_of(f)) + "'");
    }
    Txn txn;
    txn.operation = place;
    txn.invoke = operation.invoke;
    txn.complete = outcome == OpType::ok ? operation.complete : kOpen;
    txn.process = recording_.process(operation.invoke);
    txn.outcome = outcome;
    out_.begin(txn);
    const std::size_t entry = outcome == OpType::ok ? operation.complete : operation.invoke;
    const Value value = recording_.value(entry);
    if (!value.is_list()) {
        return refusal(entry, "a transaction is a list of micro-operations");
    }
    for (const Value mop : recording_.pool.items(value)) {
        if (Result<void> added = add_mop(entry, mop, outcome); !added) {
            return added;
        }
    }
    return {};
}

}  // namespace

std::vector<Packed>& TxnHistory::order_of(std::uint32_t key) {
    if (key >= orders_.size()) {
        orders_.resize(key + 1);
    }
    return orders_[key];
}

void TxnHistory::begin(const Txn& txn) {
    txns_.push_back(txn);
    txns_.back().first_mop = static_cast<std::uint32_t>(mops_.size());
}

void TxnHistory::write(std::uint32_t key, Packed value) {
    order_of(key);
    const auto place = static_cast<std::uint32_t>(writes_.size());
    const auto txn = static_cast<std::uint32_t>(txns_.size() - 1);
    if (table_.put(pair_key(key, value), place) != place) {
        repeated_ = repeated_ == kNone ? txn : repeated_;
    }
    writes_.push_back({txn, key, value, kNone});
    mops_.push_back({key, value, place, MopKind::write});
}

void TxnHistory::read_blindly(std::uint32_t key) {
    order_of(key);
    mops_.push_back({key, 0, kNone, MopKind::blind});
}

void TxnHistory::read_register(std::uint32_t key, Packed value) {
    order_of(key);
    mops_.push_back({key, value, kNone, MopKind::read});
}

void TxnHistory::read_list(std::uint32_t key, std::span<const Packed> values) {
    std::vector<Packed>& order = order_of(key);
    const std::size_t common = std::min(order.size(), values.size());
    bool fits = std::equal(
        values.begin(), values.begin() + static_cast<std::ptrdiff_t>(common), order.begin());
    bool duplicate = false;
    for (std::size_t i = common; fits && i < values.size(); ++i) {
        const auto place = static_cast<std::uint32_t>(order.size());
        duplicate = in_order_.put(pair_key(key, values[i]), place) != place;
        fits = !duplicate;
        if (fits) {
            order.push_back(values[i]);
        }
    }
    if (fits) {
        mops_.push_back({key, static_cast<std::uint32_t>(values.size()), kNone, MopKind::read});
        return;
    }
    OddRead odd;
    odd.txn = static_cast<std::uint32_t>(txns_.size() - 1);
    odd.key = key;
    odd.values.assign(values.begin(), values.end());
    std::vector<Packed> sorted = odd.values;
    std::sort(sorted.begin(), sorted.end());
    odd.duplicate = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    mops_.push_back({key,
                     static_cast<std::uint32_t>(values.size()),
                     static_cast<std::uint32_t>(odd_reads_.size()),
                     MopKind::read});
    odd_reads_.push_back(std::move(odd));
}

void TxnHistory::finish() {
    in_order_ = KeyTable();
    for (std::uint32_t key = 0; key < orders_.size(); ++key) {
        for (std::uint32_t i = 0; i < orders_[key].size(); ++i) {
            const std::uint32_t write = find_write(key, orders_[key][i]);
            if (write != kNone) {
                writes_[write].position = i;
            }
        }
    }
}

std::uint64_t TxnHistory::bytes() const {
    std::uint64_t sum = txns_.capacity() * sizeof(Txn) + mops_.capacity() * sizeof(Mop) +
                        writes_.capacity() * sizeof(Write) + table_.bytes() + in_order_.bytes();
    for (const auto& order : orders_) {
        sum += sizeof(order) + order.capacity() * sizeof(Packed);
    }
    for (const OddRead& odd : odd_reads_) {
        sum += sizeof(odd) + odd.values.capacity() * sizeof(Packed);
    }
    return sum;
}

Result<TxnHistory> read_txns(const Recording& recording,
                             const std::vector<Operation>& operations,
                             TxnKind kind) {
    TxnReader reader(recording, kind);
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
        if (Result<void> added = reader.add(operations[i], i); !added) {
            return added.error();
        }
    }
    return reader.take();
}

std::string packed_text(const Recording& recording, const TxnHistory& history, Packed value) {
    if (value == kNilPacked) {
        return "nil";
    }
    return value < kNamed ? std::to_string(value)
                          : brief(recording, history.value_names[value - kNamed], 40);
}

}  // namespace stormglass::sim::checks
