// The naive checker: tries every order of the operations that time allows, without a memo and with
// models of its own. Slow and plain, so that it can be believed.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "sim/checks/linear/models.hpp"

namespace stormglass::tests {

struct NaiveState {
    sim::checks::ValueId reg = sim::checks::kNilId;
    std::deque<sim::checks::ValueId> queue;
    bool held = false;
    std::set<sim::checks::ValueId> set;
};

class NaiveLinear {
  public:
    NaiveLinear(const sim::checks::LinHistory& history,
                const sim::checks::Recording& recording,
                bool nil_read_legal)
        : history_(history),
          recording_(recording),
          nil_read_legal_(nil_read_legal) {}

    /// With the order of each process in place of that of time.
    bool sequential(const NaiveState& initial) {
        sessions_ = true;
        return linearizable(initial);
    }

    bool linearizable(const NaiveState& initial) {
        done_.assign(history_.ops.size(), false);
        return place(initial);
    }

  private:
    bool place(const NaiveState& state) {
        std::uint32_t first_end = sim::checks::kOpen;
        bool left = false;
        for (std::size_t i = 0; i < done_.size(); ++i) {
            if (!done_[i] && history_.ops[i].complete != sim::checks::kOpen) {
                left = true;
                first_end = std::min(first_end, history_.ops[i].complete);
            }
        }
        if (!left) {
            return true;
        }
        for (std::size_t i = 0; i < done_.size(); ++i) {
            if (done_[i] || (sessions_ ? follows_undone(i) : history_.ops[i].invoke > first_end)) {
                continue;
            }
            const std::optional<NaiveState> next = step(state, history_.ops[i]);
            if (next.has_value()) {
                done_[i] = true;
                const bool found = place(*next);
                done_[i] = false;
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    bool follows_undone(std::size_t i) const {
        for (std::size_t j = 0; j < done_.size(); ++j) {
            if (!done_[j] && history_.ops[j].process == history_.ops[i].process &&
                history_.ops[j].invoke < history_.ops[i].invoke) {
                return true;
            }
        }
        return false;
    }

    std::optional<NaiveState> step(NaiveState state, const sim::checks::LinOp& op) const {
        using sim::OpFunction;
        const bool open = op.result == sim::checks::kUnknownId;
        switch (op.f) {
            case OpFunction::write:
                state.reg = op.a;
                return state;
            case OpFunction::cas:
                if (state.reg != op.a) {
                    return std::nullopt;
                }
                state.reg = op.b;
                return state;
            case OpFunction::read:
                return read(state, op);
            case OpFunction::enqueue:
                state.queue.push_back(op.a);
                return state;
            case OpFunction::dequeue:
                if (!open && (state.queue.empty() ? op.result != sim::checks::kNilId
                                                  : op.result != state.queue.front())) {
                    return std::nullopt;
                }
                if (!state.queue.empty()) {
                    state.queue.pop_front();
                }
                return state;
            case OpFunction::acquire:
            case OpFunction::release:
                if (state.held == (op.f == OpFunction::acquire)) {
                    return std::nullopt;
                }
                state.held = !state.held;
                return state;
            case OpFunction::add:
                state.set.insert(op.a);
                return state;
            default:
                return std::nullopt;
        }
    }

    std::optional<NaiveState> read(const NaiveState& state, const sim::checks::LinOp& op) const {
        if (op.result == sim::checks::kUnknownId) {
            return state;
        }
        const sim::checks::Value value = history_.values[op.result];
        if (value.is_list()) {
            std::set<std::uint64_t> seen;
            std::set<std::uint64_t> held;
            for (const sim::checks::Value item : recording_.pool.items(value)) {
                seen.insert(item.bits());
            }
            for (const sim::checks::ValueId id : state.set) {
                held.insert(history_.values[id].bits());
            }
            return seen == held ? std::optional(state) : std::nullopt;
        }
        const bool blank = nil_read_legal_ && value.is_nil();
        return blank || op.result == state.reg ? std::optional(state) : std::nullopt;
    }

    const sim::checks::LinHistory& history_;
    const sim::checks::Recording& recording_;
    bool nil_read_legal_;
    bool sessions_ = false;
    std::vector<bool> done_;
};

}  // namespace stormglass::tests
