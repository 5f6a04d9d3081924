// The twelve rules, one function each, in a table tried from the top.
#include "reports/verdict.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "reports/format.hpp"
#include "reports/reconcile.hpp"
#include "reports/statistics.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

/// A claim under judgement: its legs that ran, and what the whole review says beside it.
struct Case {
    const ClaimResult& claim;
    const Results& results;
    std::vector<const LegResult*> ran;
    std::vector<const LegResult*> controls;  // ran too; they must fail, and argue for nothing
};

/// The reason, when the rule matches.
using Ruling = std::optional<std::string>;

Ruling collect(std::vector<std::string> reasons) {
    if (reasons.empty()) {
        return std::nullopt;
    }
    return join(reasons, "; ");
}

bool violated(const LegResult& leg) {
    return leg.failed > 0 || leg.failed_elsewhere > 0 || !leg.violated.empty() ||
           leg.cases_passed < leg.cases;
}

Ruling rule_violated(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.ran) {
        const std::string name =
            leg->violated.empty() ? "a check of " + leg->scenario : join(leg->violated, ", ");
        if (leg->failed > 0) {
            reasons.push_back(name + " failed in " + of(leg->failed, leg->effective) +
                              " effective runs (at most " + percent_up(leg->bound) + " at " +
                              confidence(about.claim.confidence) + ")");
        } else if (leg->cases_passed < leg->cases) {
            reasons.push_back(name + " failed in " +
                              of(leg->cases - leg->cases_passed, leg->cases) + " cases");
        } else if (violated(*leg)) {
            reasons.push_back(name + " failed in " +
                              counted(std::max<std::uint64_t>(leg->failed_elsewhere, 1), "run") +
                              " that cannot count for a bound but can refute");
        }
    }
    return collect(std::move(reasons));
}

// With nothing but a control tried, the line does not hold for what is here.
Ruling rule_control_failed(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.controls) {
        if (about.ran.empty() && leg->cases_passed > 0) {
            reasons.push_back(join(leg->checks, ", ") + " failed in " +
                              of(leg->cases_passed, leg->cases) + " runs of " + leg->scenario +
                              ", a control: it lacks what the line asks for and must fail");
        }
    }
    return collect(std::move(reasons));
}

Ruling rule_nondeterministic(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.ran) {
        if (leg->nondeterministic) {
            const ScenarioResult* scenario = find_scenario(about.results, leg->scenario);
            std::string first = scenario == nullptr ? "" : scenario->twins.first_difference;
            reasons.push_back("nondeterministic: " + leg->scenario +
                              " gave another history from the same seed" +
                              (first.empty() ? "" : " (" + first + ")"));
        }
    }
    return collect(std::move(reasons));
}

Ruling rule_text_changed(const Case& about) {
    if (!about.claim.text_changed) {
        return std::nullopt;
    }
    std::string reason = "the line changed since this evidence was designed";
    if (!about.claim.text_change.empty()) {
        reason += ": " + about.claim.text_change;
    }
    return reason;
}

Ruling rule_vacuous(const Case& about) {
    std::vector<std::string> reasons;
    const auto name_all = [&](const std::vector<std::string>& names,
                              std::string_view what,
                              std::string_view missed,
                              const LegResult& leg) {
        for (const std::string& name : names) {
            reasons.push_back(std::string(what) + " " + name + " " + std::string(missed) + " in " +
                              leg.scenario);
        }
    };
    for (const LegResult* leg : about.ran) {
        name_all(leg->idle_faults, "fault", "never took effect", *leg);
        name_all(leg->unreached_probes, "probe", "was never reached", *leg);
        name_all(leg->unconsulted_checks, "check", "was never consulted", *leg);
        if (leg->method != Method::sampled && leg->cases == 0) {
            reasons.push_back(leg->scenario + " had no case to try");
        }
    }
    for (const LegResult* leg : about.controls) {
        if (leg->cases_passed == 0) {
            reasons.push_back("control " + join(leg->checks, ", ") + " failed in none of " +
                              counted(leg->cases, "run") + " of " + leg->scenario);
        }
    }
    return collect(std::move(reasons));
}

Ruling rule_effect_unproven(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.ran) {
        const Discount left = discount(leg->candidates, leg->audited, leg->kept);
        if (!left.proven) {
            reasons.push_back("effect rule unproven: in " + leg->scenario + " only " +
                              of(std::min(leg->kept, leg->audited), leg->audited) +
                              " audited runs differ from their masked twins");
        }
    }
    return collect(std::move(reasons));
}

