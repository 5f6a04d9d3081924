// Is there a linear order? Wing and Gong's search with Lowe's memo, and four cuts that lose
// nothing: what only observes is taken at once, of equal operations the one that must come first
// comes first, an open operation that changes nothing is not taken, nor is one whose effect the
// next step hides.
#pragma once

#include <span>
#include <vector>

#include "sim/checks/budget.hpp"
#include "sim/checks/linear/model.hpp"
#include "sim/checks/verdict.hpp"

namespace stormglass::sim::checks {

struct SearchResult {
    Verdict verdict = Verdict::unknown;
    std::vector<std::uint32_t> order;    // places in `ops`: a linear order, or its longest prefix
    std::vector<std::uint32_t> blocked;  // completed ones that cannot follow the longest prefix
    std::vector<StateId> states;         // some states in which only one completed one was left
    std::uint64_t nodes = 0;             // configurations visited
    std::uint64_t bytes = 0;             // of the memo at its largest
};

/// `ops` of one part (one key), in any order. The model must be fresh.
SearchResult find_linear_order(Model& model, std::span<const LinOp> ops, const Budget& budget);

/// The same where each process's own order counts and time between processes does not (L2). This
/// cannot be split by key: `ops` are all of them.
SearchResult find_session_order(Model& model, std::span<const LinOp> ops, const Budget& budget);

}  // namespace stormglass::sim::checks
