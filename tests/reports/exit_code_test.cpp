// What the process answers, and how lines are counted.
#include <gtest/gtest.h>

#include "reports/verdict.hpp"
#include "tests/reports/good.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

TEST(ExitCode, ranks_what_applies) {
    Results fine = good();
    judge(fine);
    EXPECT_EQ(exit_code(fine, {}), 0);
    Results unshown = good();
    unshown.claims[0].legs.clear();
    judge(unshown);
    EXPECT_EQ(exit_code(unshown, {}), 2);
    Results refuted = good();
    first_leg(refuted).failed = 3;
    judge(refuted);
    EXPECT_EQ(exit_code(refuted, {}), 1);
    refuted.scenarios[0].twins = {100, 1, ""};
    EXPECT_EQ(exit_code(refuted, {}), 3);
    refuted.interrupted = true;
    EXPECT_EQ(exit_code(refuted, {}), 130);
    EXPECT_EQ(exit_code(refuted, {false, true, {}}), 74);
    EXPECT_EQ(exit_code(refuted, {true, true, {}}), 70);
    EXPECT_EQ(exit_code(Results{}, {}), 2) << "nothing at all shows nothing";
}

TEST(ExitCode, lets_named_claims_be_inconclusive_but_never_refuted) {
    Results results = good();
    first_leg(results).kept = 1;
    judge(results);
    EXPECT_EQ(exit_code(results, {false, false, {"Y"}}), 2);
    EXPECT_EQ(exit_code(results, {false, false, {"X"}}), 0);
    first_leg(results).failed = 3;
    judge(results);
    EXPECT_EQ(exit_code(results, {false, false, {"X"}}), 1);
}

// What is known to be missing is on the page and breaks no build; a defect elsewhere still does.
TEST(ExitCode, takes_a_line_that_its_control_refutes_for_one_that_is_not_shown) {
    Results results = good();
    LegResult& leg = first_leg(results);
    leg.method = Method::control;
    leg.cases = leg.cases_passed = 84;
    judge(results);
    EXPECT_EQ(results.claims[0].status, Status::refuted);
    EXPECT_EQ(results.claims[0].failed, 84U);
    EXPECT_EQ(count_statuses(results).refuted, 1U);
    EXPECT_EQ(exit_code(results, {}), 2);
    EXPECT_EQ(exit_code(results, {false, false, {"X"}}), 0);
    results.scenarios[0].checks[0].violations = 1;
    EXPECT_EQ(exit_code(results, {}), 1);
}

TEST(ExitCode, is_not_raised_by_a_waiver_but_by_an_unclaimed_line) {
    Results results = good();
    results.claims[0].legs.clear();
    results.claims[0].waiver = {"board", "2030-01-01", "no text"};
    judge(results);
    EXPECT_EQ(exit_code(results, {}), 0);
    results.unclaimed = {{}};
    EXPECT_EQ(exit_code(results, {}), 2);
}

TEST(ExitCode, asks_of_a_run_without_claims_that_everything_was_exercised) {
    Results results = good();
    results.claims.clear();
    EXPECT_EQ(exit_code(results, {}), 0);
    results.scenarios[0].faults[0].took_effect = 0;
    EXPECT_EQ(exit_code(results, {}), 2);
    results.scenarios[0].checks[0].violations = 1;
    EXPECT_EQ(exit_code(results, {}), 1);
}

TEST(ExitCode, refutes_when_a_scenario_failed_that_no_claim_uses) {
    Results results = good();
    ScenarioResult other = results.scenarios[0];
    other.name = "t";
    other.failed = 1;
    results.scenarios.push_back(other);
    judge(results);
    EXPECT_EQ(results.claims[0].status, Status::supported);
    EXPECT_EQ(exit_code(results, {}), 1);
}

TEST(Counts, cover_every_line_once) {
    const Results results = sample_review();
    const StatusCounts counts = count_statuses(results);
    EXPECT_EQ(counts.all(), results.claims.size() + results.unclaimed.size());
    EXPECT_EQ(counts.refuted, 2U);     // D2 and with it D0
    EXPECT_EQ(counts.supported, 3U);   // A4, D1, R1c
    EXPECT_EQ(counts.waived, 1U);      // A6
    EXPECT_EQ(counts.not_tested, 3U);  // A1, V1, the unclaimed one
    EXPECT_EQ(counts.inconclusive, 3U);
}

}  // namespace
}  // namespace stormglass::reports