Ruling rule_incomplete(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult& leg : about.claim.legs) {
        if (leg.ran && !leg.incomplete.empty()) {
            reasons.push_back("incomplete: " + leg.scenario + ", " + leg.incomplete);
        }
        if (!leg.ran && !about.ran.empty()) {
            reasons.push_back("incomplete: " + leg.scenario + " did not run");
        }
    }
    return collect(std::move(reasons));
}

Ruling rule_too_few(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.ran) {
        if (leg->method != Method::sampled ||
            (leg->bound.has_value() && *leg->bound <= about.claim.target)) {
            continue;
        }
        const auto needed = runs_needed(about.claim.target, about.claim.confidence);
        reasons.push_back("too few: " + leg->scenario + " has " +
                          counted(leg->effective, "effective run") + ", needs " +
                          (needed.has_value() ? count(*needed) : "more than any number") + " for " +
                          percent_up(about.claim.target));
    }
    return collect(std::move(reasons));
}

Ruling rule_oracle_unproven(const Case& about) {
    if (about.ran.empty() || !about.claim.caught.empty()) {
        return std::nullopt;
    }
    if (about.claim.defects.empty()) {
        return "oracle unproven: no planted defect is named";
    }
    std::vector<std::string> tried;
    for (const DefectResult& defect : about.results.defects) {
        if (std::ranges::count(about.claim.defects, defect.name) > 0) {
            tried.push_back(defect.name);
        }
    }
    if (tried.empty()) {
        return "oracle unproven: none of its planted defects was tried (" +
               join(about.claim.defects, ", ") + ")";
    }
    return "oracle unproven: planted " + join(tried, ", ") + " not caught by a check of this line";
}

bool valid(const std::optional<Waiver>& waiver, const Results& results) {
    // Dates of ISO 8601 compare as text.
    return waiver.has_value() && waiver->until >= results.provenance.started_at.substr(0, 10);
}

Ruling rule_waived(const Case& about) {
    const auto& waiver = about.claim.waiver;
    if (!about.ran.empty() || !valid(waiver, about.results)) {
        return std::nullopt;
    }
    return "waived by " + waiver->owner + " until " + waiver->until + ": " + waiver->reason;
}

Ruling rule_not_tested(const Case& about) {
    if (!about.ran.empty()) {
        return std::nullopt;
    }
    if (about.claim.waiver.has_value()) {
        return "not tested; its waiver by " + about.claim.waiver->owner + " ended on " +
               about.claim.waiver->until;
    }
    if (about.claim.legs.empty()) {
        return "no evidence is attached";
    }
    std::vector<std::string> names;
    std::vector<std::string> pairs;
    for (const LegResult& leg : about.claim.legs) {
        (leg.method == Method::comparison ? pairs : names).push_back(leg.scenario);
    }
    std::vector<std::string> reasons;
    if (!names.empty()) {
        reasons.push_back("did not run: " + join(names, ", "));
    }
    if (!pairs.empty()) {
        reasons.push_back("the decision and its alternative were not compared on the same seeds (" +
                          join(pairs, ", ") + " did not run)");
    }
    return join(reasons, "; ");
}

Ruling rule_supported(const Case& about) {
    std::vector<std::string> reasons;
    for (const LegResult* leg : about.ran) {
        if (leg->method == Method::sampled) {
            reasons.push_back("none of " + counted(leg->effective, "effective run") + " of " +
                              leg->scenario + " failed (at most " + percent_up(leg->bound) +
                              " at " + confidence(about.claim.confidence) + ")");
        } else {
            reasons.push_back("all " + of(leg->cases_passed, leg->cases) + " cases of " +
                              leg->scenario + " passed" +
                              (leg->detail.empty() ? "" : " (" + leg->detail + ")"));
        }
    }
    std::string reason = join(reasons, "; ");
    if (about.claim.is_cost) {
        reason = "confirmed as a cost" +
                 (about.claim.mitigation.empty() ? std::string{}
                                                 : ", mitigated by " + about.claim.mitigation) +
                 ": " + reason;
    }
    return reason;
}

struct RuleRow {
    Rule rule;
    Status status;
    Ruling (*matches)(const Case&);
};

