// The smallest review in which everything is in order; tests spoil one thing at a time.
#pragma once

#include "reports/results.hpp"

namespace stormglass::reports {

/// One claim "X" with one leg on scenario "s", everything in order: supported.
inline Results good() {
    Results out;
    out.provenance.started_at = "2026-01-01T00:00:00Z";
    ScenarioResult scenario;
    scenario.name = "s";
    scenario.runs = scenario.effective = 10'000;
    scenario.checks = {{"c", 10'000, 0, {}}};
    scenario.faults = {{"loss", "", true, 9, 9, 9, 9, 9, 1}};
    scenario.probes = {{"p", 5, true}};
    scenario.twins = {100, 0, ""};
    out.scenarios = {scenario};
    LegResult leg;
    leg.scenario = "s";
    leg.checks = {"c"};
    leg.needs_faults = {"loss"};
    leg.needs_probes = {"p"};
    leg.ran = true;
    leg.runs = leg.candidates = 10'000;
    leg.audited = leg.kept = 16;
    ClaimResult claim;
    claim.id = "X";
    claim.legs = {leg};
    claim.defects = {"d"};
    out.claims = {claim};
    DefectResult defect;
    defect.name = "d";
    defect.blocks = defect.blocks_caught = 20;
    defect.caught_by = {{"c", 20}};
    out.defects = {defect};
    return out;
}

inline LegResult& first_leg(Results& results) {
    return results.claims[0].legs[0];
}

}  // namespace stormglass::reports
