// From a scenario's faults, as a user writes them, to the simulator's. The file's words are those
// of the catalogue; the simulator's are its own.
#pragma once

#include <vector>

#include "runtime/result.hpp"
#include "scenarios/files/scenario.hpp"
#include "sim/fault.hpp"

namespace stormglass::scenarios {

/// Position in the result = position in `faults`. Fails with the fault's place in the file.
Result<sim::Schedule> translate(const std::vector<FaultSpec>& faults);

/// Whether a fault is the work of an adversary (and a run with it needs real signatures).
bool is_attack(std::string_view kind);

}  // namespace stormglass::scenarios