constexpr std::array<RuleRow, 12> kRules{{
    {Rule::violated, Status::refuted, rule_violated},
    {Rule::control_failed, Status::refuted, rule_control_failed},
    {Rule::nondeterministic, Status::inconclusive, rule_nondeterministic},
    {Rule::text_changed, Status::inconclusive, rule_text_changed},
    {Rule::vacuous, Status::inconclusive, rule_vacuous},
    {Rule::effect_unproven, Status::inconclusive, rule_effect_unproven},
    {Rule::incomplete, Status::inconclusive, rule_incomplete},
    {Rule::too_few, Status::inconclusive, rule_too_few},
    {Rule::oracle_unproven, Status::inconclusive, rule_oracle_unproven},
    {Rule::waived, Status::waived, rule_waived},
    {Rule::not_tested, Status::not_tested, rule_not_tested},
    {Rule::supported, Status::supported, rule_supported},
}};

void judge_leg(LegResult& leg, const Results& results, double confidence) {
    if (!leg.ran) {
        return;
    }
    reconcile(leg, results);
    const Discount left = discount(leg.candidates, leg.audited, leg.kept);
    leg.effective = left.effective;
    leg.kept_share = left.kept_share;
    leg.bound.reset();
    if (leg.method == Method::sampled) {
        // A failing run may be among those struck: the claim is refuted all the same.
        leg.effective = std::max(leg.effective, leg.failed);
        leg.bound = upper_bound(leg.failed, leg.effective, confidence);
    }
}

/// The leg whose numbers stand for the claim: a violated one first, then the largest bound.
const LegResult* headline(const std::vector<const LegResult*>& legs) {
    const auto rank = [](const LegResult* leg) {
        constexpr double kWorseThanAny = 2.0;
        const bool sampled = leg->method == Method::sampled;
        return std::pair{violated(*leg), sampled ? leg->bound.value_or(kWorseThanAny) : -1.0};
    };
    const auto worst = std::ranges::max_element(legs, {}, rank);
    return worst == legs.end() ? nullptr : *worst;
}

void take_numbers(ClaimResult& claim, const LegResult* leg) {
    claim.effective = 0;
    claim.failed = 0;
    claim.bound.reset();
    if (leg == nullptr) {
        return;
    }
    switch (leg->method) {
        case Method::sampled:
            claim.effective = leg->effective;
            claim.failed = leg->failed;
            claim.bound = leg->bound;
            return;
        case Method::control:
            claim.effective = leg->cases;
            claim.failed = leg->cases_passed;
            return;
        case Method::exhaustive:
        case Method::contract:
        case Method::comparison:
        case Method::artefact:
            claim.effective = leg->cases;
            claim.failed = leg->cases - std::min(leg->cases, leg->cases_passed);
            return;
    }
}

void judge_alone(ClaimResult& claim, const Results& results) {
    Case about{claim, results, {}, {}};
    for (LegResult& leg : claim.legs) {
        judge_leg(leg, results, claim.confidence);
        if (leg.ran) {
            (leg.method == Method::control ? about.controls : about.ran).push_back(&leg);
        }
    }
    claim.caught = caught_defects(claim, results);
    take_numbers(claim, headline(about.ran.empty() ? about.controls : about.ran));
    for (const RuleRow& row : kRules) {
        if (Ruling reason = row.matches(about)) {
            claim.status = row.status;
            claim.rule = row.rule;
            claim.why = *std::move(reason);
            return;
        }
    }
    CHECK(false);  // the last rule matches everything
}

/// Keeps the worse of the claim's own verdict and another's.
void take_worse(ClaimResult& claim, const ClaimResult& other, bool first) {
    if (first || other.status < claim.status) {
        claim.status = other.status;
        claim.rule = other.rule;
        claim.why = other.id + ": " + other.why;
    }
}

void judge_claim(ClaimResult& claim, const Results& results) {
    for (ClaimResult& part : claim.parts) {
        judge_claim(part, results);
    }
    judge_alone(claim, results);
    // A changed text or a waiver of the whole line is about the line, not about its legs.
    bool first = claim.legs.empty() && !claim.text_changed;
    for (const ClaimResult& part : claim.parts) {
        take_worse(claim, part, first);
        first = false;
    }
}

void judge_by_others(ClaimResult& claim, const Results& results) {
    bool first = claim.legs.empty() && claim.parts.empty() && !claim.text_changed;
    for (const std::string& id : claim.worst_of) {
        const auto other = std::ranges::find(results.claims, id, &ClaimResult::id);
        if (other != results.claims.end() && &*other != &claim) {
            take_worse(claim, *other, first);
            first = false;
        }
    }
}

}  // namespace

void judge(Results& results) {
    for (ClaimResult& claim : results.claims) {
        judge_claim(claim, results);
    }
    for (ClaimResult& claim : results.claims) {
        judge_by_others(claim, results);
    }
}

}  // namespace stormglass::reports
