#include "scenarios/runs/regression.hpp"

#include <algorithm>

#include "scenarios/runs/decisions.hpp"

namespace stormglass::scenarios {
namespace {

void judge(const Plan& plan, Retried& tried) {
    for (std::size_t i = 0; i < plan.checks.size() && tried.check.empty(); ++i) {
        if (!tried.result.checks[i].violations.empty()) {
            tried.check = plan.checks[i]->slug;
            tried.violation = tried.result.checks[i].violations.front();
            tried.outcome = Retried::Outcome::fails;
        }
    }
}

void count_met(const Plan& plan, const ReplayFile& file, Retried& tried) {
    const std::vector<NamedDecision> acted = decisions_of(plan, tried.options);
    for (const NamedDecision& wanted : file.decisions) {
        const bool met = std::any_of(acted.begin(), acted.end(), [&](const NamedDecision& one) {
            return one.fault == wanted.fault && one.about == wanted.about;
        });
        tried.met += met ? 1 : 0;
        if (!met && tried.missed.empty()) {
            tried.missed = wanted.name;
        }
    }
}

}  // namespace

Retried retry_by_name(const Plan& plan, const ReplayFile& file, const PlantedDefect* defect) {
    Retried tried;
    tried.options = options_of(file.token, defect);
    tried.options.recall = recall_of(plan, file.decisions);
    tried.result = run_once(plan, tried.options);
    tried.repeated = is_repeated(file.token, tried.result);
    count_met(plan, file, tried);
    judge(plan, tried);
    if (tried.outcome != Retried::Outcome::fails && tried.met < file.decisions.size()) {
        tried.outcome = Retried::Outcome::stale;
    }
    return tried;
}

Retried retry(const Plan& plan, const ReplayFile& file, const PlantedDefect* defect) {
    Retried tried;
    tried.options = options_of(file.token, defect);
    tried.result = run_once(plan, tried.options);
    tried.repeated = is_repeated(file.token, tried.result);
    judge(plan, tried);
    if (tried.repeated || tried.outcome == Retried::Outcome::fails) {
        tried.met = file.decisions.size();
        return tried;
    }
    return retry_by_name(plan, file, defect);
}

}  // namespace stormglass::scenarios
