// One entry of `faults`: kind, target, parameters and trigger, judged by the kind's rule. A broken
// entry still yields a FaultSpec, so that entries and values stay in step.
#pragma once

#include <vector>

#include "scenarios/files/decode.hpp"
#include "scenarios/files/scenario.hpp"

namespace stormglass::scenarios {

FaultSpec read_fault(const Reading& in, const YamlNode& entry);

std::vector<FieldHelp> fault_fields();

}  // namespace stormglass::scenarios
