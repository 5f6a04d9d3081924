// How soon a planted defect is noticed: blocks of fresh seeds, each ended by the first violation of
// the check that owns the defect.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/results.hpp"
#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

struct HuntOptions {
    std::uint64_t first_seed = 1;
    std::uint64_t blocks = 20;
    std::uint64_t block_limit = 1000;  // seeds after which a block gives up
    unsigned jobs = 1;
    const std::atomic<bool>* cancel = nullptr;
};

/// `repeat` of the result is left to the caller; `first_catch` is the seed that it should name.
struct Hunt {
    reports::DefectResult result;
    std::optional<std::uint64_t> first_catch;
};

/// Requires: the plan's checks contain the one that owns the defect.
Hunt hunt(const Plan& plan, const PlantedDefect& defect, const HuntOptions& options);

}  // namespace stormglass::scenarios
