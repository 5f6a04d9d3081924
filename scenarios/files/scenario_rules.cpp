// Judged on the decoded scenario; the tree is asked for places alone.
#include "scenarios/files/scenario_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::string_view kBroker = "broker";

/// The value at `faults[index].a.b`, or the nearest thing that exists.
const YamlNode& place_in_fault(const YamlNode& root,
                               std::size_t index,
                               std::string_view outer,
                               std::string_view inner) {
    const YamlNode* faults = root.find("faults");
    CHECK(faults != nullptr && index < faults->items.size());
    const YamlNode& entry = faults->items[index];
    const YamlNode* map = entry.find(outer);
    const YamlNode* value = map == nullptr ? nullptr : map->find(inner);
    return value != nullptr ? *value : map != nullptr ? *map : entry;
}

void check_node(const Reading& in,
                const YamlNode& at,
                const std::string& pattern,
                const std::vector<std::string>& nodes) {
    const bool any = std::any_of(nodes.begin(), nodes.end(), [&pattern](const std::string& node) {
        return matches_pattern(node, pattern);
    });
    if (!pattern.empty() && !any) {
        in.fail(at,
                "no node " + in_quotes(pattern) + " in this topology" + in.hint(pattern, nodes));
    }
}

/// Services talk to the broker, never to each other.
bool carries_messages(const std::string& from,
                      const std::string& to,
                      const std::vector<std::string>& nodes) {
    for (const std::string& a : nodes) {
        for (const std::string& b : nodes) {
            const bool star = (a == kBroker) != (b == kBroker);
            if (star && matches_pattern(a, from) && matches_pattern(b, to)) {
                return true;
            }
        }
    }
    return false;
}

void check_link(const Reading& in,
                const YamlNode& at,
                const TargetSpec& target,
                const std::vector<std::string>& nodes) {
    const std::size_t before = in.problems.count();
    const bool pair = at.is_list() && at.items.size() == 2;
    check_node(in, pair ? at.items[0] : at, target.link_from, nodes);
    check_node(in, pair ? at.items[1] : at, target.link_to, nodes);
    if (in.names.wiring == Names::Wiring::star && in.problems.count() == before &&
        !target.link_from.empty() && !target.link_to.empty() &&
        !carries_messages(target.link_from, target.link_to, nodes)) {
        in.fail(at,
                "link " + in_quotes(target.link_from + "->" + target.link_to) +
                    " carries no message in this topology: services talk to the broker only");
    }
}

void check_sides(const Reading& in,
                 const YamlNode& at,
                 const TargetSpec& target,
                 const std::vector<std::string>& nodes) {
    for (const std::vector<std::string>* side : {&target.first_side, &target.second_side}) {
        for (const std::string& node : *side) {
            check_node(in, at, node, nodes);
        }
    }
    for (const std::string& node : nodes) {
        const auto on = [&node](const std::vector<std::string>& side) {
            return std::any_of(side.begin(), side.end(), [&node](const std::string& pattern) {
                return matches_pattern(node, pattern);
            });
        };
        if (on(target.first_side) && on(target.second_side)) {
            in.fail(at, in_quotes(node) + " stands on both sides of the partition");
        }
    }
}

std::int64_t high(const std::optional<Range>& range) {
    return range.has_value() ? range->hi : 0;
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, " ");
    }
    return digits;
}

/// A bound as a percentage, rounded up; more than three decimals below 0.01 %.
std::string percent_up(double share) {
    const double percent = share * 100;
    int decimals = 3;
    for (double edge = 0.01; percent < edge && decimals < 9; edge /= 10) {
        ++decimals;
    }
    const double scale = std::pow(10.0, decimals);
    // The last digit must not rise because of a rounding error of the product itself.
    const double up = std::ceil(percent * scale - 1e-6) / scale;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, up);
    return text.data();
}

std::string percent_plain(double share) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.9g", share * 100);
    return text.data();
}

}  // namespace

