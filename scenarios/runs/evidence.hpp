// From sweeps and claims to the plain values that reports judge and show.
#pragma once

#include <string>
#include <vector>

#include "reports/results.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/document.hpp"
#include "scenarios/runs/story.hpp"
#include "scenarios/runs/sweep.hpp"

namespace stormglass::scenarios {

/// What was found out about one scenario.
struct Tried {
    const Plan* plan = nullptr;
    SweepResult sweep;
    std::uint64_t first_seed = 0;
    reports::TwinCount twins;
    double cpu_seconds = 0;
    std::string stopped;     // why it did not run to its end; empty when it did
    std::vector<Told> told;  // its failures, one for each signature
};

/// How a run is repeated: "stormglass run NAME --seed 0x..." with what else it takes.
std::string repeat_line(const std::string& program,
                        const Plan& plan,
                        std::uint64_t seed,
                        const PlantedDefect* defect);

/// The facts of a scenario; its failures as they were told.
reports::ScenarioResult scenario_result(const Tried& tried,
                                        const std::string& program,
                                        const PlantedDefect* defect);

/// The facts of every claim, legs filled from the scenarios that ran.
std::vector<reports::ClaimResult> claim_results(const Claims& claims,
                                                const std::vector<Tried>& tried);

/// Adds what the document says: its sentences, changed lines, lines without a claim.
void add_document(const Document& document, const DocumentMatch& match, reports::Results& results);

}  // namespace stormglass::scenarios
