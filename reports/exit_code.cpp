// The exit code of a whole, and how many lines have which status.
#include <algorithm>
#include <set>
#include <string>

#include "reports/verdict.hpp"

namespace stormglass::reports {

namespace {

bool shown(const ClaimResult& claim, const std::set<std::string>& allowed) {
    if (allowed.contains(claim.id)) {
        return true;
    }
    if (!claim.parts.empty() && claim.legs.empty() && !claim.text_changed) {
        return std::ranges::all_of(claim.parts,
                                   [&](const ClaimResult& part) { return shown(part, allowed); });
    }
    return claim.status == Status::supported || claim.status == Status::waived;
}

}  // namespace

int exit_code(const Results& results, const ExitFacts& facts) {
    if (facts.internal_error) {
        return 70;
    }
    if (facts.output_failed) {
        return 74;
    }
    if (results.interrupted) {
        return 130;
    }
    bool refuted = false;
    bool shown_all = true;
    for (const ScenarioResult& scenario : results.scenarios) {
        const ScenarioVerdict verdict = judge_scenario(scenario);
        if (scenario.twins.differing > 0) {
            return 3;
        }
        refuted = refuted || verdict.outcome == Outcome::failed;
        // With claims, they say what had to be shown; without, every scenario has to.
        // No claim speaks for what did not run: of a kept failure that could not be replayed.
        const bool claimed = !results.claims.empty() && scenario.runs > 0;
        shown_all = shown_all && (claimed || verdict.outcome == Outcome::passed);
    }
    for (const ClaimResult& claim : results.claims) {
        if (claim.rule == Rule::nondeterministic) {
            return 3;
        }
        refuted =
            refuted || (claim.status == Status::refuted && claim.rule != Rule::control_failed);
        shown_all = shown_all && shown(claim, facts.allowed);
    }
    if (refuted) {
        return 1;
    }
    const bool nothing = results.scenarios.empty() && results.claims.empty();
    return shown_all && results.unclaimed.empty() && !nothing ? 0 : 2;
}

StatusCounts count_statuses(const Results& results) {
    StatusCounts counts;
    for (const ClaimResult& claim : results.claims) {
        switch (claim.status) {
            case Status::refuted:
                ++counts.refuted;
                break;
            case Status::inconclusive:
                ++counts.inconclusive;
                break;
            case Status::not_tested:
                ++counts.not_tested;
                break;
            case Status::waived:
                ++counts.waived;
                break;
            case Status::supported:
                ++counts.supported;
                break;
        }
    }
    counts.not_tested += results.unclaimed.size();
    return counts;
}

}  // namespace stormglass::reports