bool matches_pattern(std::string_view name, std::string_view pattern) {
    if (pattern.ends_with('*')) {
        return name.starts_with(pattern.substr(0, pattern.size() - 1));
    }
    return name == pattern;
}

std::vector<std::string> node_names(const Topology& topology) {
    CHECK(!topology.services.empty());
    std::vector<std::string> nodes = {std::string(kBroker)};
    nodes.insert(nodes.end(), topology.services.begin(), topology.services.end());
    for (int standby = 2; standby <= topology.coordinators; ++standby) {
        nodes.push_back(topology.services.front() + "-" + std::to_string(standby));
    }
    return nodes;
}

void check_nodes(const Reading& in, const YamlNode& root, const Scenario& scenario) {
    const std::vector<std::string> nodes = node_names(scenario.topology);
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        const TargetSpec& target = scenario.faults[i].target;
        check_node(in, place_in_fault(root, i, "target", "node"), target.node, nodes);
        check_link(in, place_in_fault(root, i, "target", "link"), target, nodes);
        const YamlNode& sides = place_in_fault(root, i, "target", "sides");
        const YamlNode& cut = place_in_fault(root, i, "target", "cut");
        check_sides(in, sides.is_list() ? sides : cut, target, nodes);
    }
}

void check_windows(const Reading& in, const YamlNode& root, const Scenario& scenario) {
    const std::int64_t run = active_span(scenario).ns + scenario.quiesce.ns;
    const std::string length = write_quantity(run, ValueKind::duration);
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        const TriggerSpec& when = scenario.faults[i].trigger;
        const std::int64_t start = high(when.after);
        const std::int64_t window = high(when.duration);
        const auto words = [](std::int64_t ns) { return write_quantity(ns, ValueKind::duration); };
        if (start >= run) {
            in.fail(place_in_fault(root, i, "when", "after"),
                    "the fault starts at " + words(start) + ", after the end of the run (" +
                        length + ")");
        } else if (window > run) {
            in.fail(place_in_fault(root, i, "when", "for"),
                    "the window of " + words(window) + " is longer than the run (" + length + ")");
        } else if (start + window > run) {
            in.fail(place_in_fault(root, i, "when", "for"),
                    "the window may end at " + words(start + window) +
                        ", after the end of the run (" + length + ")");
        }
    }
}

void check_gate(const Reading& in, const YamlNode& root, const Scenario& scenario) {
    const YamlNode* gate = root.find("gate");
    if (gate == nullptr) {
        return;
    }
    const std::optional<std::string> few = too_few_seeds(
        scenario.gate.seeds, scenario.gate.max_failure_probability, scenario.gate.confidence);
    if (few.has_value()) {
        const YamlNode* seeds = gate->find("seeds");
        in.fail(seeds != nullptr ? *seeds : *gate, *few);
    }
}

std::optional<std::string> too_few_seeds(std::int64_t seeds, double target, double confidence) {
    const double bound = bound_without_failures(seeds, confidence);
    const std::int64_t needed = runs_needed(target, confidence);
    if (seeds >= needed) {
        return std::nullopt;
    }
    return grouped(seeds) + " seeds can show at most " + percent_up(bound) + " %, the target is " +
           percent_plain(target) + " %: needs " + grouped(needed);
}

double bound_without_failures(std::int64_t runs, double confidence) {
    CHECK(runs > 0 && confidence > 0 && confidence < 1);
    return -std::expm1(std::log1p(-confidence) / static_cast<double>(runs));
}

std::int64_t runs_needed(double target, double confidence) {
    CHECK(target > 0 && target < 1 && confidence > 0 && confidence < 1);
    auto runs = static_cast<std::int64_t>(std::ceil(std::log1p(-confidence) / std::log1p(-target)));
    runs = std::max<std::int64_t>(runs, 1);
    // The quotient may be off by a rounding error; the bound itself decides.
    while (runs > 1 && bound_without_failures(runs - 1, confidence) <= target) {
        --runs;
    }
    while (bound_without_failures(runs, confidence) > target) {
        ++runs;
    }
    return runs;
}

}  // namespace stormglass::scenarios
