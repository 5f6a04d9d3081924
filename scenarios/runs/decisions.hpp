// The decisions of faults that acted in a run, each with its number, what it was about and a name
// that survives unrelated changes of the code: "crash orders at saga.decision-acknowledged".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/files/replay_file.hpp"
#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

/// Runs it once more and listens. In the order of time.
std::vector<NamedDecision> decisions_of(const Plan& plan, const RunOptions& options);

/// The decisions as they are recalled where numbers have moved; one entry for each fault.
std::vector<sim::Recall> recall_of(const Plan& plan, const std::vector<NamedDecision>& decisions);

/// How a fault is called among the others of its plan: its kind, and which one where it has twins.
std::string fault_title(const Plan& plan, std::size_t fault);

}  // namespace stormglass::scenarios
