// One run of a scenario: a world, its workload and faults, judged. A run is a pure function of
// (plan, seed, mask, rules): the same again anywhere, any time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/signing.hpp"
#include "scenarios/checks/check.hpp"
#include "scenarios/files/scenario.hpp"
#include "scenarios/runs/defect.hpp"
#include "sim/fault.hpp"
#include "sim/history.hpp"
#include "sim/shrink.hpp"

namespace stormglass::sim {
class Observer;
}

namespace stormglass::scenarios {

/// A scenario made ready: read, translated, with its checks looked up. Shared by all runs.
struct Plan {
    Scenario scenario;
    sim::Schedule schedule;                 // by position of scenario.faults
    std::vector<const CheckRow*> checks;    // always and eventually, each once
    std::vector<const CheckRow*> controls;  // must fail in some run, and are no failure
    std::vector<std::string> probes;        // sometimes
    std::vector<std::size_t> attacks;       // positions of an adversary's faults
};

/// Fails with FILE:LINE:COLUMN when the scenario asks for what no check or fault here can do.
Result<Plan> make_plan(Scenario scenario);

struct RunOptions {
    std::uint64_t seed = 1;
    std::vector<std::size_t> mask;      // faults that do not act
    sim::Reduction kept;                // decisions of the others that act, orders that are placed
    std::vector<sim::Recall> recall;    // instead of kept.faults: decisions by what they are about
    sim::Observer* observer = nullptr;  // of the run itself, not of a twin; must outlive it
    const PlantedDefect* defect = nullptr;
    std::optional<Signing> signing;  // instead of the scenario's
    enum class Tell : std::uint8_t { verdict, story } tell = Tell::verdict;
    /// Whether a run under attack is compared with its twin without the attack.
    enum class Compare : std::uint8_t { yes, no } compare = Compare::yes;
    /// Signing to share with a twin of the same world: it has verified most of it already.
    std::shared_ptr<stormglass::Signing> keys;
    std::uint64_t record_from = 0;  // events of the trace to keep whole
    std::uint64_t record_count = 0;
};

struct CheckVerdict {
    bool consulted = false;
    std::vector<Violation> violations;
};

struct RunResult {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;           // of the trace
    std::uint64_t ledger_digest = 0;  // of what checks read, times left out
    std::uint64_t domain_digest = 0;  // outcomes and effects of the sagas
    std::uint64_t events = 0;
    std::uint64_t virtual_ns = 0;
    std::vector<CheckVerdict> checks;    // by position of plan.checks
    std::vector<CheckVerdict> controls;  // by position of plan.controls
    std::vector<sim::FaultCounters> faults;
    sim::RunSize size;               // what it had to offer for leaving out
    std::vector<std::string> marks;  // probes reached
    std::uint32_t completed = 0;
    std::uint32_t compensated = 0;
    std::string unfinished;  // why it has no verdict (budget, stall); empty normally
    // Only when told as a story:
    std::string history;  // NDJSON

    bool failed() const;

    /// By position of plan.checks.
    bool violates(std::size_t check) const { return !checks[check].violations.empty(); }

    /// Every declared fault took effect and every check was consulted.
    bool effective() const;
};

RunResult run_once(const Plan& plan, const RunOptions& options);

/// The last lines of that run's trace up to `at`, oldest first, with their notes.
std::string lines_until(const Plan& plan, const RunOptions& options, MonotonicTime at);

}  // namespace stormglass::scenarios
