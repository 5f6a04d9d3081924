// Operations of a recording as operations of a model: failed ones left out, values numbered so that
// equal ones are one number, split by key.
#include <algorithm>
#include <map>
#include <string>

#include "sim/checks/linear/models.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

class LinearReader {
  public:
    LinearReader(const Recording& recording, const LinSpec& spec)
        : recording_(recording),
          spec_(spec) {
        ids_.put(Value().bits(), kNilId);
        id_of(spec.initial);  // becomes 1 when it is not nil
    }

    Result<void> add(const Operation& operation, std::uint32_t place);

    LinHistory take() {
        std::map<ValueId, std::vector<std::uint32_t>> parts;
        for (std::uint32_t i = 0; i < out_.ops.size(); ++i) {
            parts[out_.ops[i].key].push_back(i);
        }
        for (auto& [key, part] : parts) {
            out_.parts.push_back(std::move(part));
        }
        std::stable_sort(out_.parts.begin(), out_.parts.end(), [](const auto& a, const auto& b) {
            return a.size() < b.size();
        });
        return std::move(out_);
    }

  private:
    Error refusal(std::size_t entry, const std::string& text) const {
        return {"HI_VALUE",
                place_of(recording_, entry) + ": " + text + ", got " +
                    recording_.pool.printed(recording_.value(entry)).substr(0, 80)};
    }

    ValueId id_of(Value value) {
        const auto fresh = static_cast<ValueId>(out_.values.size());
        if (value.kind() < ValueKind::list) {
            const ValueId id = ids_.put(value.bits(), fresh);
            if (id == fresh) {
                out_.values.push_back(value);
            }
            return id;
        }
        const auto [at, inserted] = composites_.try_emplace(recording_.pool.printed(value), fresh);
        if (inserted) {
            out_.values.push_back(value);
        }
        return at->second;
    }

    bool keyed() const { return spec_.keyed || spec_.model == LinModel::kv; }

    /// The value without its key; false when it has none.
    bool unwrap(Value whole, Value& key, Value& value) const {
        key = Value();
        value = whole;
        if (!keyed()) {
            return true;
        }
        const auto items = recording_.pool.items(whole);
        if (!whole.is_list() || items.size() != 2) {
            return false;
        }
        key = as_key(recording_.pool, items[0]);
        value = items[1];
        return true;
    }

    bool knows(OpFunction f) const {
        switch (spec_.model) {
            case LinModel::reg:
                return f == OpFunction::read || f == OpFunction::write;
            case LinModel::cas_register:
                return f == OpFunction::read || f == OpFunction::write || f == OpFunction::cas;
            case LinModel::kv:
                return f == OpFunction::read || f == OpFunction::write || f == OpFunction::append;
            case LinModel::queue:
                return f == OpFunction::enqueue || f == OpFunction::dequeue;
            case LinModel::mutex:
                return f == OpFunction::acquire || f == OpFunction::release;
            case LinModel::set:
                return f == OpFunction::add || f == OpFunction::read;
        }
        return false;
    }

    static bool has_argument(OpFunction f) {
        return f == OpFunction::write || f == OpFunction::append || f == OpFunction::enqueue ||
               f == OpFunction::add;
    }

    Result<void> fill_result(const Operation& operation, OpType outcome, LinOp& op);
    Result<void> fill_argument(std::size_t entry, Value value, LinOp& op);

    const Recording& recording_;
    const LinSpec& spec_;
    LinHistory out_;
    KeyTable ids_;
    std::map<std::string, ValueId> composites_;
};

Result<void> LinearReader::fill_argument(std::size_t entry, Value value, LinOp& op) {
    if (op.f == OpFunction::cas) {
        const auto items = recording_.pool.items(value);
        if (!value.is_list() || items.size() != 2) {
            return refusal(entry, "a compare-and-set has [old, new]");
        }
        op.a = id_of(items[0]);
        op.b = id_of(items[1]);
    } else if (has_argument(op.f)) {
        if (spec_.model == LinModel::kv && !value.is(ValueKind::text)) {
            return refusal(entry, "a key holds texts");
        }
        if (spec_.model == LinModel::set && value.kind() >= ValueKind::list) {
            return refusal(entry, "an element of a set is no list");
        }
        op.a = id_of(value);
    } else if (spec_.model == LinModel::mutex) {
        op.a = spec_.owned ? op.process : 0;
    }
    return {};
}

Result<void> LinearReader::fill_result(const Operation& operation, OpType outcome, LinOp& op) {
    const bool sees = op.f == OpFunction::read || op.f == OpFunction::dequeue;
    if (!sees || outcome != OpType::ok) {
        return {};
    }
    Value key;
    Value value;
    if (!unwrap(recording_.value(operation.complete), key, value)) {
        return refusal(operation.complete, "[key, value] is due");
    }
    if (id_of(key) != op.key) {
        return refusal(operation.complete, "answers for another key than was asked");
    }
    if (spec_.model == LinModel::set && !value.is_list()) {
        return refusal(operation.complete, "a read of a set sees a list");
    }
    if (spec_.model == LinModel::kv && !value.is(ValueKind::text) && !value.is_nil()) {
        return refusal(operation.complete, "a key holds texts");
    }
    op.result = id_of(value);
    return {};
}

Result<void> LinearReader::add(const Operation& operation, std::uint32_t place) {
    const OpType outcome = outcome_of(recording_, operation);
    LinOp op;
    op.f = recording_.function(operation.invoke);
    if (!knows(op.f)) {
        return Error{"HI_VALUE",
                     place_of(recording_, operation.invoke) + ": the model has no operation '" +
                         std::string(name_of(op.f)) + "'"};
    }
    if (outcome == OpType::fail) {
        return {};
    }
    op.process = recording_.process(operation.invoke);
    op.invoke = operation.invoke;
    op.complete = outcome == OpType::ok ? operation.complete : kOpen;
    op.operation = place;
    // Some recorders say only at the end what was written.
    const bool late = recording_.value(operation.invoke).is_nil() && outcome == OpType::ok;
    const std::size_t entry = late ? operation.complete : operation.invoke;
    Value key;
    Value value;
    if (!unwrap(recording_.value(entry), key, value)) {
        return refusal(entry, "[key, value] is due");
    }
    op.key = id_of(key);
    if (Result<void> filled = fill_argument(entry, value, op); !filled) {
        return filled;
    }
    if (Result<void> filled = fill_result(operation, outcome, op); !filled) {
        return filled;
    }
    out_.ops.push_back(op);
    return {};
}

}  // namespace

Result<LinHistory> read_linear(const Recording& recording,
                               const std::vector<Operation>& operations,
                               const LinSpec& spec) {
    LinearReader reader(recording, spec);
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
        if (Result<void> added = reader.add(operations[i], i); !added) {
            return added.error();
        }
    }
    return reader.take();
}

}  // namespace stormglass::sim::checks
