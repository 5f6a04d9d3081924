// Boost.Graph stays in this file: compressed sparse rows and strong components.
#include "sim/checks/txn/graph.hpp"

#include <algorithm>
#include <deque>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

#include "runtime/check.hpp"

namespace stormglass::sim::checks {
namespace {

using Rows = boost::compressed_sparse_row_graph<boost::directedS,
                                                boost::no_property,
                                                boost::no_property,
                                                boost::no_property,
                                                std::uint32_t,
                                                std::uint32_t>;

constexpr std::uint32_t kNoEdge = KeyTable::kAbsent;

/// The masked edges as rows, by counting; filled from behind, so that the ends of rows become their
/// begins in place.
Rows rows_of(const Graph& graph, EdgeKinds mask) {
    Rows rows;
    auto& begins = rows.m_forward.m_rowstart;
    begins.assign(graph.vertices + 1, 0);
    for (std::size_t i = 0; i < graph.from.size(); ++i) {
        begins[graph.from[i]] += (graph.kinds[i] & mask) != 0 ? 1U : 0U;
    }
    for (std::uint32_t v = 0; v < graph.vertices; ++v) {
        begins[v + 1] += begins[v];
    }
    rows.m_forward.m_column.resize(begins.back());
    for (std::size_t i = graph.from.size(); i-- > 0;) {
        if ((graph.kinds[i] & mask) != 0) {
            rows.m_forward.m_column[--begins[graph.from[i]]] = graph.to[i];
        }
    }
    return rows;
}

}  // namespace

Components strong_components(const Graph& graph, EdgeKinds mask) {
    Components out;
    out.of.assign(graph.vertices, 0);
    if (graph.vertices == 0) {
        return out;
    }
    const Rows rows = rows_of(graph, mask);
    std::vector<std::uint32_t> roots(graph.vertices);
    std::vector<std::uint32_t> times(graph.vertices);
    const auto index = boost::get(boost::vertex_index, rows);
    out.count = boost::strong_components(
        rows,
        boost::make_iterator_property_map(out.of.begin(), index),
        boost::root_map(boost::make_iterator_property_map(roots.begin(), index))
            .discover_time_map(boost::make_iterator_property_map(times.begin(), index)));
    out.bytes = (std::uint64_t{graph.vertices} * 5 + rows.m_forward.m_column.size()) * 4;
    return out;
}

bool acyclic_order(Graph graph, std::vector<std::uint32_t>& order, std::uint64_t& bytes) {
    const Rows rows = rows_of(graph, 0xff);
    const std::uint32_t vertices = graph.vertices;
    const std::uint64_t rows_bytes =
        (std::uint64_t{vertices} + 1 + rows.m_forward.m_column.size()) * sizeof(std::uint32_t);
    bytes = std::max(bytes, graph.bytes() + rows_bytes);
    const std::uint32_t real = graph.real;
    graph = Graph();
    std::vector<std::uint32_t> before(vertices, 0);  // predecessors not placed yet
    for (const std::uint32_t to : rows.m_forward.m_column) {
        ++before[to];
    }
    order.clear();
    order.reserve(vertices);
    for (std::uint32_t v = 0; v < vertices; ++v) {
        if (before[v] == 0) {
            order.push_back(v);
        }
    }
    for (std::size_t at = 0; at < order.size(); ++at) {
        const auto& begins = rows.m_forward.m_rowstart;
        for (std::uint32_t i = begins[order[at]]; i < begins[order[at] + 1]; ++i) {
            if (--before[rows.m_forward.m_column[i]] == 0) {
                order.push_back(rows.m_forward.m_column[i]);
            }
        }
    }
    bytes = std::max(bytes, rows_bytes + std::uint64_t{vertices} * 2 * sizeof(std::uint32_t));
    const bool acyclic = order.size() == vertices;
    std::erase_if(order, [real](std::uint32_t vertex) { return vertex >= real; });
    return acyclic;
}

CycleFinder::CycleFinder(const Graph& graph, const std::vector<std::uint32_t>& edges)
    : graph_(graph) {
    for (const std::uint32_t edge : edges) {
        names_.push_back(graph.from[edge]);
        names_.push_back(graph.to[edge]);
    }
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    const auto local = [this](std::uint32_t vertex) {
        return static_cast<std::uint32_t>(std::lower_bound(names_.begin(), names_.end(), vertex) -
                                          names_.begin());
    };
    local_.vertices = static_cast<std::uint32_t>(names_.size());
    local_.real = local(graph.real);
    for (const std::uint32_t edge : edges) {
        local_.add(local(graph.from[edge]), local(graph.to[edge]), graph.kinds[edge]);
    }
    out_at_.assign(names_.size() + 1, 0);
    for (const std::uint32_t from : local_.from) {
        ++out_at_[from + 1];
    }
    for (std::size_t v = 0; v < names_.size(); ++v) {
        out_at_[v + 1] += out_at_[v];
    }
    out_.resize(local_.from.size());
    std::vector<std::uint32_t> next(out_at_.begin(), out_at_.end() - 1);
    for (std::uint32_t edge = 0; edge < local_.from.size(); ++edge) {
        out_[next[local_.from[edge]]++] = edge;
    }
}

std::vector<std::uint32_t> CycleFinder::components_of(EdgeKinds mask) {
    return strong_components(local_, mask).of;
}

std::optional<std::vector<CycleStep>> CycleFinder::find(const CycleShape& shape,
                                                        const Budget& budget) {
    constexpr int kTriedMax = 64;  // first edges; existence needs one, shortness profits from more
    std::optional<std::vector<CycleStep>> best;
    // Which first edge a class needs is not known before: G-single may need the very last one.
    const std::vector<std::uint32_t> component =
        components_of(static_cast<EdgeKinds>(shape.mask | kOnward));
    int found = 0;
    for (std::uint32_t edge = 0; edge < local_.from.size(); ++edge) {
        const bool inside = component[local_.from[edge]] == component[local_.to[edge]];
        if (!inside || (local_.kinds[edge] & shape.first) == 0) {
            continue;
        }
        auto cycle = through(edge, shape, component);
        if (cycle.has_value() && (!best.has_value() || cycle->size() < best->size())) {
            best = std::move(cycle);
        }
        found += best.has_value() ? 1 : 0;
        if (found >= kTriedMax || (best.has_value() && (best->size() <= 2 || budget.expired()))) {
            break;
        }
    }
    return best;
}

/// Breadth first from the end of the edge back to its start, in steps between transactions. The
/// state remembers which required kinds occurred (bits 0, 1) and whether the last edge was rw (2).
std::optional<std::vector<CycleStep>> CycleFinder::through(
    std::uint32_t edge, const CycleShape& shape, const std::vector<std::uint32_t>& component) {
    constexpr std::uint32_t kStates = 8;
    const EdgeKinds wanted_low = shape.required & (kWr | kWw);
    const EdgeKinds wanted_high = shape.required & (kProcess | kRealtime);
    const auto after = [&](std::uint32_t state, EdgeKinds kind) {
        state |= (kind & wanted_low) != 0 ? 1U : 0U;
        state |= (kind & wanted_high) != 0 ? 2U : 0U;
        return kind == kOnward ? state : (state & 3U) | (kind == kRw ? 4U : 0U);
    };
    const std::uint32_t needed = (wanted_low != 0 ? 1U : 0U) | (wanted_high != 0 ? 2U : 0U);
    const EdgeKinds allowed =
        static_cast<EdgeKinds>((shape.elsewhere != 0 ? shape.elsewhere : shape.mask) | kOnward);
    const std::uint32_t goal = local_.from[edge];
    reached_.assign(std::size_t{kStates} * local_.vertices, kNoEdge);
    steps_.assign(std::size_t{kStates} * local_.vertices, kNoEdge);  // the state before
    std::deque<Node> queue;
    const std::uint32_t begin = after(0, local_.kinds[edge]);
    const auto place = [&](std::uint32_t vertex, std::uint32_t state) {
        return std::size_t{vertex} * kStates + state;
    };
    reached_[place(local_.to[edge], begin)] = edge;
    queue.push_back({local_.to[edge], static_cast<std::uint8_t>(begin)});
    while (!queue.empty()) {
        const Node node = queue.front();
        queue.pop_front();
        const bool closes = node.vertex == goal && (node.state & needed) == needed &&
                            !(shape.rw_apart && (node.state & 4U) != 0);
        if (closes) {
            std::vector<std::uint32_t> edges;
            std::uint32_t vertex = node.vertex;
            std::uint32_t state = node.state;
            while (true) {
                const std::uint32_t led = reached_[place(vertex, state)];
                edges.push_back(led);
                if (led == edge && steps_[place(vertex, state)] == kNoEdge) {
                    break;
                }
                state = steps_[place(vertex, state)];
                vertex = local_.from[led];
            }
            std::reverse(edges.begin(), edges.end());
            return contracted(edges);
        }
        for (std::uint32_t at = out_at_[node.vertex]; at < out_at_[node.vertex + 1]; ++at) {
            const std::uint32_t out = out_[at];
            const EdgeKinds kind = local_.kinds[out];
            const std::uint32_t target = local_.to[out];
            const bool twice = shape.rw_apart && kind == kRw && (node.state & 4U) != 0;
            if ((kind & allowed) == 0 || twice || component[target] != component[goal]) {
                continue;
            }
            const std::uint32_t state = after(node.state, kind);
            if (reached_[place(target, state)] != kNoEdge) {
                continue;
            }
            reached_[place(target, state)] = out;
            steps_[place(target, state)] = node.state;
            const Node next = {target, static_cast<std::uint8_t>(state)};
            if (target < local_.real) {
                queue.push_back(next);
            } else {
                queue.push_front(next);  // helpers cost nothing
            }
        }
    }
    return std::nullopt;
}

std::vector<CycleStep> CycleFinder::contracted(const std::vector<std::uint32_t>& edges) const {
    std::vector<CycleStep> steps;
    std::vector<std::uint32_t> rotated = edges;
    // Begin at a transaction, so that an edge into a helper and its way on are one step.
    const auto first = std::find_if(rotated.begin(), rotated.end(), [this](std::uint32_t edge) {
        return local_.from[edge] < local_.real;
    });
    std::rotate(rotated.begin(), first, rotated.end());
    for (const std::uint32_t edge : rotated) {
        if (local_.from[edge] < local_.real) {
            steps.push_back({names_[local_.from[edge]], local_.kinds[edge]});
        }
    }
    return steps;
}

}  // namespace stormglass::sim::checks
