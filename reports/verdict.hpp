// From facts to words: the status of every claim by twelve rules, the first that matches wins, and
// the exit code of the whole. A refutation always wins; nothing is scored or averaged.
#pragma once

#include <set>
#include <string>

#include "reports/results.hpp"

namespace stormglass::reports {

/// Fills everything that stands under "judged" in the claims and legs. Facts that the scenarios'
/// own counters contradict are corrected towards the worse. Judging twice changes nothing.
void judge(Results& results);

/// What the results themselves cannot know.
struct ExitFacts {
    bool internal_error = false;
    bool output_failed = false;
    std::set<std::string> allowed;  ///< ids of claims that may be inconclusive or not tested
};

/// 70, 74, 130 (interrupted), 3 (nondeterministic), 1 (refuted), 2 (something not shown), 0. A line
/// that only its control refutes is not shown: what is known to be missing breaks no build.
[[nodiscard]] int exit_code(const Results& results, const ExitFacts& facts);

/// Every line with its status: claims without their parts, and the unclaimed lines.
struct StatusCounts {
    std::uint64_t refuted = 0;
    std::uint64_t inconclusive = 0;
    std::uint64_t not_tested = 0;
    std::uint64_t waived = 0;
    std::uint64_t supported = 0;

    std::uint64_t all() const { return refuted + inconclusive + not_tested + waived + supported; }
};

[[nodiscard]] StatusCounts count_statuses(const Results& results);

/// What a scenario alone says, without any claim.
enum class Outcome { failed, nondeterministic, inconclusive, passed };

struct ScenarioVerdict {
    Outcome outcome = Outcome::passed;
    std::string why;  ///< one sentence; empty when passed
};

[[nodiscard]] ScenarioVerdict judge_scenario(const ScenarioResult& scenario);

/// Runs of it that violated a check, whether they count or not: the most of any one check.
[[nodiscard]] std::uint64_t failing_runs(const ScenarioResult& scenario);

[[nodiscard]] const ScenarioResult* find_scenario(const Results& results, const std::string& name);

/// Whether the fault `kind` (of any role) or `kind@role` took effect in any run of it.
[[nodiscard]] bool took_effect(const ScenarioResult& scenario, const std::string& name);

}  // namespace stormglass::reports
