// Sequential consistency: of each process the next operation may be placed, whatever the others
// did. A configuration is how far each process has come, and the state. An open operation is the
// last one of its process and may stay out.
#include <algorithm>

#include "sim/checks/linear/config_set.hpp"
#include "sim/checks/linear/search.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

class SessionSearch {
  public:
    SessionSearch(Model& model, std::span<const LinOp> ops, const Budget& budget)
        : model_(model),
          ops_(ops),
          budget_(budget) {
        std::vector<std::uint32_t> by_time(ops.size());
        for (std::uint32_t i = 0; i < by_time.size(); ++i) {
            by_time[i] = i;
        }
        std::sort(by_time.begin(), by_time.end(), [&ops](std::uint32_t a, std::uint32_t b) {
            return ops[a].invoke < ops[b].invoke;
        });
        KeyTable places;
        for (const std::uint32_t i : by_time) {
            const auto fresh = static_cast<std::uint32_t>(lines_.size());
            const std::uint32_t place = places.put(ops[i].process, fresh);
            if (place == fresh) {
                lines_.emplace_back();
            }
            lines_[place].push_back(i);
            left_ += ops[i].complete != kOpen ? 1U : 0U;
        }
        taken_.assign(lines_.size(), 0);
        key_.assign(lines_.size() / 2 + 2, 0);
    }

    SearchResult run() {
        ConfigSet memo(key_.size());
        state_ = model_.initial();
        frames_.push_back({0, 0});
        take_observers();
        frames_.back().moves = moves_.size();
        while (left_ > 0 && !frames_.empty()) {
            const bool late = result_.nodes % 1024 == 1023 && budget_.expired();
            if (late || result_.nodes > budget_.nodes || 3 * memo.bytes() > budget_.bytes) {
                return finish(Verdict::unknown, memo);
            }
            advance(memo);
        }
        return finish(left_ == 0 ? Verdict::valid : Verdict::invalid, memo);
    }

  private:
    struct Move {
        std::uint32_t line;
        StateId before;
    };

    struct Frame {
        std::uint32_t cursor;
        std::size_t moves;
    };

    const LinOp* next_of(std::uint32_t line) const {
        return taken_[line] < lines_[line].size() ? &ops_[lines_[line][taken_[line]]] : nullptr;
    }

    void apply(std::uint32_t line, StateId next) {
        left_ -= next_of(line)->complete != kOpen ? 1U : 0U;
        moves_.push_back({line, state_});
        ++taken_[line];
        state_ = next;
    }

    void undo_to(std::size_t moves) {
        for (; moves_.size() > moves; moves_.pop_back()) {
            --taken_[moves_.back().line];
            left_ += next_of(moves_.back().line)->complete != kOpen ? 1U : 0U;
            state_ = moves_.back().before;
        }
    }

    /// What only observes and is accepted now may as well be placed now.
    void take_observers() {
        for (std::uint32_t line = 0; line < lines_.size(); ++line) {
            const LinOp* op = next_of(line);
            while (op != nullptr && model_.observes(*op) && model_.step(state_, *op) == state_) {
                apply(line, state_);
                op = next_of(line);
            }
        }
    }

    void advance(ConfigSet& memo) {
        Frame& frame = frames_.back();
        if (frame.cursor == lines_.size()) {
            keep_prefix();
            frames_.pop_back();
            if (!frames_.empty()) {
                undo_to(frames_.back().moves);
            }
            return;
        }
        const std::uint32_t line = frame.cursor++;
        const LinOp* op = next_of(line);
        const StateId next = op == nullptr ? kRefused : model_.step(state_, *op);
        if (next == kRefused) {
            return;
        }
        const std::size_t moves = moves_.size();
        apply(line, next);
        take_observers();
        ++result_.nodes;
        key_[0] = std::uint64_t{state_} + 1;
        for (std::size_t i = 0; i < taken_.size(); i += 2) {
            const std::uint64_t second = i + 1 < taken_.size() ? taken_[i + 1] : 0;
            key_[1 + i / 2] = (second << 32) | taken_[i];
        }
        if (left_ > 0 && !memo.insert(key_.data())) {
            undo_to(moves);
            return;
        }
        frames_.push_back({0, moves_.size()});
    }

    void keep_prefix() {
        if (moves_.size() <= result_.order.size()) {
            return;
        }
        std::vector<std::uint32_t> at(lines_.size(), 0);
        result_.order.clear();
        for (const Move& move : moves_) {
            result_.order.push_back(lines_[move.line][at[move.line]++]);
        }
        result_.blocked.clear();
        for (std::uint32_t line = 0; line < lines_.size(); ++line) {
            if (next_of(line) != nullptr && next_of(line)->complete != kOpen) {
                result_.blocked.push_back(lines_[line][taken_[line]]);
            }
        }
    }

    SearchResult finish(Verdict verdict, const ConfigSet& memo) {
        keep_prefix();
        result_.verdict = verdict;
        result_.bytes = memo.bytes() + model_.bytes();
        return std::move(result_);
    }

    Model& model_;
    std::span<const LinOp> ops_;
    const Budget& budget_;
    std::vector<std::vector<std::uint32_t>> lines_;  // of each process, in its own order
    std::vector<std::uint32_t> taken_;
    std::vector<std::uint64_t> key_;
    std::vector<Move> moves_;
    std::vector<Frame> frames_;
    StateId state_ = 0;
    std::size_t left_ = 0;  // completed ones not placed yet
    SearchResult result_;
};

}  // namespace

SearchResult find_session_order(Model& model, std::span<const LinOp> ops, const Budget& budget) {
    return SessionSearch(model, ops, budget).run();
}

}  // namespace stormglass::sim::checks
