// Repeating one history by its name, and making it smaller: what stands between a token (or a
// .replay file) and a run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/files/replay_file.hpp"
#include "scenarios/runs/run.hpp"
#include "scenarios/runs/sweep.hpp"

namespace stormglass::scenarios {

/// Names the run that `options` made: seed, what was kept, and what came of it.
sim::Token token_of(const Plan& plan, const RunOptions& options, const RunResult& result);

/// The options that repeat what a token names. `defect` is the caller's.
RunOptions options_of(const sim::Token& token, const PlantedDefect* defect);

/// Whether a run is the one that a token names, to the last bit.
bool is_repeated(const sim::Token& token, const RunResult& result);

/// Hex of the plan's file, as tokens have it.
std::uint64_t scenario_hash(const Plan& plan);

/// A failing run with its decisions by name, ready to be written.
ReplayFile replay_file(const Plan& plan,
                       const RunOptions& options,
                       const RunResult& result,
                       std::size_t check);

/// The smallest run found that violates the same check.
struct Smallest {
    RunOptions options;  // repeat it
    RunResult result;
    sim::Shrunk shrunk;
};

/// Requires: the run of `options` violates the plan's check number `check`.
Smallest smallest_run(const Plan& plan,
                      const RunOptions& options,
                      std::size_t check,
                      const sim::ShrinkLimits& limits);

/// Small letters, digits and hyphens out of any words; never empty, at most 60 characters.
std::string slug_of(std::string_view words);

}  // namespace stormglass::scenarios
