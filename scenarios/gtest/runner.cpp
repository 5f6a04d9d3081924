#include "scenarios/gtest/runner.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "scenarios/gtest/repeat.hpp"
#include "scenarios/runs/decisions.hpp"

namespace stormglass::trial {
namespace {

constexpr std::uint64_t kShrinkTries = 1'000;
constexpr double kShrinkSeconds = 10;
constexpr std::size_t kToldMax = 5;  // ways of failing

std::uint64_t first_seed(const Trial& trial) {
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::string name =
        test == nullptr ? std::string() : std::string(test->test_suite_name()) + "." + test->name();
    return chain64(trial.scenario().hash, name_hash(name)) >> 16;
}

/// What all runs together came by.
struct Shown {
    std::set<std::string> reached;
    std::vector<std::uint64_t> took_effect;
    std::map<std::string, Case> failures;  // the first of each way
    std::map<std::string, std::uint64_t> counts;

    void add(const Trial& trial, const Case& which, const Outcome& outcome) {
        reached.insert(outcome.reached.begin(), outcome.reached.end());
        took_effect.resize(outcome.faults.size());
        for (std::size_t i = 0; i < outcome.faults.size(); ++i) {
            took_effect[i] += outcome.faults[i].took_effect;
        }
        if (!outcome.holds()) {
            const std::string signature = signature_of(trial, outcome);
            failures.emplace(signature, which);
            ++counts[signature];
        }
    }
};

/// Runs that look different are often one way of failing once nothing is left in them that need not
/// be: one block for each.
void tell_failures(const Trial& trial, const Shown& shown, std::uint64_t runs) {
    const sim::ShrinkLimits limits = test_limits();
    std::map<std::string, std::pair<Case, std::uint64_t>> smallest;
    for (const auto& [signature, which] : shown.failures) {
        const bool broken = !trial.run(which).broken.empty();
        const std::string way =
            broken ? signature_of(trial, trial.smallest(which, limits).outcome) : signature;
        smallest.try_emplace(way, which, 0).first->second.second += shown.counts.at(signature);
    }
    std::size_t told = 0;
    for (const auto& [way, found] : smallest) {
        if (++told > kToldMax) {
            ADD_FAILURE() << "and " << smallest.size() - kToldMax << " more ways of failing";
            return;
        }
        Trial::TellOptions options;
        options.shrink = limits;
        options.count = found.second;
        options.of = runs;
        ADD_FAILURE() << trial.tell(found.first, options);
    }
}

/// A test that nothing happened in says nothing.
void tell_vacuity(const Trial& trial, const Shown& shown, std::uint64_t runs) {
    for (const std::string& probe : trial.probes()) {
        if (!shown.reached.contains(probe)) {
            ADD_FAILURE() << "inconclusive: no run of " << runs << " reached '" << probe << "'";
        }
    }
    for (std::size_t i = 0; i < shown.took_effect.size(); ++i) {
        if (shown.took_effect[i] == 0) {
            ADD_FAILURE() << "inconclusive: fault '"
                          << scenarios::fault_title(trial.scenario().faults, i)
                          << "' took no effect in any of " << runs << " runs";
        }
    }
}

}  // namespace

sim::ShrinkLimits test_limits() {
    const auto start = std::chrono::steady_clock::now();
    return {kShrinkTries, [start] {
                const std::chrono::duration<double> spent =
                    std::chrono::steady_clock::now() - start;
                return spent.count() > kShrinkSeconds;
            }};
}

void run_scenario_test(const Trial& trial, Seeds seeds) {
    ASSERT_EQ(trial.problems(), "");
    const Wish wish = wish_of_environment();
    ASSERT_EQ(wish.complaint, "");
    Shown shown;
    if (!wish.token.empty()) {
        const auto which = trial.from_token(wish.token);
        ASSERT_TRUE(which.ok()) << which.error().text;
        const Outcome outcome = trial.run(*which);
        if (trial.token(*which, outcome) != wish.token) {
            std::cout << "[ STORMGLASS] the run took another way than the token's: the code, or the"
                         " scenario's engine, has changed since\n";
        }
        shown.add(trial, *which, outcome);
        if (!outcome.holds()) {
            ADD_FAILURE() << trial.tell(*which, {});
        }
        return;
    }
    const std::uint64_t first = wish.seed.value_or(first_seed(trial));
    const std::uint64_t runs = wish.seed ? 1 : wish.seeds.value_or(seeds.count);
    for (std::uint64_t i = 0; i < runs; ++i) {
        const Case which{first + i, {}};
        shown.add(trial, which, trial.run(which));
    }
    tell_failures(trial, shown, runs);
    if (shown.failures.empty() && !wish.seed) {
        tell_vacuity(trial, shown, runs);
    }
}

}  // namespace stormglass::trial
