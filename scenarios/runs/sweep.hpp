// Many runs of one scenario: on all cores, summed up in the order of seeds, with the audit of
// "took effect" by masked twins. What counts for which claim is decided later (evidence.hpp).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

/// A set of positions in a plan's checks, faults or probes, one bit each.
using Bits = std::uint64_t;

constexpr std::size_t kBitsMax = 64;

/// What is kept of each run.
struct RunSummary {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;
    std::uint64_t ledger_digest = 0;
    Bits consulted = 0;  // checks
    Bits violated = 0;   // checks
    Bits effect = 0;     // faults that took effect
    Bits reached = 0;    // probes of the plan
    Bits controls = 0;   // controls of the plan that failed, as some must
    bool audited = false;
    Bits idle = 0;  // audited: faults whose masking changed nothing that checks read
};

/// The first run that failed in a certain way, and how many did.
struct FailureKind {
    std::uint64_t seed = 0;
    std::uint64_t count = 0;
    std::size_t check = 0;  // position in plan.checks
    Violation violation;
};

struct SweepOptions {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 100;
    unsigned jobs = 1;
    const PlantedDefect* defect = nullptr;
    std::optional<Signing> signing;
    bool fail_fast = false;
    bool audit = true;
    const std::atomic<bool>* cancel = nullptr;
    /// Called from workers, one call at a time: runs done, runs failing so far.
    std::function<void(std::uint64_t done, std::uint64_t failing)> progress;
};

struct SweepResult {
    std::vector<RunSummary> runs;  // in the order of seeds, without holes
    std::vector<sim::FaultCounters> faults;
    std::vector<std::uint64_t> fault_runs;                  // runs in which each took effect
    std::vector<std::optional<std::uint64_t>> fault_first;  // first seed of those
    std::map<std::string, std::uint64_t> marks;             // COVER mark -> runs that reached it
    std::map<std::string, FailureKind> failures;            // by signature
    std::string unfinished;                                 // first run without a verdict, and why
    std::uint64_t events = 0;
    std::uint64_t virtual_ns = 0;
    std::uint64_t completed = 0;
    std::uint64_t compensated = 0;
    bool cancelled = false;

    std::uint64_t combined_hash() const;
};

SweepResult sweep(const Plan& plan, const SweepOptions& options);

/// Every declared fault took effect and every check was consulted.
bool is_effective(const Plan& plan, const RunSummary& run);

/// Bits 0 .. count-1.
constexpr Bits all_bits(std::size_t count) {
    return count >= kBitsMax ? ~Bits{0} : (Bits{1} << count) - 1;
}

/// Names of the faults that took effect in this run, in the order of the file.
std::vector<std::string> effective_faults(const Plan& plan, const RunSummary& run);

}  // namespace stormglass::scenarios
