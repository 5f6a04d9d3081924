// Legs against counters, and the verdict of a scenario alone.
#include "reports/reconcile.hpp"

#include <algorithm>
#include <string_view>

#include "reports/format.hpp"
#include "reports/verdict.hpp"

namespace stormglass::reports {

namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::count(names, name) == 0) {
        names.push_back(name);
    }
}

void reconcile_checks(LegResult& leg, const ScenarioResult& scenario) {
    for (const std::string& name : leg.checks) {
        const auto check = std::ranges::find(scenario.checks, name, &CheckCount::name);
        if (check == scenario.checks.end() || check->consulted == 0) {
            add_once(leg.unconsulted_checks, name);
            if (check == scenario.checks.end()) {
                continue;
            }
        }
        if (check->violations > 0) {
            add_once(leg.violated, name);
            if (leg.failed == 0) {
                leg.failed_elsewhere = std::max(leg.failed_elsewhere, check->violations);
            }
        }
    }
    for (const Failure& failure : scenario.failures) {
        if (std::ranges::count(leg.checks, failure.check) > 0) {
            add_once(leg.violated, failure.check);
            add_once(leg.signatures, failure.signature);
        }
    }
}

std::string signing_difference(const ScenarioResult& scenario) {
    return of(scenario.signing.differing, scenario.signing.compared) +
           " seeds gave another verdict under the other signatures";
}

}  // namespace

void reconcile(LegResult& leg, const Results& results) {
    const ScenarioResult* scenario = find_scenario(results, leg.scenario);
    if (scenario == nullptr) {
        if (leg.method == Method::sampled && leg.incomplete.empty()) {
            leg.incomplete = "its scenario is missing from the results";
        }
        return;
    }
    if (leg.method != Method::control) {
        reconcile_checks(leg, *scenario);
    }
    for (const std::string& name : leg.needs_faults) {
        if (!took_effect(*scenario, name)) {
            add_once(leg.idle_faults, name);
        }
    }
    for (const std::string& name : leg.needs_probes) {
        const auto probe = std::ranges::find(scenario->probes, name, &ProbeCount::name);
        if (probe == scenario->probes.end() || probe->runs_reached == 0) {
            add_once(leg.unreached_probes, name);
        }
    }
    leg.nondeterministic = leg.nondeterministic || scenario->twins.differing > 0;
    if (leg.incomplete.empty()) {
        leg.incomplete = scenario->incomplete;
    }
    if (leg.incomplete.empty() && scenario->signing.differing > 0) {
        leg.incomplete = signing_difference(*scenario);
    }
}

std::vector<std::string> caught_defects(const ClaimResult& claim, const Results& results) {
    std::vector<std::string> caught;
    const auto is_ours = [&](const CaughtBy& by) {
        return by.blocks > 0 && std::ranges::any_of(claim.legs, [&](const LegResult& leg) {
                   return leg.ran && std::ranges::count(leg.checks, by.check) > 0;
               });
    };
    for (const DefectResult& defect : results.defects) {
        if (std::ranges::count(claim.defects, defect.name) > 0 && defect.blocks_caught > 0 &&
            std::ranges::any_of(defect.caught_by, is_ours)) {
            add_once(caught, defect.name);
        }
    }
    return caught;
}

bool took_effect(const ScenarioResult& scenario, const std::string& name) {
    return std::ranges::any_of(scenario.faults, [&](const FaultCount& fault) {
        return fault.took_effect > 0 && (fault.kind == name || fault_name(fault) == name);
    });
}

const ScenarioResult* find_scenario(const Results& results, const std::string& name) {
    const auto found = std::ranges::find(results.scenarios, name, &ScenarioResult::name);
    return found == results.scenarios.end() ? nullptr : &*found;
}

std::uint64_t failing_runs(const ScenarioResult& scenario) {
    // One run may fail several checks: the most of any one check, not their sum.
    std::uint64_t runs = scenario.failed;
    for (const Failure& failure : scenario.failures) {
        runs = std::max(runs, failure.count);
    }
    for (const CheckCount& check : scenario.checks) {
        runs = std::max(runs, check.violations);
    }
    return runs;
}

ScenarioVerdict judge_scenario(const ScenarioResult& scenario) {
    if (failing_runs(scenario) > 0 || !scenario.failures.empty()) {
        std::vector<std::string> names;
        for (const CheckCount& check : scenario.checks) {
            if (check.violations > 0) {
                names.push_back(check.name);
            }
        }
        for (const Failure& failure : scenario.failures) {
            add_once(names, failure.check);
        }
        return {Outcome::failed, join(names, ", ") + " failed"};
    }
    if (scenario.twins.differing > 0) {
        return {
            Outcome::nondeterministic,
            of(scenario.twins.differing, scenario.twins.compared) + " repeats differ" +
                (scenario.twins.first_difference.empty() ? ""
                                                         : ": " + scenario.twins.first_difference)};
    }
    std::vector<std::string> reasons;
    if (!scenario.incomplete.empty()) {
        reasons.push_back("incomplete: " + scenario.incomplete);
    }
    if (scenario.runs == 0) {
        reasons.emplace_back("no run");
    }
    for (const FaultCount& fault : scenario.faults) {
        if (fault.declared && fault.took_effect == 0) {
            reasons.push_back("fault " + fault_name(fault) + " never took effect");
        }
    }
    for (const CheckCount& check : scenario.checks) {
        if (check.consulted == 0) {
            reasons.push_back("check " + check.name + " was never consulted");
        }
    }
    for (const ProbeCount& probe : scenario.probes) {
        if (probe.required && probe.runs_reached == 0) {
            reasons.push_back("probe " + probe.name + " was never reached");
        }
    }
    if (scenario.signing.differing > 0) {
        reasons.push_back(signing_difference(scenario));
    }
    if (!reasons.empty()) {
        return {Outcome::inconclusive, join(reasons, "; ")};
    }
    return {};
}

}  // namespace stormglass::reports
