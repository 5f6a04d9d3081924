#include "sim/checks/linear/check_linear.hpp"

#include "sim/checks/describe.hpp"
#include "sim/checks/linear/search.hpp"

namespace stormglass::sim::checks {

Rule rule_of(LinModel model) {
    switch (model) {
        case LinModel::reg:
            return Rule::l1_register;
        case LinModel::cas_register:
            return Rule::l1_cas;
        case LinModel::kv:
            return Rule::l1_kv;
        case LinModel::queue:
            return Rule::q7;
        case LinModel::mutex:
            return Rule::l1_mutex;
        case LinModel::set:
            return Rule::l1_set;
    }
    CHECK(false);
}

namespace {

/// L2. What blocks the longest prefix is the witness, with what each of its processes did before.
Checked check_sessions(const Recording& recording,
                       const std::vector<Operation>& operations,
                       const LinSpec& spec,
                       const LinHistory& history,
                       const Budget& budget) {
    Checked out;
    const auto model = make_unsplit_model(spec, recording, history);
    const SearchResult found = find_session_order(*model, history.ops, budget);
    out.nodes = found.nodes;
    out.bytes = found.bytes;
    if (found.verdict == Verdict::unknown) {
        out.doubts.push_back("the search for an order of sessions ran out of its budget");
    }
    if (found.verdict != Verdict::invalid) {
        return out;
    }
    std::vector<std::uint32_t> witness;
    for (const std::uint32_t blocked : found.blocked) {
        const std::uint32_t process = history.ops[blocked].process;
        for (auto at = found.order.rbegin(); at != found.order.rend(); ++at) {
            if (history.ops[*at].process == process) {
                witness.push_back(history.ops[*at].operation);
                break;
            }
        }
        witness.push_back(history.ops[blocked].operation);
    }
    std::string sentence = "no order that keeps each process's own explains what was seen; ";
    sentence += std::to_string(found.order.size());
    out.findings.add(
        Rule::l2,
        sentence + " operations fit, and then " +
            deed_of(recording, operations[history.ops[found.blocked.front()].operation]) +
            ", which does not follow",
        std::move(witness));
    return out;
}

}  // namespace

Result<Checked> check_linear(const Recording& recording,
                             const std::vector<Operation>& operations,
                             const LinSpec& spec,
                             const Budget& budget) {
    const Result<LinHistory> history = read_linear(recording, operations, spec);
    if (!history) {
        return history.error();
    }
    Checked out;
    if (spec.sessions && !history->parts.empty()) {
        return check_sessions(recording, operations, spec, *history, budget);
    }
    Budget left = budget;
    for (const auto& places : history->parts) {
        std::vector<LinOp> part;
        for (const std::uint32_t place : places) {
            part.push_back(history->ops[place]);
        }
        const auto model = make_model(spec, recording, *history);
        const SearchResult found = find_linear_order(*model, part, left);
        out.nodes += found.nodes;
        out.bytes = std::max(out.bytes, found.bytes + part.size() * sizeof(LinOp));
        left.nodes = budget.nodes - std::min(budget.nodes, out.nodes);
        if (found.verdict == Verdict::invalid) {
            Finding finding = explain_linear(recording, operations, spec, *history, part);
            out.findings.add(
                finding.rule, std::move(finding.sentence), std::move(finding.operations));
            return out;
        }
        if (found.verdict == Verdict::unknown) {
            out.doubts.push_back("the search for a linear order ran out of its budget after " +
                                 std::to_string(out.nodes) + " configurations, with " +
                                 std::to_string(found.order.size()) + " of " +
                                 std::to_string(part.size()) + " operations placed");
        } else if (history->parts.size() == 1) {
            for (const std::uint32_t place : found.order) {
                out.order.push_back(part[place].operation);
            }
        }
    }
    return out;
}

}  // namespace stormglass::sim::checks
