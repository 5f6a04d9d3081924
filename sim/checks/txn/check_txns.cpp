// The order of work: passes first, then the graph. One sweep decides whether there is a cycle at
// all; only then, and only within strong components, is it asked which class it belongs to.
#include <algorithm>
#include <array>

#include "sim/checks/describe.hpp"
#include "sim/checks/txn/txn_checks.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::size_t kComponentsMax = 64;  // explained; all of them count
constexpr std::size_t kKinds = 5;           // G0, G1c, G-single, G-nonadjacent, G2
constexpr std::size_t kLevels = 3;          // plain, process, realtime

constexpr std::array<std::array<Rule, kKinds>, kLevels> kRules = {
    {{Rule::g0, Rule::g1c, Rule::g_single, Rule::g_nonadjacent, Rule::g2},
     {Rule::g0_process,
      Rule::g1c_process,
      Rule::g_single_process,
      Rule::g_nonadjacent_process,
      Rule::g2_process},
     {Rule::g0_realtime,
      Rule::g1c_realtime,
      Rule::g_single_realtime,
      Rule::g_nonadjacent_realtime,
      Rule::g2_realtime}}};

CycleShape shape_of(std::size_t kind, std::size_t level) {
    constexpr std::array<EdgeKinds, kLevels> kBelow = {0, kProcess, kProcess | kRealtime};
    constexpr std::array<EdgeKinds, kLevels> kOwn = {0, kProcess, kRealtime};
    CycleShape shape;
    switch (kind) {
        case 0:
            shape.mask = kWw;
            shape.first = kWw;
            break;
        case 1:
            shape.mask = kWw | kWr;
            shape.first = kWr;
            break;
        case 2:
            shape.mask = kWw | kWr | kRw;
            shape.first = kRw;
            shape.elsewhere = kWw | kWr | kBelow[level];
            break;
        case 3:
            shape.mask = kWw | kWr | kRw;
            shape.first = kRw;
            shape.rw_apart = true;
            break;
        default:
            shape.mask = kWw | kWr | kRw;
            shape.first = kRw;
    }
    shape.mask = static_cast<EdgeKinds>(shape.mask | kBelow[level]);
    shape.required = kOwn[level];
    return shape;
}

/// Whether a cycle of this class could be made up of cycles found already, or need not be told.
bool is_covered(std::size_t kind,
                std::size_t level,
                const std::array<std::array<bool, kKinds>, kLevels>& found) {
    for (std::size_t l = 0; l <= level; ++l) {
        for (std::size_t k = 0; k <= kind; ++k) {
            const bool weaker_level = l < level;
            const bool composite = kind >= 3 && k < kind;
            const bool same_level = l == level && level > 0 && k < kind && kind < 2;
            if (found[l][k] && (weaker_level || composite || same_level)) {
                return true;
            }
        }
    }
    return false;
}

std::string_view edge_words(EdgeKinds kind) {
    switch (kind) {
        case kWw:
            return "was overwritten by";
        case kWr:
            return "was read by";
        case kRw:
            return "did not see the write of";
        case kProcess:
            return "came, in the same process, before";
        default:
            return "had ended before the begin of";
    }
}

void report(const TxnContext& context, Rule rule, const std::vector<CycleStep>& cycle) {
    std::string sentence = "a cycle: ";
    std::vector<std::uint32_t> operations;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
        operations.push_back(context.operation(cycle[i].vertex));
        if (i < 6) {
            sentence.append(i == 0 ? "" : ", which ");
            sentence.append(i == 0 ? "the transaction of " + context.who(cycle[0].vertex) + " "
                                   : "");
            sentence.append(edge_words(cycle[i].kind)).append(" that of ");
            sentence.append(context.who(cycle[(i + 1) % cycle.size()].vertex));
        }
    }
    if (cycle.size() > 6) {
        sentence += ", and so on back to the first";
    }
    context.findings.add(
        rule, sentence + "; no order of the two or more explains it", std::move(operations));
}

void classify(const TxnContext& context,
              const Graph& graph,
              const std::vector<std::uint32_t>& edges,
              const Budget& budget) {
    CycleFinder finder(graph, edges);
    std::array<std::array<bool, kKinds>, kLevels> found = {};
    for (std::size_t level = 0; level < kLevels; ++level) {
        for (std::size_t kind = 0; kind < kKinds; ++kind) {
            if (is_covered(kind, level, found)) {
                continue;
            }
            const auto cycle = finder.find(shape_of(kind, level), budget);
            if (cycle.has_value()) {
                found[level][kind] = true;
                report(context, kRules[level][kind], *cycle);
            }
        }
    }
}

}  // namespace

