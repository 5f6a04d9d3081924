#include <algorithm>

#include "sim/checks/describe.hpp"
#include "sim/checks/log/log_checks.hpp"
#include "sim/checks/txn/graph.hpp"

namespace stormglass::sim::checks {
namespace {

Graph order_of_log(const LogHistory& history) {
    Graph graph;
    graph.real = static_cast<std::uint32_t>(history.ops().size());
    graph.vertices = graph.real;
    const auto sender = [&history](std::uint32_t message) {
        const std::uint32_t op = history.messages()[message].sender;
        return op != kNoIndex && history.committed(op) ? op : kNoIndex;
    };
    for (std::uint32_t key = 0; key < history.keys(); ++key) {
        const auto log = history.log(key);
        for (std::size_t i = 1; i < log.size(); ++i) {
            const std::uint32_t from = sender(log[i - 1]);
            const std::uint32_t to = sender(log[i]);
            if (from != kNoIndex && to != kNoIndex) {
                graph.add(from, to, kWw);
            }
        }
    }
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        for (const LogItem& item : history.items(op)) {
            const bool reads =
                item.kind == ItemKind::poll && history.ops()[op].outcome == OpType::ok;
            const std::uint32_t from = reads ? sender(item.message) : kNoIndex;
            if (from != kNoIndex) {
                graph.add(from, op, kWr);
            }
        }
    }
    return graph;
}

void report(const LogContext& context, Rule rule, const std::vector<CycleStep>& cycle) {
    std::string sentence = "a cycle: ";
    std::vector<std::uint32_t> ops;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
        ops.push_back(cycle[i].vertex);
        if (i < 4) {
            sentence +=
                (i == 0 ? "what " : ", which ") + context.who(cycle[i].vertex) +
                (cycle[i].kind == kWw ? " sent stands before what " : " sent was polled by ") +
                context.who(cycle[(i + 1) % cycle.size()].vertex) +
                (cycle[i].kind == kWw ? " sent" : "");
        }
    }
    context.add(rule, sentence, std::move(ops));
}

}  // namespace

std::string LogContext::key(std::uint32_t key) const {
    return key < history.key_names.size() ? brief(recording, history.key_names[key], 40)
                                          : std::to_string(key);
}

std::string LogContext::text(std::uint32_t message) const {
    const Value value = Value::from_bits(history.value(message));
    return brief(recording, value, 40) + " of key " + key(history.messages()[message].key);
}

std::string LogContext::who(std::uint32_t op) const {
    const LogOp& what = history.ops()[op];
    std::string text = "process ";
    text += std::to_string(what.process);
    return what.operation < operations.size()
               ? text + " (" + place_of(recording, operations[what.operation].invoke) + ")"
               : text;
}

void LogContext::add(Rule rule, const std::string& sentence, std::vector<std::uint32_t> ops) const {
    for (std::uint32_t& op : ops) {
        op = operation(op);
    }
    std::sort(ops.begin(), ops.end());
    ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
    out.findings.add(rule, sentence, std::move(ops));
}

/// The search along reads alone is a pass of its own: a caller who allows cycles of sends must not
/// lose sight of those that need no order of sends at all.
void find_log_cycles(const LogContext& context, const Budget& budget) {
    const Graph graph = order_of_log(context.history);
    const Components components = strong_components(graph, kWw | kWr);
    context.out.bytes = std::max(context.out.bytes, graph.bytes() + components.bytes);
    std::vector<std::uint32_t> edges;
    for (std::uint32_t edge = 0; edge < graph.from.size(); ++edge) {
        if (components.of[graph.from[edge]] == components.of[graph.to[edge]]) {
            edges.push_back(edge);
        }
    }
    if (edges.empty()) {
        return;
    }
    CycleFinder finder(graph, edges);
    if (const auto cycle = finder.find({.mask = kWw, .first = kWw}, budget)) {
        report(context, Rule::b14, *cycle);
    }
    const auto reads = finder.find({.mask = kWr, .first = kWr}, budget);
    if (reads.has_value()) {
        report(context, Rule::b16, *reads);
    }
    const auto both = finder.find({.mask = kWw | kWr, .first = kWr}, budget);
    if (both.has_value() && !reads.has_value()) {
        report(context, Rule::b16w, *both);
    }
}

void find_log_anomalies(const LogContext& context) {
    find_version_anomalies(context);
    find_poll_anomalies(context);
    find_send_anomalies(context);
    find_group_anomalies(context);
    find_liveness_anomalies(context);
}

Result<Checked> check_log(const Recording& recording,
                          const std::vector<Operation>& operations,
                          const LogBounds& bounds,
                          const Budget& budget) {
    const Result<LogHistory> history = read_log(recording, operations);
    if (!history) {
        return history.error();
    }
    Checked out;
    const LogContext context = {recording, operations, *history, bounds, out};
    if (history->repeated() != kNoIndex) {
        out.doubts.push_back("values are not unique: " + context.text(history->repeated()) +
                             " was sent twice, so that nobody can tell a duplicate from a second "
                             "message");
        return out;
    }
    find_log_anomalies(context);
    find_log_cycles(context, budget);
    out.bytes += history->bytes();
    return out;
}

}  // namespace stormglass::sim::checks
