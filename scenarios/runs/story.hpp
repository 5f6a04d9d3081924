// A failure told for people: the sentence, what was expected and seen, the run's last events, and
// which of the injected faults it took.
#pragma once

#include <string>

#include "reports/results.hpp"
#include "scenarios/runs/sweep.hpp"

namespace stormglass::scenarios {

/// Runs the failure's seed again, once as it was and once with each fault masked. Signature, place
/// and repeat line are left to the caller.
reports::Failure tell_failure(const Plan& plan,
                              const FailureKind& failure,
                              const PlantedDefect* defect);

/// A hash of what a run may meet: faults with their targets, strengths and triggers, workload and
/// topology. Runs of equal profiles may be pooled.
std::string profile_hash(const Scenario& scenario);

}  // namespace stormglass::scenarios
