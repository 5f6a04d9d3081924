// Registers keep their value's id as state, a lock one bit; a text built by appending is a chain of
// pieces, a queue or set a sequence of ids, interned.
#include "sim/checks/linear/models.hpp"

#include <algorithm>

#include "sim/checks/linear/interner.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

class RegisterModel final : public Model {
  public:
    RegisterModel(const LinSpec& spec, const Recording& recording, const LinHistory& history)
        : spec_(spec),
          recording_(recording),
          history_(history) {}

    /// read_linear gives the initial value id 1 when it is not nil.
    StateId initial() override { return spec_.initial.is_nil() ? kNilId : 1; }

    StateId step(StateId state, const LinOp& op) override {
        if (op.f == OpFunction::write) {
            return op.a;
        }
        if (op.f == OpFunction::cas) {
            return op.a == state ? op.b : kRefused;
        }
        const bool blank = spec_.nil_read_legal && op.result == kNilId;
        return op.result == state || blank ? state : kRefused;
    }

    bool observes(const LinOp& op) const override {
        return op.f == OpFunction::read || (op.f == OpFunction::cas && op.a == op.b);
    }

    std::string describe(StateId state) const override {
        return recording_.pool.printed(history_.values[state]);
    }

  private:
    LinSpec spec_;
    const Recording& recording_;
    const LinHistory& history_;
};

/// A text: put replaces it, append adds to its end. A state is a piece and the state before it;
/// equal texts made of other pieces may be two states, which costs time but no verdict.
class TextModel final : public Model {
  public:
    TextModel(const Recording& recording, const LinHistory& history)
        : recording_(recording),
          history_(history) {}

    StateId initial() override { return kEmpty; }

    StateId step(StateId state, const LinOp& op) override {
        if (op.f == OpFunction::read) {
            return equals(state, op.result) ? state : kRefused;
        }
        const std::string_view piece = text_of(op.a);
        if (op.f == OpFunction::append && piece.empty()) {
            return state;
        }
        return piece.empty() ? kEmpty
                             : piece_after(op.f == OpFunction::write ? kEmpty : state, op.a);
    }

    bool observes(const LinOp& op) const override { return op.f == OpFunction::read; }

    std::string describe(StateId state) const override {
        std::string out;
        append_json_string(content(state), out);
        return out;
    }

    std::uint64_t bytes() const override {
        return pieces_.capacity() * sizeof(Piece) + ids_.bytes() + seen_.bytes();
    }

  private:
    static constexpr StateId kEmpty = 0;

    struct Piece {
        StateId before = kEmpty;
        ValueId text = kNilId;
        std::size_t size = 0;  // of the whole text
    };

    std::string_view text_of(ValueId id) const {
        const Value value = history_.values[id];
        return value.is_nil() ? std::string_view() : recording_.pool.text_of(value);
    }

    StateId piece_after(StateId before, ValueId text) {
        const auto fresh = static_cast<StateId>(pieces_.size());
        const StateId id = ids_.put((std::uint64_t{before} << 32) | text, fresh);
        if (id == fresh) {
            pieces_.push_back({before, text, pieces_[before].size + text_of(text).size()});
        }
        return id;
    }

    bool equals(StateId state, ValueId result) {
        if (text_of(result).size() != pieces_[state].size) {
            return false;
        }
        const std::uint64_t key = (std::uint64_t{state} << 32) | result;
        const std::uint32_t known = seen_.find(key);
        return (known != KeyTable::kAbsent ? known : seen_.put(key, compare(state, result))) != 0;
    }

    /// From the back, piece by piece.
    std::uint32_t compare(StateId state, ValueId result) const {
        std::string_view left = text_of(result);
        for (; state != kEmpty; state = pieces_[state].before) {
            const std::string_view piece = text_of(pieces_[state].text);
            if (!left.ends_with(piece)) {
                return 0;
            }
            left.remove_suffix(piece.size());
        }
        return left.empty() ? 1 : 0;
    }

