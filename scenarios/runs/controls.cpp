#include "scenarios/runs/controls.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

void add_controls(const Plan& plan, const SweepResult& sweep, reports::ScenarioResult& result) {
    for (std::size_t i = 0; i < plan.controls.size(); ++i) {
        reports::ProbeCount count{"control " + std::string(plan.controls[i]->slug), 0, true};
        for (const RunSummary& run : sweep.runs) {
            count.runs_reached += run.controls >> i & 1;
        }
        result.probes.push_back(std::move(count));
    }
}

void count_control(const Plan& plan,
                   const SweepResult& sweep,
                   const std::vector<Bits>& needs,
                   reports::LegResult& leg) {
    CHECK(leg.method == reports::Method::control);
    Bits wanted = 0;
    for (std::size_t i = 0; i < plan.controls.size(); ++i) {
        const bool listed =
            std::find(leg.checks.begin(), leg.checks.end(), plan.controls[i]->slug) !=
            leg.checks.end();
        wanted |= Bits{listed} << i;
    }
    for (const RunSummary& run : sweep.runs) {
        const bool counts = std::all_of(
            needs.begin(), needs.end(), [&](Bits faults) { return (run.effect & faults) != 0; });
        leg.cases += counts ? 1 : 0;
        leg.cases_passed += counts && (run.controls & wanted) == wanted ? 1 : 0;
    }
}

}  // namespace stormglass::scenarios
