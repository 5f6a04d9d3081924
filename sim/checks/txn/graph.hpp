// Graph: typed edges between transactions, and the questions asked of it. Vertices beyond the
// transactions only help: an instant of time, or "everything after the last read of a list"; edges
// out of such a list helper are `onward` and continue the edge that led in.
#pragma once

#include <optional>
#include <vector>

#include "sim/checks/budget.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {

using EdgeKinds = std::uint8_t;

inline constexpr EdgeKinds kWw = 1;
inline constexpr EdgeKinds kWr = 2;
inline constexpr EdgeKinds kRw = 4;
inline constexpr EdgeKinds kProcess = 8;
inline constexpr EdgeKinds kRealtime = 16;
inline constexpr EdgeKinds kOnward = 32;

struct Graph {
    std::uint32_t real = 0;      // vertices that stand for transactions
    std::uint32_t vertices = 0;  // all
    std::vector<std::uint32_t> from;
    std::vector<std::uint32_t> to;
    std::vector<EdgeKinds> kinds;

    void add(std::uint32_t a, std::uint32_t b, EdgeKinds kind) {
        if (a != b) {
            from.push_back(a);
            to.push_back(b);
            kinds.push_back(kind);
        }
    }

    std::uint32_t add_helper() { return vertices++; }

    void reserve(std::size_t edges) {
        from.reserve(edges);
        to.reserve(edges);
        kinds.reserve(edges);
    }

    std::uint64_t bytes() const { return from.capacity() * 9; }
};

struct Components {
    std::vector<std::uint32_t> of;  // component of each vertex
    std::uint32_t count = 0;
    std::uint64_t bytes = 0;  // at its largest, the adjacency included
};

/// Strong components of the graph of the masked edges.
Components strong_components(const Graph& graph, EdgeKinds mask);

/// Takes the graph and frees it. True when it has no cycle; `order` is then its transactions, every
/// edge going forward. One sweep from what nothing precedes, with no stack, so that the long chains
/// of real time cost no memory. `bytes` grows to the peak.
bool acyclic_order(Graph graph, std::vector<std::uint32_t>& order, std::uint64_t& bytes);

struct CycleStep {
    std::uint32_t vertex = 0;  // a transaction
    EdgeKinds kind = 0;        // of the edge to the next one
};

/// What a cycle must be like, beyond the mask.
struct CycleShape {
    EdgeKinds mask = 0;
    EdgeKinds first = 0;      // kinds of its first edge
    EdgeKinds required = 0;   // must occur after the first edge, or in it
    EdgeKinds elsewhere = 0;  // kinds allowed after the first edge; 0: as the mask
    bool rw_apart = false;    // no two rw edges follow each other
};

class CycleFinder {
  public:
    /// `within`: a component of the graph; only its edges are looked at.
    CycleFinder(const Graph& graph, const std::vector<std::uint32_t>& edges);

    /// A shortest cycle of the shape through some first edge (in number of transactions; the first
    /// few first edges are compared), or nothing.
    std::optional<std::vector<CycleStep>> find(const CycleShape& shape, const Budget& budget);

  private:
    struct Node {
        std::uint32_t vertex;
        std::uint8_t state;
    };

    std::optional<std::vector<CycleStep>> through(std::uint32_t edge,
                                                  const CycleShape& shape,
                                                  const std::vector<std::uint32_t>& component);
    std::vector<std::uint32_t> components_of(EdgeKinds mask);
    std::vector<CycleStep> contracted(const std::vector<std::uint32_t>& edges) const;

    const Graph& graph_;
    Graph local_;                        // the component, renumbered
    std::vector<std::uint32_t> names_;   // local vertex -> vertex
    std::vector<std::uint32_t> out_at_;  // edges by their start
    std::vector<std::uint32_t> out_;
    std::vector<std::uint32_t> reached_;  // by state and vertex: edge that led there, or kNoEdge
    std::vector<std::uint32_t> steps_;
};

}  // namespace stormglass::sim::checks