std::string TxnContext::key(std::uint32_t key) const {
    return key < history.key_names.size() ? brief(recording, history.key_names[key], 40)
                                          : std::to_string(key);
}

std::string TxnContext::value(Packed value) const {
    return packed_text(recording, history, value);
}

std::string TxnContext::who(std::uint32_t txn) const {
    const Txn& what = history.txn(txn);
    std::string text = "process ";
    text += std::to_string(what.process);
    if (what.operation < operations.size()) {
        text += " (" + place_of(recording, operations[what.operation].invoke) + ")";
    }
    return text;
}

void find_cycles(const TxnContext& context,
                 const Graph& graph,
                 const Budget& budget,
                 Checked& out) {
    const Components components = strong_components(graph, 0xff);
    out.bytes = std::max(out.bytes, graph.bytes() + components.bytes);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> inside;  // component, edge
    for (std::uint32_t edge = 0; edge < graph.from.size(); ++edge) {
        if (components.of[graph.from[edge]] == components.of[graph.to[edge]]) {
            inside.emplace_back(components.of[graph.from[edge]], edge);
        }
    }
    std::sort(inside.begin(), inside.end());
    std::size_t explained = 0;
    for (std::size_t i = 0; i < inside.size();) {
        std::vector<std::uint32_t> edges;
        const std::uint32_t component = inside[i].first;
        for (; i < inside.size() && inside[i].first == component; ++i) {
            edges.push_back(inside[i].second);
        }
        if (explained++ < kComponentsMax) {
            classify(context, graph, edges, budget);
        }
    }
    if (explained > kComponentsMax) {
        out.notes.push_back(std::to_string(explained) + " groups of transactions have cycles; " +
                            std::to_string(kComponentsMax) + " were looked at closely");
    }
}

bool replays(const TxnHistory& history, const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> lengths(history.keys());
    for (const std::uint32_t txn : order) {
        for (const Mop& mop : history.mops(txn)) {
            if (mop.kind == MopKind::read && (mop.b != kNone || mop.a != lengths[mop.key])) {
                return false;
            }
            if (mop.kind == MopKind::write && history.writes()[mop.b].position != kNone) {
                if (history.writes()[mop.b].position != lengths[mop.key]++) {
                    return false;
                }
            }
        }
    }
    return true;
}

Checked check_txns(const Recording& recording,
                   const std::vector<Operation>& operations,
                   const TxnHistory& history,
                   const Budget& budget) {
    Checked out;
    if (history.repeated_write() != kNone) {
        out.doubts.push_back("values are not unique: process " +
                             std::to_string(history.txn(history.repeated_write()).process) +
                             " wrote one that was written before, so that reads do not tell whose "
                             "they saw");
        return out;
    }
    const TxnContext context = {recording, operations, history, out.findings};
    const bool lists = history.kind() == TxnKind::list_append;
    if (lists) {
        find_list_anomalies(context);
    } else {
        find_register_anomalies(context);
    }
    // Real time implies the order of each process, so the question of existence needs no edges of
    // it.
    Graph graph = lists ? list_dependencies(history) : register_dependencies(context);
    add_real_time(history, graph);
    if (!acyclic_order(std::move(graph), out.order, out.bytes)) {
        out.order.clear();
        Findings told_already;
        const TxnContext again = {recording, operations, history, told_already};
        graph = lists ? list_dependencies(history) : register_dependencies(again);
        add_session_order(history, graph);
        add_real_time(history, graph);
        find_cycles(context, graph, budget, out);
    }
    std::erase_if(out.order, [&history](std::uint32_t txn) {
        return history.txn(txn).outcome == OpType::fail;
    });
    out.bytes += history.bytes();
    CHECK(!lists || !out.findings.empty() || replays(history, out.order));
    for (std::uint32_t& txn : out.order) {
        txn = history.txn(txn).operation;
    }
    return out;
}

Result<Checked> check_txns(const Recording& recording,
                           const std::vector<Operation>& operations,
                           TxnKind kind,
                           const Budget& budget) {
    const Result<TxnHistory> history = read_txns(recording, operations, kind);
    if (!history) {
        return history.error();
    }
    return check_txns(recording, operations, *history, budget);
}

}  // namespace stormglass::sim::checks
