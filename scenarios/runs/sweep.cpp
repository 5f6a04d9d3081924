#include "scenarios/runs/sweep.hpp"

#include <algorithm>
#include <mutex>

#include "runtime/check.hpp"
#include "runtime/random.hpp"
#include "sim/explore/parallel.hpp"

namespace stormglass::scenarios {
namespace {

constexpr Site kAuditSite = "sweep.audit";
constexpr std::uint64_t kAuditedFirst = 16;      // effective runs, all audited
constexpr std::uint32_t kAuditedLater = 10'000;  // parts per million of the others

RunOptions run_options(const SweepOptions& options, std::uint64_t seed) {
    RunOptions run;
    run.seed = seed;
    run.defect = options.defect;
    run.signing = options.signing;
    return run;
}

RunSummary summarise(const Plan& plan, const RunResult& result) {
    RunSummary run;
    run.seed = result.seed;
    run.hash = result.hash;
    run.ledger_digest = result.ledger_digest;
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        run.consulted |= Bits{result.checks[i].consulted} << i;
        run.violated |= Bits{!result.checks[i].violations.empty()} << i;
    }
    for (std::size_t i = 0; i < plan.controls.size(); ++i) {
        run.controls |= Bits{!result.controls[i].violations.empty()} << i;
    }
    for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
        run.effect |= Bits{result.faults[i].took_effect > 0} << i;
    }
    for (std::size_t i = 0; i < plan.probes.size(); ++i) {
        const bool reached = std::find(result.marks.begin(), result.marks.end(), plan.probes[i]) !=
                             result.marks.end();
        run.reached |= Bits{reached} << i;
    }
    return run;
}

/// A way of failing: the check, and which kinds of faults were at work.
std::string signature_of(const Plan& plan, const RunSummary& run, std::size_t check) {
    std::string signature(plan.checks[check]->slug);
    const auto faults = effective_faults(plan, run);
    for (const std::string& fault : faults) {
        signature += signature.find('|') == signature.npos ? " | " : " + ";
        signature += fault;
    }
    return signature;
}

/// Adds up one worker's runs; merged in the end, so that no lock is held while a world runs.
class Tally {
  public:
    explicit Tally(const Plan& plan) : plan_(plan) {
        sums_.faults.resize(plan.schedule.size());
        sums_.fault_runs.resize(plan.schedule.size());
        sums_.fault_first.resize(plan.schedule.size());
    }

    void add(const RunResult& result) {
        const RunSummary run = summarise(plan_, result);
        for (std::size_t i = 0; i < plan_.schedule.size(); ++i) {
            add_fault(i, result.faults[i], result.seed);
        }
        for (const std::string& mark : result.marks) {
            ++sums_.marks[mark];
        }
        for (std::size_t i = 0; i < plan_.checks.size(); ++i) {
            if (!result.checks[i].violations.empty()) {
                add_failure(signature_of(plan_, run, i),
                            {result.seed, 1, i, result.checks[i].violations.front()});
            }
        }
        if (sums_.unfinished.empty() && !result.unfinished.empty()) {
            sums_.unfinished = "seed " + std::to_string(result.seed) + ": " + result.unfinished;
        }
        sums_.events += result.events;
        sums_.virtual_ns += result.virtual_ns;
        sums_.completed += result.completed;
        sums_.compensated += result.compensated;
        sums_.runs.push_back(run);
    }

    void merge(Tally&& other) {
        SweepResult& theirs = other.sums_;
        for (std::size_t i = 0; i < plan_.schedule.size(); ++i) {
            sums_.faults[i].armed += theirs.faults[i].armed;
            sums_.faults[i].eligible += theirs.faults[i].eligible;
            sums_.faults[i].fired += theirs.faults[i].fired;
            sums_.faults[i].took_effect += theirs.faults[i].took_effect;
            sums_.fault_runs[i] += theirs.fault_runs[i];
            auto& first = sums_.fault_first[i];
            if (theirs.fault_first[i] && (!first || *theirs.fault_first[i] < *first)) {
                first = theirs.fault_first[i];
            }
        }
        for (const auto& [mark, count] : theirs.marks) {
            sums_.marks[mark] += count;
        }
        for (auto& [signature, failure] : theirs.failures) {
            add_failure(signature, std::move(failure));
        }
        if (sums_.unfinished.empty()) {
            sums_.unfinished = std::move(theirs.unfinished);
        }
        sums_.events += theirs.events;
        sums_.virtual_ns += theirs.virtual_ns;
        sums_.completed += theirs.completed;
        sums_.compensated += theirs.compensated;
        sums_.runs.insert(sums_.runs.end(), theirs.runs.begin(), theirs.runs.end());
    }

    SweepResult take() {
        std::sort(sums_.runs.begin(),
                  sums_.runs.end(),
                  [](const RunSummary& a, const RunSummary& b) { return a.seed < b.seed; });
        return std::move(sums_);
    }

