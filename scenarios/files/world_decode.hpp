// The parts of a scenario that describe what runs: topology and workload.
// Their rules with other parts (do faults name existing nodes?) stand in scenario_rules.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/scenario.hpp"

namespace stormglass::scenarios {

void read_topology(const Reading& in, const YamlNode& at, Topology& out);
void read_workload(const Reading& in, const YamlNode& at, Workload& out);

/// A name of small letters, digits and hyphens.
void read_slug(const Reading& in, std::string_view name, const YamlNode& at, std::string& out);

std::vector<FieldHelp> topology_fields();
std::vector<FieldHelp> workload_fields();

}  // namespace stormglass::scenarios
