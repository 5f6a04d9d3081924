// What consumers see in a row: skips and steps back, within one operation and between two, and how
// far they lag behind what exists.
#include <algorithm>

#include "sim/checks/log/log_checks.hpp"

namespace stormglass::sim::checks {
namespace {

struct Position {
    std::uint32_t key;
    std::uint32_t index;
    std::uint32_t op;
};

/// The first and last read of each key in one operation, in the order of keys' first reads.
struct Span {
    std::uint32_t key;
    std::uint32_t first;
    std::uint32_t last;
};

class PollPasses {
  public:
    explicit PollPasses(const LogContext& context) : context_(context), history_(context.history) {}

    void run() {
        learn_existence();
        for (std::uint32_t op = 0; op < history_.ops().size(); ++op) {
            const LogOp& what = history_.ops()[op];
            const auto fresh = static_cast<std::uint32_t>(positions_.size());
            const std::uint32_t place = processes_.put(what.process, fresh);
            if (place == fresh) {
                positions_.emplace_back();
            }
            if (what.deed == LogDeed::data) {
                visit(op, positions_[place]);
            } else {
                reassign(op, positions_[place]);
            }
        }
        if (worst_lag_ > 0) {
            context_.out.notes.push_back(
                "the longest lag of a consumer behind what was known to exist "
                "was " +
                std::to_string(worst_lag_ / 1'000) + " us");
        }
    }

  private:
    /// When each index was first known to exist, counting that a later one implies it.
    void learn_existence() {
        exists_.resize(history_.keys());
        for (std::uint32_t key = 0; key < history_.keys(); ++key) {
            exists_[key].assign(history_.log(key).size(), ~std::uint64_t{0});
        }
        for (std::uint32_t op = 0; op < history_.ops().size(); ++op) {
            for (const LogItem& item : history_.items(op)) {
                if (item.index != kNoIndex) {
                    std::uint64_t& known = exists_[item.key][item.index];
                    known = std::min(known, history_.ops()[op].end);
                }
            }
        }
        for (auto& times : exists_) {
            for (std::size_t i = times.size(); i-- > 1;) {
                times[i - 1] = std::min(times[i - 1], times[i]);
            }
        }
    }

    void reassign(std::uint32_t op, std::vector<Position>& positions) {
        const LogOp& what = history_.ops()[op];
        if (what.deed == LogDeed::subscribe || what.deed == LogDeed::crash) {
            positions.clear();
        }
        if (what.deed != LogDeed::assign || what.outcome == OpType::fail) {
            return;
        }
        const auto items = history_.items(op);
        std::erase_if(positions, [&](const Position& position) {
            return std::none_of(items.begin(), items.end(), [&](const LogItem& item) {
                return item.key == position.key && item.offset < 0;
            });
        });
    }

    void visit(std::uint32_t op, std::vector<Position>& positions) {
        spans_.clear();
        moved_.clear();
        for (const LogItem& item : history_.items(op)) {
            if (item.kind == ItemKind::key) {
                moved_.push_back(item.key);
            }
        }
        for (const LogItem& item : history_.items(op)) {
            if (item.kind == ItemKind::poll) {
                add_to_span(op, item);
            }
        }
        for (const Span& span : spans_) {
            compare(op, span, positions);
        }
        for (const std::uint32_t key : moved_) {
            std::erase_if(positions, [key](const Position& p) { return p.key == key; });
        }
        if (history_.ops()[op].outcome != OpType::ok) {
            return;
        }
        for (const Span& span : spans_) {
            const auto known = std::find_if(positions.begin(),
                                            positions.end(),
                                            [&](const Position& p) { return p.key == span.key; });
            if (known == positions.end()) {
                positions.push_back({span.key, span.last, op});
            } else {
                *known = {span.key, span.last, op};
            }
        }
        measure_lag(op, positions);
    }

    bool moved(std::uint32_t key) const {
        return std::find(moved_.begin(), moved_.end(), key) != moved_.end();
    }

    std::string at(std::uint32_t key, std::uint32_t index) const {
        return context_.text(history_.log(key)[index]) + " (offset " +
               std::to_string(history_.offsets(key)[index]) + ")";
    }

    void add_to_span(std::uint32_t op, const LogItem& item) {
        const auto span = std::find_if(
            spans_.begin(), spans_.end(), [&](const Span& s) { return s.key == item.key; });
        if (span == spans_.end()) {
            spans_.push_back({item.key, item.index, item.index});
            return;
        }
        const std::int64_t step = std::int64_t{item.index} - span->last;
        if (step > 1 && !moved(item.key)) {
            context_.add(Rule::b7,
                         context_.who(op) + " polled " + at(item.key, span->last) +
                             " and, next in the "
                             "same poll, " +
                             at(item.key, item.index) + ": what lies between is left out",
                         {op});
        } else if (step < 1 && !moved(item.key)) {
            context_.add(Rule::b9,
                         context_.who(op) + " polled " + at(item.key, span->last) +
                             " and, later in the same poll, " + at(item.key, item.index) +
                             ", which is not after it",
                         {op});
        }
        span->last = item.index;
    }

    void compare(std::uint32_t op, const Span& span, const std::vector<Position>& positions) {
        const auto before = std::find_if(positions.begin(),
                                         positions.end(),
                                         [&](const Position& p) { return p.key == span.key; });
        if (before == positions.end() || moved(span.key)) {
            return;
        }
        const std::int64_t step = std::int64_t{span.first} - before->index;
        if (step > 1) {
            context_.add(Rule::b6,
                         context_.who(op) + " polled " + at(span.key, span.first) +
                             "; the last it had "
                             "seen was " +
                             at(span.key, before->index) + ", so it skipped " +
                             at(span.key, before->index + 1),
                         {before->op, op});
        } else if (step < 1) {
            context_.add(Rule::b8,
                         context_.who(op) + " polled " + at(span.key, span.first) +
                             " although it had come as far as " + at(span.key, before->index),
                         {before->op, op});
        }
    }

    void measure_lag(std::uint32_t op, const std::vector<Position>& positions) {
        const std::uint64_t now = history_.ops()[op].begin;
        // A consumer of very many keys is measured on those that it polled just now.
        constexpr std::size_t kAllMax = 256;
        for (const Position& position : positions) {
            if (positions.size() > kAllMax && position.op != op) {
                continue;
            }
            const auto& times = exists_[position.key];
            if (position.index + 1 >= times.size() || times[position.index + 1] >= now) {
                continue;
            }
            const std::uint64_t lag = now - times[position.index + 1];
            worst_lag_ = std::max(worst_lag_, lag);
            if (context_.bounds.lag_ns.has_value() && lag > *context_.bounds.lag_ns) {
                context_.add(Rule::b18,
                             context_.who(op) + " was still at " +
                                 at(position.key, position.index) + " " +
                                 std::to_string(lag / 1'000) + " us after " +
                                 at(position.key, position.index + 1) + " was known to exist",
                             {op});
            }
        }
    }

    const LogContext& context_;
    const LogHistory& history_;
    std::vector<std::vector<std::uint64_t>> exists_;
    KeyTable processes_;
    std::vector<std::vector<Position>> positions_;  // by process: the last ok read of each key
    std::vector<Span> spans_;
    std::vector<std::uint32_t> moved_;  // keys that a rebalance touched in this operation
    std::uint64_t worst_lag_ = 0;
};

}  // namespace

void find_poll_anomalies(const LogContext& context) {
    PollPasses(context).run();
}

}  // namespace stormglass::sim::checks
