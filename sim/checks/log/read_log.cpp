// Operations of a recording as those of a log. Forms: docs/history.md.
#include "sim/checks/describe.hpp"
#include "sim/checks/log/log_history.hpp"

namespace stormglass::sim::checks {
namespace {

class LogReader {
  public:
    explicit LogReader(const Recording& recording) : recording_(recording) {}

    Result<void> add(const Operation& operation, std::uint32_t place);

    LogHistory take() {
        out_.finish();
        return std::move(out_);
    }

  private:
    Error refusal(const std::string& text) const {
        return {"HI_VALUE", place_of(recording_, entry_) + ": " + text};
    }

    std::uint32_t number(Value value, KeyTable& table, std::vector<Value>& names) {
        const auto fresh = static_cast<std::uint32_t>(names.size());
        const std::uint32_t id = table.put(value.bits(), fresh);
        if (id == fresh) {
            names.push_back(value);
        }
        return id;
    }

    std::uint32_t key_of(Value value) {
        return number(as_key(recording_.pool, value), keys_, out_.key_names);
    }

    std::span<const Value> items(Value value) const { return recording_.pool.items(value); }

    Result<void> add_send(Value key, Value what, OpType outcome);
    Result<void> add_polls(Value map);
    Result<void> add_keys(Value value, const char* what);
    Result<void> add_txn(Value value, OpType outcome);

    const Recording& recording_;
    LogHistory out_;
    KeyTable keys_;
    KeyTable groups_;
    std::size_t entry_ = 0;
};

/// A send is [key, value]; its completion may say where: [key, [offset or nil, value]].
Result<void> LogReader::add_send(Value key, Value what, OpType outcome) {
    std::int64_t offset = -1;
    if (what.is_list()) {
        const auto pair = items(what);
        const bool known = pair.size() == 2 && (pair[0].is_nil() || pair[0].is_number());
        if (!known || (pair[0].is_number() && pair[0].payload() < 0)) {
            return refusal("a message that was sent is [offset or nil, value], got " +
                           brief(recording_, what));
        }
        offset = pair[0].is_nil() || outcome == OpType::fail ? -1 : pair[0].payload();
        what = pair[1];
    }
    if (what.kind() >= ValueKind::list || what.is_nil() || key.kind() >= ValueKind::list) {
        return refusal("keys and values of messages are numbers or texts, got " +
                       brief(recording_, what));
    }
    out_.add(ItemKind::send, key_of(key), what.bits(), offset);
    return {};
}

/// {key: [[offset, value] ..]}
Result<void> LogReader::add_polls(Value map) {
    if (map.is_nil()) {
        return {};
    }
    const auto pairs = items(map);
    if (!map.is(ValueKind::map)) {
        return refusal("a poll sees {key: [[offset, value], ..]}, got " + brief(recording_, map));
    }
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        const std::uint32_t key = key_of(pairs[i]);
        for (const Value read : items(pairs[i + 1])) {
            const auto pair = items(read);
            if (pair.size() != 2 || !pair[0].is_number() || pair[0].payload() < 0 ||
                pair[1].kind() >= ValueKind::list) {
                return refusal("a message that was polled is [offset, value], got " +
                               brief(recording_, read));
            }
            out_.add(ItemKind::poll, key, pair[1].bits(), pair[0].payload());
        }
    }
    return {};
}

/// [key ..], or {key: offset}; "begin" is offset 0.
Result<void> LogReader::add_keys(Value value, const char* what) {
    if (value.is_list()) {
        for (const Value key : items(value)) {
            out_.add_key(key_of(key), -1);
        }
        return {};
    }
    if (!value.is(ValueKind::map)) {
        return value.is_nil()
                   ? Result<void>()
                   : refusal(std::string(what) + " names keys, got " + brief(recording_, value));
    }
    const auto pairs = items(value);
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        const Value at = pairs[i + 1];
        const bool begin = recording_.pool.is_named(at, "begin");
        if (!begin && (!at.is_number() || at.payload() < 0)) {
            return refusal(std::string(what) + " has offsets, got " + brief(recording_, at));
        }
        out_.add_key(key_of(pairs[i]), begin ? 0 : at.payload());
    }
    return {};
}

Result<void> LogReader::add_txn(Value value, OpType outcome) {
    if (!value.is_list()) {
        return refusal("a transaction is a list of sends and polls");
    }
    for (const Value mop : items(value)) {
        const auto parts = items(mop);
        const bool named = mop.is_list() && !parts.empty() && parts[0].is_name();
        const std::string_view name = named ? recording_.pool.text_of(parts[0]) : "";
        Result<void> added;
        if (name == "send" && parts.size() == 3) {
            added = add_send(parts[1], parts[2], outcome);
        } else if (name == "poll" && parts.size() <= 2) {
            added = parts.size() == 2 ? add_polls(parts[1]) : Result<void>();
        } else if (name == "rebalance" && parts.size() == 2) {
            added = add_keys(parts[1], "a rebalance");
        } else {
            return refusal(
                "a transaction has [\"send\", key, value], [\"poll\", ..] and "
                "[\"rebalance\", keys], got " +
                brief(recording_, mop));
        }
        if (!added) {
            return added;
        }
    }
    return {};
}

Result<void> LogReader::add(const Operation& operation, std::uint32_t place) {
    LogOp op;
    op.operation = place;
    op.invoke = operation.invoke;
    op.complete = operation.complete;
    op.outcome = outcome_of(recording_, operation);
    op.process = recording_.process(operation.invoke);
    op.begin = recording_.time(operation.invoke);
    op.end = operation.complete == kOpen ? op.begin : recording_.time(operation.complete);
    if (const Value group = recording_.group(operation.invoke); !group.is_nil()) {
        op.group = number(group, groups_, out_.group_names);
    }
    const OpFunction f = recording_.function(operation.invoke);
    // A completion that tells nothing leaves what was asked.
    const bool told = operation.complete != kOpen &&
                      recording_.value(operation.complete).kind() >= ValueKind::list;
    entry_ = told ? operation.complete : operation.invoke;
    const Value value = recording_.value(entry_);
    op.deed = f == OpFunction::assign      ? LogDeed::assign
              : f == OpFunction::subscribe ? LogDeed::subscribe
              : f == OpFunction::crash     ? LogDeed::crash
              : f == OpFunction::commit    ? LogDeed::commit
              : f == OpFunction::drain     ? LogDeed::drain
                                           : LogDeed::data;
    op.batch = f == OpFunction::txn;
    out_.begin(op);
    switch (f) {
        case OpFunction::send: {
            const auto pair = items(value);
            return value.is_list() && pair.size() == 2
                       ? add_send(pair[0], pair[1], op.outcome)
                       : refusal("a send is [key, value], got " + brief(recording_, value));
        }
        case OpFunction::poll:
            return told ? add_polls(value) : Result<void>();
        case OpFunction::txn:
            return add_txn(value, op.outcome);
        case OpFunction::assign:
        case OpFunction::subscribe:
            return add_keys(value, "an assignment");
        case OpFunction::commit:
            return add_keys(value, "a commit");
        case OpFunction::crash:
        case OpFunction::drain:
            return {};
        default:
            return refusal("a log has no operation '" + std::string(name_of(f)) + "'");
    }
}

}  // namespace

Result<LogHistory> read_log(const Recording& recording, const std::vector<Operation>& operations) {
    LogReader reader(recording);
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
        if (Result<void> added = reader.add(operations[i], i); !added) {
            return added.error();
        }
    }
    return reader.take();
}

}  // namespace stormglass::sim::checks
