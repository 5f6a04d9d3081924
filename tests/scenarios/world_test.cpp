// Every shipped scenario runs, holds, and repeats; its faults change something.
#include <cstdlib>

#include <gtest/gtest.h>

#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {
namespace {

std::vector<Plan> all_plans() {
    EXPECT_TRUE(crypto::initialise().ok());
    auto plans = load_plans({}, make_names({}));
    EXPECT_TRUE(plans.value.has_value()) << plans.refusal.text;
    return plans.value ? std::move(*plans.value) : std::vector<Plan>{};
}

RunOptions seeded(std::uint64_t seed) {
    RunOptions options;
    options.seed = seed;
    return options;
}

TEST(ShippedScenarios, are_those_of_this_release) {
    EXPECT_EQ(all_plans().size(), 14U);
}

// What is known not to hold must be seen not to hold, or its check is blind.
TEST(ShippedScenarios, fail_their_controls_and_nothing_else) {
    std::size_t controls = 0;
    for (const Plan& plan : all_plans()) {
        controls += plan.controls.size();
        for (std::uint64_t seed = 1; seed <= 10 && !plan.controls.empty(); ++seed) {
            const RunResult result = run_once(plan, seeded(seed));
            EXPECT_FALSE(result.failed());
            EXPECT_TRUE(result.effective());
            for (const CheckVerdict& control : result.controls) {
                ASSERT_EQ(control.violations.size(), 1U) << plan.scenario.name << " " << seed;
                EXPECT_TRUE(control.violations[0].sentence.ends_with("for the only broker."));
            }
        }
    }
    EXPECT_EQ(controls, 1U);
}

TEST(Plan, refuses_a_control_that_must_hold_as_well) {
    for (Plan& plan : all_plans()) {
        if (plan.controls.empty()) {
            continue;
        }
        Scenario both = plan.scenario;
        both.check.always.push_back(both.check.controls[0]);
        const auto made = make_plan(std::move(both));
        ASSERT_FALSE(made.ok());
        EXPECT_NE(made.error().text.find("is also a control"), std::string::npos);
    }
}

TEST(ShippedScenarios, hold_under_twenty_seeds_each) {
    for (const Plan& plan : all_plans()) {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const RunResult result = run_once(plan, seeded(seed));
            EXPECT_EQ(result.unfinished, "");
            for (std::size_t i = 0; i < plan.checks.size(); ++i) {
                EXPECT_TRUE(result.checks[i].violations.empty())
                    << "stormglass run " << plan.scenario.name << " --seed " << seed << ": "
                    << result.checks[i].violations.front().sentence;
            }
        }
    }
}

TEST(ShippedScenarios, repeat_to_the_last_bit) {
    for (const Plan& plan : all_plans()) {
        EXPECT_EQ(run_once(plan, seeded(7)).hash, run_once(plan, seeded(7)).hash)
            << plan.scenario.name;
    }
}

TEST(ShippedScenarios, differ_from_their_masked_twins) {
    for (const Plan& plan : all_plans()) {
        for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
            bool changed = false;
            for (std::uint64_t seed = 1; seed <= 20 && !changed; ++seed) {
                RunOptions masked = seeded(seed);
                masked.mask = {fault};
                masked.compare = RunOptions::Compare::no;
                RunOptions whole = seeded(seed);
                whole.compare = RunOptions::Compare::no;
                const RunResult with = run_once(plan, whole);
                changed = with.faults[fault].took_effect > 0 &&
                          with.ledger_digest != run_once(plan, masked).ledger_digest;
            }
            EXPECT_TRUE(changed) << plan.scenario.name << ", fault " << fault + 1;
        }
    }
}

/// A few in every run of the tests; STORMGLASS_SEEDS=100 for the full comparison.
std::uint64_t seeds_wanted() {
    const char* wanted = std::getenv("STORMGLASS_SEEDS");
    return wanted == nullptr ? 5 : std::strtoull(wanted, nullptr, 10);
}

TEST(Signatures, real_and_stand_in_give_equal_verdicts) {
    for (Plan& plan : all_plans()) {
        plan.scenario.workload.count = 5;
        for (std::uint64_t seed = 1; seed <= seeds_wanted(); ++seed) {
            RunOptions real = seeded(seed);
            real.signing = Signing::ed25519;
            RunOptions stand_in = seeded(seed);
            stand_in.signing = Signing::stand_in;
            EXPECT_EQ(run_once(plan, real).failed(), run_once(plan, stand_in).failed())
                << plan.scenario.name << " seed " << seed;
        }
    }
}

}  // namespace
}  // namespace stormglass::scenarios