    std::string content(StateId state) const {
        std::string text;
        for (; state != kEmpty; state = pieces_[state].before) {
            text.insert(0, text_of(pieces_[state].text));
        }
        return text;
    }

    const Recording& recording_;
    const LinHistory& history_;
    std::vector<Piece> pieces_ = {Piece{}};
    KeyTable ids_;
    KeyTable seen_;
};

class QueueModel final : public Model {
  public:
    QueueModel(const Recording& recording, const LinHistory& history)
        : recording_(recording),
          history_(history) {}

    StateId initial() override { return states_.intern({}); }

    StateId step(StateId state, const LinOp& op) override {
        const auto queue = states_.at(state);
        next_.assign(queue.begin(), queue.end());
        if (op.f == OpFunction::enqueue) {
            next_.push_back(op.a);
        } else if (op.result == kUnknownId) {
            if (!next_.empty()) {
                next_.erase(next_.begin());
            }
        } else if (op.result == kNilId) {
            return queue.empty() ? state : kRefused;
        } else if (queue.empty() || queue.front() != op.result) {
            return kRefused;
        } else {
            next_.erase(next_.begin());
        }
        return states_.intern(next_);
    }

    bool observes(const LinOp& op) const override {
        return op.f == OpFunction::dequeue && op.result == kNilId;
    }

    std::string describe(StateId state) const override {
        std::string out = "[";
        for (const std::uint32_t id : states_.at(state)) {
            out += out.size() > 1 ? ", " : "";
            out += recording_.pool.printed(history_.values[id]);
        }
        return out + "]";
    }

    std::uint64_t bytes() const override { return states_.bytes(); }

  private:
    const Recording& recording_;
    const LinHistory& history_;
    SequenceInterner states_;
    std::vector<std::uint32_t> next_;
};

/// A lock. Owned: `a` is the process, and only the holder releases it.
class MutexModel final : public Model {
  public:
    explicit MutexModel(bool owned) : owned_(owned) {}

    StateId initial() override { return 0; }

    StateId step(StateId state, const LinOp& op) override {
        if (op.f == OpFunction::acquire) {
            return state == 0 ? op.a + 1 : kRefused;
        }
        const bool holds = owned_ ? state == op.a + 1 : state != 0;
        return holds ? 0 : kRefused;
    }

    bool observes(const LinOp&) const override { return false; }

    std::string describe(StateId state) const override {
        if (state == 0) {
            return "free";
        }
        return owned_ ? "held by process " + std::to_string(state - 1) : "held";
    }

  private:
    bool owned_;
};

/// A set that grows; a read sees all of it. States are sorted ids.
class SetModel final : public Model {
  public:
    SetModel(const Recording& recording, const LinHistory& history)
        : recording_(recording),
          history_(history) {
        for (ValueId id = 0; id < history.values.size(); ++id) {
            if (!history.values[id].is_list() && history.values[id].kind() != ValueKind::map) {
                atoms_.emplace_back(history.values[id].bits(), id);
            }
        }
        std::sort(atoms_.begin(), atoms_.end());
    }

    StateId initial() override { return states_.intern({}); }

    StateId step(StateId state, const LinOp& op) override {
        if (op.f == OpFunction::read) {
            return seen_by(op.result) == state ? state : kRefused;
        }
        const auto before = states_.at(state);
        next_.assign(before.begin(), before.end());
        const auto place = std::lower_bound(next_.begin(), next_.end(), op.a);
        if (place != next_.end() && *place == op.a) {
            return state;
        }
        next_.insert(place, op.a);
        return states_.intern(next_);
    }

    bool observes(const LinOp& op) const override { return op.f == OpFunction::read; }

    std::string describe(StateId state) const override {
        std::string out = "{";
        for (const std::uint32_t id : states_.at(state)) {
            out += out.size() > 1 ? ", " : "";
            out += recording_.pool.printed(history_.values[id]);
        }
        return out + "}";
    }

    std::uint64_t bytes() const override { return states_.bytes() + reads_.bytes(); }

