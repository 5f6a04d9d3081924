// Sums and first words over a whole review.
#include "reports/summary.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/text.hpp"

namespace stormglass::reports {

namespace {

void add_bounds(Summary& into, const ClaimResult& claim) {
    // A bound is claimed where the line is decided by runs; an inconclusive one claims nothing.
    if (claim.status == Status::supported || claim.status == Status::refuted) {
        for (const LegResult& leg : claim.legs) {
            if (leg.bound.has_value()) {
                ++into.bounds;
                into.tightest = std::min(into.tightest.value_or(1.0), *leg.bound);
                into.widest = std::max(into.widest.value_or(0.0), *leg.bound);
            }
        }
    }
    for (const ClaimResult& part : claim.parts) {
        add_bounds(into, part);
    }
}

void add_joint(Summary& into, const ClaimResult& claim) {
    if (claim.status == Status::supported || claim.status == Status::refuted) {
        for (const LegResult& leg : claim.legs) {
            if (leg.bound.has_value()) {
                const double alpha = (1.0 - claim.confidence) / static_cast<double>(into.bounds);
                const auto bound = upper_bound(leg.failed, leg.effective, 1.0 - alpha);
                into.joint = std::max(into.joint.value_or(0.0), bound.value_or(0.0));
            }
        }
    }
    for (const ClaimResult& part : claim.parts) {
        add_joint(into, part);
    }
}

void say_lines(Summary& into, const Results& results) {
    const StatusCounts& counts = into.counts;
    std::vector<std::string> others;
    const auto add = [&](std::uint64_t number, Status status) {
        if (number == 0) {
            return;
        }
        std::string words = count(number) + " " + std::string(name_of(status));
        if (into.verdict.empty()) {
            into.worst = status;
            into.verdict = std::move(words);
        } else {
            others.push_back(std::move(words));
        }
    };
    add(counts.refuted, Status::refuted);
    add(counts.inconclusive, Status::inconclusive);
    add(counts.not_tested, Status::not_tested);
    add(counts.waived, Status::waived);
    add(counts.supported, Status::supported);
    into.verdict_detail = "of " + counted(counts.all(), "line");
    if (!others.empty()) {
        into.verdict_detail += "; " + join(others, ", ");
    }
    if (results.document.given) {
        into.verdict_detail += results.document.verified ? "; wording checked against the document"
                                                         : "; wording differs from the document";
    }
}

void say_scenarios(Summary& into, const Results& results) {
    std::map<Outcome, std::uint64_t> counts;
    for (const ScenarioResult& scenario : results.scenarios) {
        ++counts[judge_scenario(scenario).outcome];
    }
    const auto whole = "of " + counted(results.scenarios.size(), "scenario");
    into.verdict_detail = whole;
    if (counts[Outcome::failed] > 0) {
        into.worst = Status::refuted;
        into.verdict = count(counts[Outcome::failed]) + " failed";
    } else if (counts[Outcome::nondeterministic] > 0) {
        into.worst = Status::inconclusive;
        into.verdict = count(counts[Outcome::nondeterministic]) + " nondeterministic";
    } else if (counts[Outcome::inconclusive] > 0 || results.scenarios.empty()) {
        into.worst = Status::inconclusive;
        into.verdict = results.scenarios.empty()
                           ? "nothing ran"
                           : count(counts[Outcome::inconclusive]) + " inconclusive";
    } else {
        into.verdict = "all passed";
    }
}

void sum_runs(Summary& into, const Results& results) {
    std::map<std::string, bool> kinds;  // took effect anywhere
    for (const ScenarioResult& scenario : results.scenarios) {
        into.runs += scenario.runs;
        into.effective += scenario.effective;
        into.events += scenario.events;
        into.twins_compared += scenario.twins.compared;
        into.twins_equal +=
            scenario.twins.compared - std::min(scenario.twins.compared, scenario.twins.differing);
        for (const FaultCount& fault : scenario.faults) {
            if (fault.declared) {
                kinds[fault_name(fault)] |= fault.took_effect > 0;
            }
        }
    }
    for (const auto& [name, effective] : kinds) {
        ++into.kinds_declared;
        into.kinds_effective += effective ? 1 : 0;
        if (!effective) {
            into.idle.push_back(name);
        }
    }
}

}  // namespace

Summary summarize(const Results& results) {
    Summary out;
    out.counts = count_statuses(results);
    if (out.counts.all() > 0) {
        say_lines(out, results);
    } else {
        say_scenarios(out, results);
    }
    sum_runs(out, results);
    for (const ClaimResult& claim : results.claims) {
        add_bounds(out, claim);
    }
    for (const ClaimResult& claim : results.claims) {
        add_joint(out, claim);
    }
    const Provenance& from = results.provenance;
    constexpr std::size_t kShortCommit = 7;
    out.build =
        from.commit.empty() ? "unknown commit" : valid_utf8(from.commit).substr(0, kShortCommit);
    out.build += from.dirty ? ", dirty" : ", clean";
    if (results.sample) {
        out.notices.emplace_back("Sample data: a picture of the layout, not a result.");
    }
    if (results.interrupted) {
        out.notices.emplace_back("Interrupted: what follows is partial.");
    }
    if (from.dirty) {
        out.notices.emplace_back(
            "Dirty build: the code had changes that are in no commit; nobody else can repeat "
            "this.");
    }
    const bool failed = std::ranges::any_of(results.scenarios, [](const ScenarioResult& scenario) {
        return judge_scenario(scenario).outcome == Outcome::failed;
    });
    const bool told = std::ranges::any_of(results.claims, [](const ClaimResult& claim) {
        return claim.status == Status::refuted && claim.rule != Rule::control_failed;
    });
    if (failed && !results.claims.empty() && !told) {
        out.notices.emplace_back("A check failed that no line relies on; see what failed.");
    }
    return out;
}

std::string times(const Results& results) {
    const Provenance& from = results.provenance;
    return span(from.virtual_seconds) + " virtual in " + span(from.wall_seconds);
}

}  // namespace stormglass::reports
