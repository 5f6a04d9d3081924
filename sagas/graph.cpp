#include "sagas/graph.hpp"

#include <algorithm>
#include <iterator>

// Boost.Graph converts freely between the widths of its own indices.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>
#pragma GCC diagnostic pop

#include "runtime/check.hpp"

namespace stormglass::sagas {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

StepId step_at(std::size_t index) {
    CHECK(index < kStepsMax);
    return {static_cast<std::uint8_t>(index)};
}

Graph graph_of(const std::vector<StepSet>& after) {
    Graph graph(after.size());
    for (std::size_t step = 0; step < after.size(); ++step) {
        for (const StepId before : after[step]) {
            CHECK(before.value < after.size());
            boost::add_edge(before.value, step, graph);
        }
    }
    return graph;
}

std::vector<StepSet> cycles_of(const Graph& graph, const std::vector<StepSet>& after) {
    std::vector<std::size_t> component(after.size());
    const std::size_t count = boost::strong_components(
        graph,
        boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
    std::vector<StepSet> members(count);
    for (std::size_t step = 0; step < after.size(); ++step) {
        members[component[step]].insert(step_at(step));
    }
    std::erase_if(members, [&](StepSet set) {
        const StepId first = *set.begin();
        return set.size() == 1 && !after[first.value].contains(first);
    });
    // By first step, so that a report reads in the order in which the steps were written.
    std::sort(members.begin(), members.end(), [](StepSet a, StepSet b) {
        return (*a.begin()).value < (*b.begin()).value;
    });
    return members;
}

}  // namespace

GraphFacts examine_graph(const std::vector<StepSet>& after) {
    CHECK(after.size() <= kStepsMax);
    const Graph graph = graph_of(after);
    GraphFacts facts;
    facts.cycles = cycles_of(graph, after);
    if (facts.cycles.empty()) {
        std::vector<std::size_t> reversed;
        boost::topological_sort(graph, std::back_inserter(reversed));
        CHECK(reversed.size() == after.size());
        std::transform(
            reversed.rbegin(), reversed.rend(), std::back_inserter(facts.order), step_at);
        return facts;
    }
    StepSet stuck;
    for (const StepSet cycle : facts.cycles) {
        stuck = stuck | cycle;
    }
    const StepSet knots = stuck;
    for (std::size_t round = 0; round < after.size(); ++round) {
        for (std::size_t step = 0; step < after.size(); ++step) {
            if (!(after[step] & stuck).empty()) {
                stuck.insert(step_at(step));
            }
        }
    }
    facts.unreachable = stuck - knots;
    return facts;
}

}  // namespace stormglass::sagas