  private:
    /// The state that a read saw, or kRefused when it saw something twice or never added.
    StateId seen_by(ValueId result) {
        const std::uint32_t known = reads_.find(result);
        if (known != KeyTable::kAbsent) {
            return known == kNever ? kRefused : known;
        }
        std::vector<std::uint32_t> ids;
        bool possible = true;
        for (const Value item : recording_.pool.items(history_.values[result])) {
            const auto at = std::lower_bound(
                atoms_.begin(), atoms_.end(), std::pair<std::uint64_t, ValueId>(item.bits(), 0));
            possible = possible && at != atoms_.end() && at->first == item.bits();
            ids.push_back(possible ? at->second : 0);
        }
        std::sort(ids.begin(), ids.end());
        possible = possible && std::adjacent_find(ids.begin(), ids.end()) == ids.end();
        const StateId state = possible ? states_.intern(ids) : kNever;
        reads_.put(result, state);
        return possible ? state : kRefused;
    }

    static constexpr StateId kNever = kRefused - 1;

    const Recording& recording_;
    const LinHistory& history_;
    std::vector<std::pair<std::uint64_t, ValueId>> atoms_;
    SequenceInterner states_;
    KeyTable reads_;
    std::vector<std::uint32_t> next_;
};

/// Several keys at once: a state is the states of all keys.
class ProductModel final : public Model {
  public:
    ProductModel(std::vector<std::unique_ptr<Model>> models, std::vector<ValueId> keys)
        : models_(std::move(models)),
          keys_(std::move(keys)) {}

    StateId initial() override {
        std::vector<std::uint32_t> all;
        for (const auto& model : models_) {
            all.push_back(model->initial());
        }
        return states_.intern(all);
    }

    StateId step(StateId state, const LinOp& op) override {
        const auto place = static_cast<std::size_t>(
            std::lower_bound(keys_.begin(), keys_.end(), op.key) - keys_.begin());
        const StateId before = states_.at(state)[place];
        const StateId after = models_[place]->step(before, op);
        if (after == kRefused || after == before) {
            return after == kRefused ? kRefused : state;
        }
        const auto all = states_.at(state);
        next_.assign(all.begin(), all.end());
        next_[place] = after;
        return states_.intern(next_);
    }

    bool observes(const LinOp& op) const override { return models_.front()->observes(op); }

    std::string describe(StateId state) const override {
        std::string out;
        for (std::size_t i = 0; i < models_.size(); ++i) {
            out += (i == 0 ? "" : ", ") + models_[i]->describe(states_.at(state)[i]);
        }
        return out;
    }

    std::uint64_t bytes() const override {
        std::uint64_t sum = states_.bytes();
        for (const auto& model : models_) {
            sum += model->bytes();
        }
        return sum;
    }

  private:
    std::vector<std::unique_ptr<Model>> models_;
    std::vector<ValueId> keys_;  // ascending
    SequenceInterner states_;
    std::vector<std::uint32_t> next_;
};

}  // namespace

std::unique_ptr<Model> make_model(const LinSpec& spec,
                                  const Recording& recording,
                                  const LinHistory& history) {
    switch (spec.model) {
        case LinModel::reg:
        case LinModel::cas_register:
            return std::make_unique<RegisterModel>(spec, recording, history);
        case LinModel::kv:
            return std::make_unique<TextModel>(recording, history);
        case LinModel::queue:
            return std::make_unique<QueueModel>(recording, history);
        case LinModel::mutex:
            return std::make_unique<MutexModel>(spec.owned);
        case LinModel::set:
            return std::make_unique<SetModel>(recording, history);
    }
    CHECK(false);
}

std::unique_ptr<Model> make_unsplit_model(const LinSpec& spec,
                                          const Recording& recording,
                                          const LinHistory& history) {
    std::vector<ValueId> keys;
    std::vector<std::unique_ptr<Model>> models;
    for (const auto& part : history.parts) {
        keys.push_back(history.ops[part.front()].key);
    }
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        models.push_back(make_model(spec, recording, history));
    }
    return std::make_unique<ProductModel>(std::move(models), std::move(keys));
}

}  // namespace stormglass::sim::checks