  private:
    void add_fault(std::size_t fault, const sim::FaultCounters& counters, std::uint64_t seed) {
        sums_.faults[fault].armed += counters.armed;
        sums_.faults[fault].eligible += counters.eligible;
        sums_.faults[fault].fired += counters.fired;
        sums_.faults[fault].took_effect += counters.took_effect;
        if (counters.took_effect > 0) {
            ++sums_.fault_runs[fault];
            auto& first = sums_.fault_first[fault];
            first = std::min(first.value_or(seed), seed);
        }
    }

    void add_failure(const std::string& signature, FailureKind failure) {
        const auto [known, is_new] = sums_.failures.try_emplace(signature, failure);
        if (is_new) {
            return;
        }
        const std::uint64_t count = known->second.count + failure.count;
        if (failure.seed < known->second.seed) {
            known->second = std::move(failure);
        }
        known->second.count = count;
    }

    const Plan& plan_;
    SweepResult sums_;
};

/// Which runs are audited: the first effective ones, every failing one, and a few of the rest.
std::vector<std::size_t> audited_runs(const Plan& plan, const std::vector<RunSummary>& runs) {
    std::vector<std::size_t> chosen;
    std::uint64_t effective = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool counts = is_effective(plan, runs[i]);
        effective += counts ? 1 : 0;
        const bool drawn = happens(keyed_draw(runs[i].seed, kAuditSite.hash, {}), kAuditedLater);
        // A claim may need fewer faults than the scenario declares: its runs are among those in
        // which anything took effect at all.
        const bool sampled = drawn && runs[i].effect != 0;
        if (runs[i].violated != 0 || sampled || (counts && effective <= kAuditedFirst)) {
            chosen.push_back(i);
        }
    }
    return chosen;
}

/// Runs again with one fault masked at a time; a fault that changed nothing is struck.
void audit(const Plan& plan, const SweepOptions& options, RunSummary& run) {
    for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
        if ((run.effect >> fault & 1) == 0) {
            continue;
        }
        RunOptions masked = run_options(options, run.seed);
        masked.mask = {fault};
        masked.compare = RunOptions::Compare::no;
        const RunResult twin = run_once(plan, masked);
        run.idle |= Bits{twin.ledger_digest == run.ledger_digest} << fault;
    }
    run.audited = true;
}

void audit_all(const Plan& plan, const SweepOptions& options, std::vector<RunSummary>& runs) {
    constexpr std::size_t kAuditsMax = 400;  // of failing runs too: a broken build fails in all
    std::vector<std::size_t> chosen = audited_runs(plan, runs);
    chosen.resize(std::min(chosen.size(), kAuditsMax));
    sim::parallel_for_seeds(
        0,
        chosen.size(),
        options.jobs,
        [&](std::uint64_t i, unsigned) {
            audit(plan, options, runs[chosen[i]]);
            return sim::Sweep::go_on;
        },
        options.cancel);
}

}  // namespace

bool is_effective(const Plan& plan, const RunSummary& run) {
    return run.effect == all_bits(plan.schedule.size()) &&
           run.consulted == all_bits(plan.checks.size());
}

std::vector<std::string> effective_faults(const Plan& plan, const RunSummary& run) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
        if ((run.effect >> i & 1) != 0) {
            names.emplace_back(sim::kind_name(plan.schedule[i]));
        }
    }
    return names;
}

std::uint64_t SweepResult::combined_hash() const {
    std::uint64_t state = 0;
    for (const RunSummary& run : runs) {
        state = chain64(state, run.hash);
    }
    return state;
}

SweepResult sweep(const Plan& plan, const SweepOptions& options) {
    CHECK(plan.schedule.size() <= kBitsMax);
    CHECK(plan.checks.size() <= kBitsMax);
    const unsigned jobs = std::max(1U, options.jobs);
    std::vector<Tally> tallies(jobs, Tally(plan));
    std::mutex progress_lock;
    std::uint64_t done = 0;
    std::uint64_t failing = 0;
    const auto outcome = sim::parallel_for_seeds(
        options.first_seed,
        options.seeds,
        jobs,
        [&](std::uint64_t seed, unsigned worker) {
            const RunResult result = run_once(plan, run_options(options, seed));
            tallies[worker].add(result);
            const std::lock_guard lock(progress_lock);
            ++done;
            failing += result.failed() ? 1 : 0;
            if (options.progress) {
                options.progress(done, failing);
            }
            return options.fail_fast && result.failed() ? sim::Sweep::stop : sim::Sweep::go_on;
        },
        options.cancel);
    for (unsigned worker = 1; worker < jobs; ++worker) {
        tallies[0].merge(std::move(tallies[worker]));
    }
    SweepResult result = tallies[0].take();
    result.cancelled = options.cancel != nullptr && options.cancel->load();
    CHECK(result.runs.size() == outcome.done);
    if (options.audit && !result.cancelled) {
        audit_all(plan, options, result.runs);
    }
    return result;
}

}  // namespace stormglass::scenarios
