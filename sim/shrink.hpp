// Shrinking: from a failing run to the smallest Reduction that still fails in the same way. Whole
// faults go first, then choices of the workload, then decisions of the faults that stay, again and
// again until nothing more can go. It knows no world: the caller runs the candidates.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/reduction.hpp"

namespace stormglass::sim {

/// What a run had to offer for leaving out.
struct RunSize {
    std::vector<std::uint32_t> decisions;  // of each fault, kept or not
    std::uint32_t choices = 0;             // of the workload, kept or not
    std::uint64_t events = 0;

    /// Decisions that acted and choices that were made.
    std::uint64_t kept_decisions(const Reduction& kept) const;
    std::uint64_t kept_choices(const Reduction& kept) const;
};

/// Runs a candidate. Its size when it still fails in the same way, else nothing.
using ShrinkProbe = std::function<std::optional<RunSize>(const Reduction&)>;

struct ShrinkLimits {
    std::uint64_t tries = 5'000;
    std::function<bool()> stop;  // asked before each try; empty: never
};

struct Shrunk {
    Reduction kept;
    RunSize size;
    std::uint64_t tries = 0;
    bool finished = false;  // nothing more can be left out by itself
};

/// Requires: `kept` fails, and `size` is what it showed.
Shrunk shrink(Reduction kept, RunSize size, const ShrinkProbe& probe, const ShrinkLimits& limits);

}  // namespace stormglass::sim
