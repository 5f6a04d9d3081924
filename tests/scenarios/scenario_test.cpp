// Scenario files: what is decoded, what is refused with which words, and the shipped ones.
#include "scenarios/files/scenario.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "scenarios/files/scenario_rules.hpp"
#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

namespace {

using tests::good_scenario;
using tests::problems_of_scenario;
using tests::test_names;
using tests::with;

Scenario decoded(const std::string& text) {
    Problems problems("sample.yaml");
    std::optional<Scenario> scenario = read_scenario(text, test_names(), problems);
    EXPECT_TRUE(problems.empty()) << problems.text();
    return scenario.value_or(Scenario{});
}

}  // namespace

TEST(ScenarioFile, decodes_to_plain_values) {
    const Scenario scenario = decoded(good_scenario());
    EXPECT_EQ(scenario.name, "sample");
    EXPECT_EQ(scenario.file, "sample.yaml");
    EXPECT_EQ(scenario.claims, std::vector<std::string>{"A4"});
    EXPECT_EQ(scenario.topology.latency, (Range{1'000'000, 20'000'000}));
    EXPECT_EQ(scenario.workload.count, 10);
    EXPECT_EQ(active_span(scenario), seconds(2));
    ASSERT_EQ(scenario.faults.size(), 2U);
    const FaultSpec& crash = scenario.faults[0];
    EXPECT_EQ(crash.kind, "crash-at");
    EXPECT_EQ(crash.target.role, "coordinator");
    EXPECT_EQ(crash.words.at("site"), "saga.decision-acknowledged");
    EXPECT_EQ(crash.parameters.at("downtime"), (Range{1'000'000, 5'000'000'000}));
    EXPECT_EQ(crash.trigger.nth, std::vector<std::int64_t>{2});
    EXPECT_EQ(crash.line, 12);
    EXPECT_EQ(crash.column, 5);
    EXPECT_EQ(scenario.faults[1].parameters.at("probability"), (Range{50'000, 50'000}));
    EXPECT_EQ(scenario.faults[1].target.link_to, "broker");
    EXPECT_EQ(scenario.check.always[1].line, 19);
    EXPECT_EQ(scenario.quiesce, seconds(30));
    EXPECT_DOUBLE_EQ(scenario.gate.max_failure_probability, 0.001);
}

TEST(ScenarioFile, checks_take_a_bound_and_faults_take_sides_and_probes) {
    std::string text = with(good_scenario(), "[termination]", "[{termination: {within: 10s}}]");
    text = with(text, "when: {nth: [2]}", "when: {reached: saga.decided, delay: [1ms, 2ms]}");
    text = with(text,
                "{fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}",
                "{fault: partition-simplex, target: {cut: [[broker], [orders, payments]]}, "
                "with: {direction: first-to-second}, when: {after: 1s, for: [1s, 2s]}}");
    const Scenario scenario = decoded(text);
    EXPECT_EQ(scenario.check.eventually[0].within, seconds(10));
    EXPECT_EQ(scenario.faults[0].trigger.reached, "saga.decided");
    EXPECT_EQ(scenario.faults[0].trigger.delay, (Range{1'000'000, 2'000'000}));
    EXPECT_EQ(scenario.faults[1].target.second_side,
              (std::vector<std::string>{"orders", "payments"}));
    EXPECT_EQ(scenario.faults[1].trigger.duration, (Range{1'000'000'000, 2'000'000'000}));
}

TEST(ScenarioFile, claims_are_compared_with_the_claims_file_when_there_is_one) {
    Names names = test_names();
    names.claims = std::vector<std::string>{"A5", "D2"};
    Problems problems("f.yaml");
    EXPECT_FALSE(read_scenario(good_scenario(), names, problems).has_value());
    EXPECT_EQ(problems.text(),
              "f.yaml:4:10: no claim 'A4'; did you mean 'A5'?\n1 problem in f.yaml\n");
}

TEST(ScenarioFile, services_that_the_world_needs_must_be_there) {
    Names names = test_names();
    names.services_needed = {"orders", "stock"};
    Problems problems("f.yaml");
    EXPECT_FALSE(read_scenario(good_scenario(), names, problems).has_value());
    EXPECT_EQ(problems.text(),
              "f.yaml:8:13: this world cannot run without service 'stock'\n1 problem in f.yaml\n");
}

TEST(ScenarioFile, poison_in_the_workload_is_short_for_a_fault) {
    const Scenario scenario =
        decoded(with(good_scenario(), "every: 200ms", "every: 200ms, poison: 2"));
    ASSERT_EQ(scenario.faults.size(), 3U);
    EXPECT_EQ(scenario.faults[2].kind, "poison-message");
    EXPECT_EQ(scenario.faults[2].trigger.nth, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(scenario.faults[2].line, 10);
}

TEST(ScenarioFile, standbys_of_the_coordinator_are_nodes) {
    const std::string two = with(good_scenario(), "  latency:", "  coordinators: 2\n  latency:");
    EXPECT_EQ(problems_of_scenario(with(two, "{role: coordinator}", "{node: orders-2}")), "");
    EXPECT_NE(
        problems_of_scenario(with(good_scenario(), "{role: coordinator}", "{node: orders-2}")), "");
}

TEST(ScenarioFile, the_shipped_ones_are_sound_and_named_as_their_files) {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(STORMGLASS_SOURCE_DIR "/scenarios/data")) {
        const std::string text = tests::read_file(entry.path().string());
        EXPECT_EQ(problems_of_scenario(text), "") << entry.path();
        const Scenario scenario = decoded(text);
        EXPECT_EQ(scenario.name, entry.path().stem().string());
        EXPECT_GE(scenario.gate.seeds, 3500);
        const bool attacked = scenario.signing == Signing::ed25519;
        const bool incident = scenario.name == "github-2018-10-21";  // long, and therefore light
        EXPECT_EQ(scenario.workload.count, attacked ? 5 : incident ? 16 : 20) << scenario.name;
        ++count;
    }
    EXPECT_EQ(count, test_names().scenarios.size());
}

TEST(ScenarioFile, the_field_table_documents_every_top_key) {
    std::vector<std::string> paths;
    for (const FieldHelp& help : scenario_fields()) {
        EXPECT_FALSE(help.help.empty()) << help.path;
        EXPECT_FALSE(help.type.empty()) << help.path;
        paths.push_back(help.path);
    }
    for (const char* path : {"name",
                             "gate.seeds",
                             "faults[].when.for",
                             "topology.bus.engine",
                             "workload.every",
                             "check.always",
                             "signing",
                             "quiesce"}) {
        EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
    }
}

TEST(Bounds, reference_values) {
    EXPECT_EQ(runs_needed(0.01, 0.95), 299);
    EXPECT_EQ(runs_needed(0.01, 0.99), 459);
    EXPECT_EQ(runs_needed(0.001, 0.95), 2995);
    EXPECT_EQ(runs_needed(0.001, 0.99), 4603);
    EXPECT_EQ(runs_needed(0.0001, 0.95), 29956);
    EXPECT_EQ(runs_needed(0.00001, 0.95), 299572);
    EXPECT_NEAR(bound_without_failures(10000, 0.95), 0.000300, 0.0000005);
    EXPECT_EQ(too_few_seeds(29956, 0.0001, 0.95), std::nullopt);
}

RC_GTEST_PROP(Bounds, runs_needed_is_the_least_number_that_suffices, ()) {
    const double target = *rc::gen::inRange(1, 100'000) / 1e6;
    const double confidence = *rc::gen::inRange(50, 999) / 1e3;
    const std::int64_t runs = runs_needed(target, confidence);
    RC_ASSERT(bound_without_failures(runs, confidence) <= target);
    if (runs > 1) {
        RC_ASSERT(bound_without_failures(runs - 1, confidence) > target);
    }
}

TEST(Pattern, ends_with_a_star_or_is_a_name) {
    EXPECT_TRUE(matches_pattern("broker-1", "broker-*"));
    EXPECT_TRUE(matches_pattern("anything", "*"));
    EXPECT_TRUE(matches_pattern("orders", "orders"));
    EXPECT_FALSE(matches_pattern("orders", "order"));
    EXPECT_FALSE(matches_pattern("orders", "*s"));
}

TEST(ScenarioFile, may_name_checks_that_must_fail) {
    Problems problems("good.yaml");
    const auto scenario = read_scenario(tests::with(tests::good_scenario(),
                                                    "  sometimes: [saga.finished]\n",
                                                    "  controls: [bus-available]\n"),
                                        tests::test_names(),
                                        problems);
    ASSERT_TRUE(scenario.has_value()) << problems.text();
    ASSERT_EQ(scenario->check.controls.size(), 1U);
    EXPECT_EQ(scenario->check.controls[0].name, "bus-available");
    EXPECT_EQ(scenario->check.controls[0].line, 21);
}

}  // namespace stormglass::scenarios
