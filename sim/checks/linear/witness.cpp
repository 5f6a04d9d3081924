// From a part without a linear order to a few operations and a sentence. Three steps, each of which
// keeps "no order": the shortest beginning of the history that has none; then, in halves, as many
// operations as possible relaxed to "may happen late or never"; what remains is the witness.
#include <algorithm>

#include "sim/checks/describe.hpp"
#include "sim/checks/linear/check_linear.hpp"
#include "sim/checks/linear/search.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint64_t kNodesPerTrial = 50'000;
constexpr int kTrialsMax = 400;

class Explainer {
  public:
    Explainer(const Recording& recording,
              const std::vector<Operation>& operations,
              const LinSpec& spec,
              const LinHistory& history)
        : recording_(recording),
          operations_(operations),
          spec_(spec),
          history_(history) {}

    Finding explain(const std::vector<LinOp>& part);

  private:
    static void relax(LinOp& op) {
        op.complete = kOpen;
        op.result = kUnknownId;
    }

    bool impossible(const std::vector<LinOp>& ops);
    std::vector<LinOp> shortest_beginning(const std::vector<LinOp>& part);
    void relax_what_can_be(std::vector<LinOp>& ops, std::uint32_t culprit);
    std::string sentence(const std::vector<LinOp>& core, const LinOp& culprit);
    std::string holder() const;
    std::string held(const LinOp& culprit) const;

    const Recording& recording_;
    const std::vector<Operation>& operations_;
    const LinSpec& spec_;
    const LinHistory& history_;
    std::vector<std::string> states_;
    int trials_ = 0;
};

bool Explainer::impossible(const std::vector<LinOp>& ops) {
    ++trials_;
    const auto model = make_model(spec_, recording_, history_);
    Budget budget;
    budget.nodes = kNodesPerTrial;
    const SearchResult found = find_linear_order(*model, ops, budget);
    if (found.verdict != Verdict::invalid) {
        return false;
    }
    states_.clear();
    for (const StateId state : found.states) {
        states_.push_back(model->describe(state));
    }
    std::sort(states_.begin(), states_.end());
    return true;
}

std::vector<LinOp> Explainer::shortest_beginning(const std::vector<LinOp>& part) {
    const auto until = [&part](std::uint32_t end) {
        std::vector<LinOp> ops;
        for (LinOp op : part) {
            if (op.invoke < end) {
                if (op.complete > end) {
                    relax(op);
                }
                ops.push_back(op);
            }
        }
        return ops;
    };
    std::vector<std::uint32_t> ends;
    for (const LinOp& op : part) {
        if (op.complete != kOpen) {
            ends.push_back(op.complete);
        }
    }
    std::sort(ends.begin(), ends.end());
    std::size_t low = 0;
    std::size_t high = ends.size() - 1;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (impossible(until(ends[middle]))) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return until(ends[low]);
}

void Explainer::relax_what_can_be(std::vector<LinOp>& ops, std::uint32_t culprit) {
    std::vector<std::size_t> needed;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        if (ops[i].complete != kOpen && ops[i].complete != culprit) {
            needed.push_back(i);
        }
    }
    for (std::size_t size = std::max<std::size_t>(needed.size() / 2, 1); !needed.empty();
         size /= 2) {
        for (std::size_t begin = 0; begin < needed.size() && trials_ < kTrialsMax;) {
            const std::size_t end = std::min(begin + size, needed.size());
            std::vector<LinOp> fewer = ops;
            for (std::size_t i = begin; i < end; ++i) {
                relax(fewer[needed[i]]);
            }
            if (impossible(fewer)) {
                ops = std::move(fewer);
                needed.erase(needed.begin() + static_cast<std::ptrdiff_t>(begin),
                             needed.begin() + static_cast<std::ptrdiff_t>(end));
            } else {
                begin = end;
            }
        }
        if (size == 1) {
            break;
        }
    }
}

std::string Explainer::holder() const {
    switch (spec_.model) {
        case LinModel::reg:
        case LinModel::cas_register:
            return "the register";
        case LinModel::kv:
            return "the key";
        case LinModel::queue:
            return "the queue";
        case LinModel::mutex:
            return "the lock";
        case LinModel::set:
            return "the set";
    }
    CHECK(false);
}

std::string Explainer::held(const LinOp& culprit) const {
    const bool lock = spec_.model == LinModel::mutex;
    std::string out = holder();
    if (culprit.key != kNilId) {
        out += " " + brief(recording_, history_.values[culprit.key]);
    }
    out += lock ? " could only be " : " could only hold ";
    for (std::size_t i = 0; i < states_.size(); ++i) {
        out += i == 0 ? "" : (i + 1 == states_.size() ? " or " : ", ");
        out += states_[i].size() > 60 ? states_[i].substr(0, 57) + "..." : states_[i];
    }
    return out;
}

std::string Explainer::sentence(const std::vector<LinOp>& core, const LinOp& culprit) {
    std::string out;
    const LinOp* last = nullptr;  // the last change acknowledged before the culprit began
    for (const LinOp& op : core) {
        const bool before = op.complete != kOpen && op.complete < culprit.invoke;
        if (before && op.f != OpFunction::read &&
            (last == nullptr || op.complete > last->complete)) {
            last = &op;
        }
    }
    const std::string deed = deed_of(recording_, operations_[culprit.operation]);
    if (last != nullptr && culprit.f == OpFunction::read) {
        out = deed_of(recording_, operations_[last->operation]) +
              " and was told that it succeeded; " + "after that " + deed;
    } else {
        out = deed;
    }
    out[0] = out[0] == 'p' ? 'P' : out[0];
    if (states_.empty()) {
        return out + ", which no order of the operations explains";
    }
    return out + ", but " + held(culprit) + " then";
}

Finding Explainer::explain(const std::vector<LinOp>& part) {
    std::vector<LinOp> ops = shortest_beginning(part);
    const auto last = std::max_element(ops.begin(), ops.end(), [](const LinOp& a, const LinOp& b) {
        return (a.complete == kOpen ? 0 : a.complete) < (b.complete == kOpen ? 0 : b.complete);
    });
    const LinOp culprit = *last;
    impossible(ops);
    const std::vector<std::string> states = states_;  // what was really possible then
    relax_what_can_be(ops, culprit.complete);
    states_ = states;
    std::vector<LinOp> core;
    for (const LinOp& op : ops) {
        if (op.complete != kOpen) {
            core.push_back(op);
        }
    }
    std::sort(core.begin(), core.end(), [](const LinOp& a, const LinOp& b) {
        return a.invoke < b.invoke;
    });
    Finding finding;
    finding.rule = rule_of(spec_.model);
    finding.sentence = sentence(core, culprit);
    for (const LinOp& op : core) {
        finding.operations.push_back(op.operation);
    }
    return finding;
}

}  // namespace

Finding explain_linear(const Recording& recording,
                       const std::vector<Operation>& operations,
                       const LinSpec& spec,
                       const LinHistory& history,
                       const std::vector<LinOp>& part) {
    return Explainer(recording, operations, spec, history).explain(part);
}

}  // namespace stormglass::sim::checks
