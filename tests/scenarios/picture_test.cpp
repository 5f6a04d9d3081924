// What is recorded of a run for people: bounded, in order, on lanes that exist, about what failed.
#include "scenarios/runs/picture.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "reports/json.hpp"
#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"

namespace stormglass::scenarios {
namespace {

using reports::Picture;
using reports::PictureStep;
using reports::StepKind;

Plan plan_named(const std::string& name) {
    EXPECT_TRUE(crypto::initialise().ok());
    auto plans = load_plans({name}, make_names({}));
    EXPECT_TRUE(plans.value.has_value()) << plans.refusal.text;
    return std::move(plans.value->front());
}

/// As if a check had objected to this order at that time.
Picture pictured(const std::string& scenario, std::uint64_t seed, const std::string& order) {
    const Plan plan = plan_named(scenario);
    RunOptions options;
    options.seed = seed;
    options.tell = RunOptions::Tell::story;
    Violation violation;
    violation.sentence = "Saga " + order + " went wrong.";
    violation.subject = order;
    violation.node = "orders";
    violation.at = 4'000'000'000;
    return picture_of(plan, options, violation, {0});
}

void expect_sound(const Picture& picture, const std::string& order) {
    EXPECT_EQ(picture.about, order);
    ASSERT_FALSE(picture.steps.empty());
    EXPECT_LE(picture.steps.size(), reports::kPictureStepsMost);
    EXPECT_EQ(picture.steps.back().kind, StepKind::violation);
    EXPECT_EQ(picture.steps.back().text, "Saga " + order + " went wrong.");
    std::int64_t before = 0;
    for (const PictureStep& step : picture.steps) {
        EXPECT_GE(step.time_ns, before) << step.text;
        EXPECT_GE(step.until_ns, step.time_ns) << step.text;
        EXPECT_LT(step.lane, picture.lanes.size());
        EXPECT_LT(step.to.value_or(0), picture.lanes.size());
        EXPECT_FALSE(step.text.empty());
        before = step.time_ns;
    }
    for (const reports::PictureSpan& span : picture.spans) {
        EXPECT_LE(span.from_ns, span.until_ns);
        EXPECT_FALSE(span.lanes.empty());
    }
    const std::set<std::string> names(picture.lanes.begin(), picture.lanes.end());
    EXPECT_EQ(names.size(), picture.lanes.size());
}

bool has(const Picture& picture, StepKind kind) {
    return std::any_of(picture.steps.begin(), picture.steps.end(), [kind](const auto& step) {
        return step.kind == kind;
    });
}

TEST(Picture, is_sound_in_every_scenario_and_the_same_again) {
    for (const NamedThing& scenario : make_names({}).scenarios) {
        SCOPED_TRACE(scenario.name);
        const Picture picture = pictured(scenario.name, 11, "order-3");
        expect_sound(picture, "order-3");
        reports::Results one;
        one.scenarios.emplace_back().failures.emplace_back().picture = picture;
        reports::Results two = one;
        two.scenarios[0].failures[0].picture = pictured(scenario.name, 11, "order-3");
        EXPECT_TRUE(reports::to_json(one) == reports::to_json(two));
        EXPECT_TRUE(reports::from_json(reports::to_json(one)).ok());
    }
}

TEST(Picture, shows_the_faults_that_struck) {
    bool lost = false;
    bool copied = false;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Picture lossy = pictured("lossy-network", seed, "order-5");
        lost = lost || has(lossy, StepKind::lost);
        copied = copied || has(lossy, StepKind::copy);
    }
    EXPECT_TRUE(lost);
    EXPECT_TRUE(copied);
    const Picture crashed = pictured("coordinator-crash", 3, "order-5");
    EXPECT_TRUE(has(crashed, StepKind::crash));
    EXPECT_TRUE(has(crashed, StepKind::restart));
    const Picture split = pictured("partition-during-checkout", 3, "order-5");
    EXPECT_FALSE(split.spans.empty());
    const auto fault = std::find_if(split.steps.begin(), split.steps.end(), [](const auto& step) {
        return step.kind == StepKind::fault && step.text.find("without it") != std::string::npos;
    });
    ASSERT_NE(fault, split.steps.end());
    EXPECT_EQ(fault->text, "partition-complete: orders cut off (without it the run passes)");
    EXPECT_EQ(split.lanes[fault->lane], "orders");
}

TEST(Picture, shows_the_adversary_where_it_is_about_an_attack) {
    const Plan plan = plan_named("forged-events");
    RunOptions options;
    options.seed = 5;
    Violation violation;
    violation.sentence = "The log holds an event that its source never wrote.";
    violation.subject = "attack";
    violation.at = 20'000'000'000;
    const Picture picture = picture_of(plan, options, violation, {});
    EXPECT_TRUE(has(picture, StepKind::forged));
    EXPECT_LE(picture.steps.size(), reports::kPictureStepsMost);
}

}  // namespace
}  // namespace stormglass::scenarios
