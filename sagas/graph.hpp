// The questions that a definition asks of its graph; answered with Boost.Graph in graph.cpp alone,
// because its headers are heavy.
#pragma once

#include <vector>

#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

struct GraphFacts {
    /// Each set is one knot: steps that wait for each other in a circle.
    std::vector<StepSet> cycles;
    /// Steps outside of all cycles that wait, directly or not, for one.
    StepSet unreachable;
    /// A topological order; empty when there are cycles.
    std::vector<StepId> order;
};

/// `after[i]` holds the direct predecessors of step i. At most kStepsMax steps.
GraphFacts examine_graph(const std::vector<StepSet>& after);

}  // namespace stormglass::sagas
