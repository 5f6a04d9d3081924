// Transactions: what single reads and writes give away (passes, O(n)), and what only the graph of
// dependencies does (cycles). Which of it a declared model forbids: consistency.hpp.
#pragma once

#include "sim/checks/budget.hpp"
#include "sim/checks/judgement.hpp"
#include "sim/checks/txn/graph.hpp"
#include "sim/checks/txn/txn_history.hpp"

namespace stormglass::sim::checks {

/// What the parts of the check share.
struct TxnContext {
    const Recording& recording;
    const std::vector<Operation>& operations;
    const TxnHistory& history;
    Findings& findings;

    std::string key(std::uint32_t key) const;
    std::string value(Packed value) const;
    /// "process 3 (line 12)"
    std::string who(std::uint32_t txn) const;

    std::uint32_t operation(std::uint32_t txn) const { return history.txn(txn).operation; }
};

void find_list_anomalies(const TxnContext& context);
void find_register_anomalies(const TxnContext& context);

/// Vertices below history.size() are transactions, the others help (graph.hpp).
Graph list_dependencies(const TxnHistory& history);
Graph register_dependencies(const TxnContext& context);
/// Edges of processes and of real time, for either kind.
void add_session_order(const TxnHistory& history, Graph& graph);
void add_real_time(const TxnHistory& history, Graph& graph);

/// Cycles, each under the weakest class that it belongs to.
void find_cycles(const TxnContext& context, const Graph& graph, const Budget& budget, Checked& out);

Result<Checked> check_txns(const Recording& recording,
                           const std::vector<Operation>& operations,
                           TxnKind kind,
                           const Budget& budget);

/// The same of a history that is already compact.
Checked check_txns(const Recording& recording,
                   const std::vector<Operation>& operations,
                   const TxnHistory& history,
                   const Budget& budget);

/// Replays a serial order of list transactions: true when it reproduces every read.
bool replays(const TxnHistory& history, const std::vector<std::uint32_t>& order);

}  // namespace stormglass::sim::checks
