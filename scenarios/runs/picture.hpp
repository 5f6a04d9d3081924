// What a reader should see of a failing run: the happenings that concern the violated thing, the
// most telling ones, in the order of time, on lanes.
#pragma once

#include "reports/results.hpp"
#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

/// Runs once more, up to the violation, and listens. `needed` are the positions of faults without
/// which the run passes: the picture says so beside them.
reports::Picture picture_of(const Plan& plan,
                            const RunOptions& options,
                            const Violation& violation,
                            const std::vector<std::size_t>& needed);

}  // namespace stormglass::scenarios
