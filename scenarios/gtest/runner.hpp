// Runs a user's scenario as one GoogleTest: many seeds, one failure for each way of failing, and a
// failure too when the runs showed nothing (a fault that never took effect, a probe never reached).
#pragma once

#include <cstdint>

#include "scenarios/gtest/trial.hpp"

namespace stormglass::trial {

struct Seeds {
    std::uint64_t count = 100;
};

/// How many runs a scenario test makes.
constexpr Seeds seeds(std::uint64_t count) {
    return {count};
}

/// Adds its findings to the GoogleTest that runs now. The seeds are the same in every run of the
/// test: they follow from its name and its scenario. STORMGLASS_SEED, STORMGLASS_SEEDS and
/// STORMGLASS_REPLAY choose others.
void run_scenario_test(const Trial& trial, Seeds seeds = {});

/// How far a failing run is narrowed down in a test.
sim::ShrinkLimits test_limits();

}  // namespace stormglass::trial
