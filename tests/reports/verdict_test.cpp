// The twelve rules in a table, the order between them, parts, the counters' word against the
// runner's, and the laws: a refutation always wins, and more runs never undo one.
#include "reports/verdict.hpp"

#include <algorithm>
#include <bit>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/reports/good.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

using Change = void (*)(Results&);

struct Row {
    const char* what;
    Change change;
    Status status;
    Rule rule;
    const char* why;  ///< a piece of the sentence
};

LegResult& leg(Results& r) {
    return r.claims[0].legs[0];
}

void fail(Results& r) {
    leg(r).failed = 3, leg(r).violated = {"c"};
}

void no_leg(Results& r) {
    r.claims[0].legs.clear();
}

void waive(Results& r, const char* until) {
    r.claims[0].waiver = {"board", until, "no text"};
}

const std::vector<Row> kRows{
    {"all in order",
     [](Results&) {},
     Status::supported,
     Rule::supported,
     "none of 10,000 effective runs of s failed (at most 0.030 % at 95 %)"},
    {"violated",
     fail,
     Status::refuted,
     Rule::violated,
     "c failed in 3 of 10,000 effective runs (at most 0.078 % at 95 %)"},
    {"violated where it cannot count",
     [](Results& r) { leg(r).failed_elsewhere = 1; },
     Status::refuted,
     Rule::violated,
     "1 run that cannot count"},
    {"the counter knows a violation",
     [](Results& r) { r.scenarios[0].checks[0].violations = 2; },
     Status::refuted,
     Rule::violated,
     "c failed in 2 runs"},
    {"a case failed",
     [](Results& r) {
         leg(r).method = Method::exhaustive, leg(r).cases = 84, leg(r).cases_passed = 82;
     },
     Status::refuted,
     Rule::violated,
     "2 of 84 cases"},
    {"nondeterministic",
     [](Results& r) {
         r.scenarios[0].twins = {100, 1, "seed 7, event 12"};
     },
     Status::inconclusive,
     Rule::nondeterministic,
     "seed 7, event 12"},
    {"text changed",
     [](Results& r) { r.claims[0].text_changed = true; },
     Status::inconclusive,
     Rule::text_changed,
     "the line changed since"},
    {"fault idle",
     [](Results& r) { r.scenarios[0].faults[0].took_effect = 0; },
     Status::inconclusive,
     Rule::vacuous,
     "fault loss never took effect in s"},
    {"fault unknown to the scenario",
     [](Results& r) { leg(r).needs_faults = {"loss@bus"}; },
     Status::inconclusive,
     Rule::vacuous,
     "fault loss@bus never"},
    {"probe unreached",
     [](Results& r) { r.scenarios[0].probes.clear(); },
     Status::inconclusive,
     Rule::vacuous,
     "probe p was never reached in s"},
    {"check unconsulted",
     [](Results& r) { r.scenarios[0].checks[0].consulted = 0; },
     Status::inconclusive,
     Rule::vacuous,
     "check c was never consulted in s"},
    {"no case at all",
     [](Results& r) { leg(r).method = Method::contract; },
     Status::inconclusive,
     Rule::vacuous,
     "s had no case"},
    {"audit strikes",
     [](Results& r) { leg(r).kept = 15; },
     Status::inconclusive,
     Rule::effect_unproven,
     "only 15 of 16 audited runs differ"},
    {"budget spent",
     [](Results& r) { r.scenarios[0].incomplete = "budget spent"; },
     Status::inconclusive,
     Rule::incomplete,
     "s, budget spent"},
    {"one leg did not run",
     [](Results& r) {
         r.claims[0].legs.push_back(leg(r));
         r.claims[0].legs[1].ran = false;
     },
     Status::inconclusive,
     Rule::incomplete,
     "s did not run"},
    {"scenario missing",
     [](Results& r) { r.scenarios.clear(); },
     Status::inconclusive,
     Rule::incomplete,
     "missing from the results"},
    {"other signatures, other verdict",
     [](Results& r) {
         r.scenarios[0].signing = {"stand-in", 100, 2};
     },
     Status::inconclusive,
     Rule::incomplete,
     "2 of 100 seeds"},
    {"too few",
     [](Results& r) { leg(r).candidates = 2'994; },
     Status::inconclusive,
     Rule::too_few,
     "has 2,994 effective runs, needs 2,995 for 0.100 %"},
    {"just enough",
     [](Results& r) { leg(r).candidates = 2'995; },
     Status::supported,
     Rule::supported,
     "none of 2,995"},
    {"no effective run",
     [](Results& r) { leg(r).candidates = 0; },
     Status::inconclusive,
     Rule::too_few,
     "has 0 effective runs"},
    {"stricter target",
     [](Results& r) { r.claims[0].target = 0.0001; },
     Status::inconclusive,
     Rule::too_few,
     "needs 29,956"},
    {"defect missed",
     [](Results& r) { r.defects[0].caught_by.clear(); },
     Status::inconclusive,
     Rule::oracle_unproven,
     "planted d not caught"},
    {"defect caught by a check of another line",
     [](Results& r) {
         r.defects[0].caught_by = {{"e", 20}};
     },
     Status::inconclusive,
     Rule::oracle_unproven,
     "planted d not caught"},
    {"defects not tried",
     [](Results& r) { r.defects.clear(); },
     Status::inconclusive,
     Rule::oracle_unproven,
     "none of its planted defects was tried (d)"},
    {"no defect named",
     [](Results& r) { r.claims[0].defects.clear(); },
     Status::inconclusive,
     Rule::oracle_unproven,
     "no planted defect is named"},
    {"waived",
     [](Results& r) { no_leg(r), waive(r, "2026-01-01"); },
     Status::waived,
     Rule::waived,
     "waived by board until 2026-01-01: no text"},
    {"waiver ended",
     [](Results& r) { no_leg(r), waive(r, "2025-12-31"); },
     Status::not_tested,
     Rule::not_tested,
     "ended on 2025-12-31"},
    {"no leg", no_leg, Status::not_tested, Rule::not_tested, "no evidence is attached"},
    {"no leg ran",
     [](Results& r) { leg(r).ran = false; },
     Status::not_tested,
     Rule::not_tested,
     "did not run: s"},
    {"a waiver hides no refutation",
     [](Results& r) { fail(r), waive(r, "2030-01-01"); },
     Status::refuted,
     Rule::violated,
     "c failed"},
    {"all cases passed",
     [](Results& r) {
         leg(r).method = Method::exhaustive, leg(r).cases = leg(r).cases_passed = 84;
     },
     Status::supported,
     Rule::supported,
     "all 84 of 84 cases of s passed"},
    {"only its control ran, and failed",
     [](Results& r) { leg(r).method = Method::control, leg(r).cases = leg(r).cases_passed = 84; },
     Status::refuted,
     Rule::control_failed,
     "c failed in 84 of 84 runs of s, a control: it lacks what the line asks for and must fail"},
    {"a waiver hides no control",
     [](Results& r) {
         leg(r).method = Method::control, leg(r).cases = leg(r).cases_passed = 84;
         waive(r, "2030-01-01");
     },
     Status::refuted,
     Rule::control_failed,
     "c failed in 84 of 84 runs of s"},
    {"its control did not fail",
     [](Results& r) {
         r.claims[0].legs.push_back(leg(r));
         leg(r).method = Method::control, leg(r).cases = 84;
     },
     Status::inconclusive,
     Rule::vacuous,
     "control c failed in none of 84 runs of s"},
    {"its control failed and it holds elsewhere",
     [](Results& r) {
         r.claims[0].legs.push_back(leg(r));
         leg(r).method = Method::control, leg(r).cases = leg(r).cases_passed = 84;
     },
     Status::supported,
     Rule::supported,
     "none of 10,000 effective runs of s failed"},
    {"a cost confirmed",
     [](Results& r) { r.claims[0].is_cost = true, r.claims[0].mitigation = "tools"; },
     Status::supported,
     Rule::supported,
     "confirmed as a cost, mitigated by tools"},
};

TEST(Verdict, follows_the_table) {
    for (const Row& row : kRows) {
        Results results = good();
        row.change(results);
        judge(results);
        const ClaimResult& claim = results.claims[0];
        EXPECT_EQ(claim.status, row.status) << row.what << ": " << claim.why;
        EXPECT_EQ(claim.rule, row.rule) << row.what << ": " << claim.why;
        EXPECT_NE(claim.why.find(row.why), std::string::npos) << row.what << ": " << claim.why;
    }
}

/// One change for each of the rules about legs that ran, in the rules' order.
const std::vector<Change>& spoilers() {
    static const std::vector<Change> kAll{
        [](Results& r) { leg(r).failed = 3; },
        [](Results& r) { r.scenarios[0].twins.differing = 1; },
        [](Results& r) { r.claims[0].text_changed = true; },
        [](Results& r) { r.scenarios[0].faults[0].took_effect = 0; },
        [](Results& r) { leg(r).kept = 15; },
        [](Results& r) { leg(r).incomplete = "interrupted"; },
        [](Results& r) { leg(r).candidates = 2'000; },
        [](Results& r) { r.defects.clear(); },
    };
    return kAll;
}

TEST(Verdict, is_the_first_rule_of_all_that_match) {
    for (std::size_t chosen = 1; chosen < (1U << spoilers().size()); ++chosen) {
        Results results = good();
        for (std::size_t at = 0; at < spoilers().size(); ++at) {
            if ((chosen >> at) % 2 == 1) {
                spoilers()[at](results);
            }
        }
        judge(results);
        // The spoilers pass over the second rule: it asks for a claim with a control alone.
        const int at = std::countr_zero(chosen);
        const auto first = at == 0 ? Rule::violated : static_cast<Rule>(at + 2);
        EXPECT_EQ(results.claims[0].rule, first) << chosen << ": " << results.claims[0].why;
        EXPECT_EQ(results.claims[0].status == Status::refuted, chosen % 2 == 1);
    }
}

RC_GTEST_PROP(Verdict, stays_refuted_when_runs_are_added, ()) {
    Results results = good();
    leg(results).failed = *rc::gen::inRange<std::uint64_t>(1, 4);
    leg(results).candidates += *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000);
    leg(results).audited += *rc::gen::inRange<std::uint64_t>(0, 1'000);
    leg(results).kept = leg(results).audited;
    judge(results);
    RC_ASSERT(results.claims[0].status == Status::refuted);
    RC_ASSERT(results.claims[0].failed == leg(results).failed);
}

RC_GTEST_PROP(Verdict, changes_nothing_when_given_twice, ()) {
    Results once = good();
    (*rc::gen::elementOf(kRows)).change(once);
    judge(once);
    Results twice = once;
    judge(twice);
    RC_ASSERT(twice.claims[0].why == once.claims[0].why);
    RC_ASSERT(twice.claims[0].status == once.claims[0].status);
    RC_ASSERT(twice.claims[0].bound == once.claims[0].bound);
}

TEST(Verdict, of_a_line_with_parts_is_its_worst_part) {
    const auto order = {Status::refuted,
                        Status::inconclusive,
                        Status::not_tested,
                        Status::waived,
                        Status::supported};
    const std::vector<Change> makes{fail,
                                    [](Results& r) { leg(r).kept = 1; },
                                    no_leg,
                                    [](Results& r) { no_leg(r), waive(r, "2030-01-01"); },
                                    [](Results&) {}};
    for (std::size_t one = 0; one < makes.size(); ++one) {
        for (std::size_t two = 0; two < makes.size(); ++two) {
            Results left = good();
            makes[one](left);
            Results right = good();
            makes[two](right);
            Results whole = good();
            whole.claims[0].legs.clear();
            whole.claims[0].parts = {left.claims[0], right.claims[0]};
            judge(whole);
            EXPECT_EQ(whole.claims[0].status, *(order.begin() + std::min(one, two)));
        }
    }
}

TEST(Verdict, of_a_line_by_others_takes_their_worst) {
    const Results results = sample_review();
    const ClaimResult& d0 = *std::ranges::find(results.claims, "D0", &ClaimResult::id);
    EXPECT_EQ(d0.status, Status::refuted);
    EXPECT_NE(d0.why.find("D2: outcome-equals-ledger failed"), std::string::npos);
}

TEST(Verdict, takes_the_headline_from_the_worst_leg) {
    Results results = good();
    results.claims[0].legs.push_back(leg(results));
    results.claims[0].legs[1].candidates = 3'000;
    judge(results);
    EXPECT_EQ(results.claims[0].effective, 3'000U);
    EXPECT_EQ(results.claims[0].bound, results.claims[0].legs[1].bound);
    leg(results).failed = 1;
    judge(results);
    EXPECT_EQ(results.claims[0].effective, 10'000U);
    EXPECT_EQ(results.claims[0].failed, 1U);
}

TEST(Verdict, discounts_the_runs_that_were_not_audited) {
    Results results = good();
    leg(results).audited = 100;
    leg(results).kept = 99;
    judge(results);
    EXPECT_EQ(leg(results).effective, 99U + 9'439U);  // floor(0.95344 x 9,900)
    EXPECT_TRUE(leg(results).kept_share.has_value());
    EXPECT_EQ(results.claims[0].status, Status::supported);
}

TEST(FailingRuns, of_two_checks_that_fail_together_are_counted_once) {
    ScenarioResult scenario;
    scenario.runs = 50;
    scenario.failures.resize(2);
    scenario.failures[0].count = 49;
    scenario.failures[1].count = 49;
    EXPECT_EQ(failing_runs(scenario), 49U);
    scenario.checks.resize(1);
    scenario.checks[0].violations = 50;
    EXPECT_EQ(failing_runs(scenario), 50U);
}

}  // namespace
}  // namespace stormglass::reports
