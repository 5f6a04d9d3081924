// Controls: checks that must fail, since their scenario lacks what a line of the document asks for.
// They are no failure of the scenario; that they fail shows that the check can see it, and what the
// line is worth without.
#pragma once

#include "reports/results.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/runs/sweep.hpp"

namespace stormglass::scenarios {

/// A control that no run failed is reported as a probe that no run reached.
void add_controls(const Plan& plan, const SweepResult& sweep, reports::ScenarioResult& result);

/// Cases are the runs in which `effective` bits of each need took effect; passed are those in which
/// every check of the leg failed. Requires: a leg of method control.
void count_control(const Plan& plan,
                   const SweepResult& sweep,
                   const std::vector<Bits>& needs,
                   reports::LegResult& leg);

}  // namespace stormglass::scenarios
