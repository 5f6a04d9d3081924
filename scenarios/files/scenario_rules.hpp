// Rules between the keys of a scenario: do targets exist in the topology, do links carry messages,
// do windows end with the run, can the seeds show what the gate asks.
#pragma once

#include "scenarios/files/decode.hpp"
#include "scenarios/files/scenario.hpp"

namespace stormglass::scenarios {

/// A pattern is a name, or a beginning with "*" after it; "*" alone is every name.
bool matches_pattern(std::string_view name, std::string_view pattern);

/// The broker, the services, and the coordinator's standbys.
std::vector<std::string> node_names(const Topology& topology);

void check_nodes(const Reading& in, const YamlNode& root, const Scenario& scenario);
void check_windows(const Reading& in, const YamlNode& root, const Scenario& scenario);
void check_gate(const Reading& in, const YamlNode& root, const Scenario& scenario);

/// "10 000 seeds can show at most 0.030 %, the target is 0.01 %: needs 29 956", or nothing when
/// the seeds suffice.
std::optional<std::string> too_few_seeds(std::int64_t seeds, double target, double confidence);

}  // namespace stormglass::scenarios
