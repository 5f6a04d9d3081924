// Histories by their names: tokens, decisions by what they were about, the smallest run, narration.
#include "scenarios/runs/replay.hpp"

#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/runs/narrate.hpp"
#include "scenarios/runs/regression.hpp"
#include "tests/defects/defects.hpp"

namespace stormglass::scenarios {
namespace {

Plan plan_named(const std::string& name) {
    EXPECT_TRUE(crypto::initialise().ok());
    auto plans = load_plans({name}, make_names({}));
    EXPECT_TRUE(plans.value.has_value()) << plans.refusal.text;
    return std::move(plans.value->front());
}

RunOptions seeded(std::uint64_t seed) {
    RunOptions options;
    options.seed = seed;
    return options;
}

const PlantedDefect& undoes_forward() {
    static const PlantedDefect defect{"compensate-forward",
                                      "undoes steps in the order in which they were done",
                                      "reverse-order",
                                      "lossy-network",
                                      nullptr,
                                      &tests::compensate_forward()};
    return defect;
}

/// A run of the lossy network that fails under the defect, and the check that says so.
std::pair<RunOptions, std::size_t> failing_run(const Plan& plan) {
    RunOptions options;
    options.defect = &undoes_forward();
    for (options.seed = 1; options.seed < 200; ++options.seed) {
        const RunResult result = run_once(plan, options);
        for (std::size_t check = 0; check < result.checks.size(); ++check) {
            if (!result.checks[check].violations.empty()) {
                return {options, check};
            }
        }
    }
    ADD_FAILURE() << "no seed fails under the defect";
    return {};
}

TEST(Decisions, by_what_they_were_about_repeat_every_shipped_scenario) {
    EXPECT_TRUE(crypto::initialise().ok());
    auto plans = load_plans({}, make_names({}));
    for (const Plan& plan : *plans.value) {
        const RunOptions options = seeded(11);
        const RunResult whole = run_once(plan, options);
        const auto decisions = decisions_of(plan, options);
        std::vector<std::uint32_t> counted(plan.schedule.size());
        for (const NamedDecision& decision : decisions) {
            EXPECT_EQ(decision.number, counted[decision.fault]++) << decision.name;
        }
        EXPECT_EQ(counted, whole.size.decisions) << plan.scenario.name;
        RunOptions recalled = options;
        recalled.recall = recall_of(plan, decisions);
        EXPECT_EQ(run_once(plan, recalled).hash, whole.hash) << plan.scenario.name;
    }
}

TEST(Orders, left_out_move_no_other) {
    const Plan plan = plan_named("calm");
    RunOptions one = seeded(3);
    one.kept.choices = sim::IndexSet::of(std::array{7U});
    const RunResult result = run_once(plan, one);
    EXPECT_FALSE(result.failed());
    EXPECT_EQ(result.completed + result.compensated, 1U);
    const std::string told = narrate(plan, one, {});
    EXPECT_NE(told.find("order-8"), std::string::npos);
    EXPECT_EQ(told.find("order-7"), std::string::npos);
}

TEST(SmallestRun, fails_in_the_same_way_and_by_nothing_more) {
    const Plan plan = plan_named("lossy-network");
    const auto [options, check] = failing_run(plan);
    const Smallest smallest = smallest_run(plan, options, check, {.tries = 1'000, .stop = {}});
    ASSERT_TRUE(smallest.shrunk.finished);
    const sim::Token token = token_of(plan, smallest.options, smallest.result);
    const RunResult again = run_once(plan, options_of(token, options.defect));
    EXPECT_TRUE(is_repeated(token, again));
    EXPECT_FALSE(again.checks[check].violations.empty());
    EXPECT_EQ(smallest.shrunk.size.kept_choices(smallest.shrunk.kept), 1U);
    for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
        const auto kept =
            smallest.shrunk.kept.of_fault(fault).below(smallest.shrunk.size.decisions[fault]);
        for (const std::uint32_t dropped : kept) {
            std::vector<std::uint32_t> rest = kept;
            std::erase(rest, dropped);
            RunOptions less = smallest.options;
            less.kept.fault(fault) = sim::IndexSet::of(rest);
            EXPECT_TRUE(run_once(plan, less).checks[check].violations.empty())
                << "fault " << fault + 1 << ", decision " << dropped;
        }
    }
}

TEST(SmallestRun, without_tries_is_the_run_itself) {
    const Plan plan = plan_named("lossy-network");
    const auto [options, check] = failing_run(plan);
    const Smallest same = smallest_run(plan, options, check, {.tries = 0, .stop = {}});
    EXPECT_TRUE(same.options.kept.is_whole());
    EXPECT_EQ(same.result.hash, run_once(plan, options).hash);
}

TEST(KeptFailure, fails_while_the_defect_is_there_and_holds_without) {
    const Plan plan = plan_named("lossy-network");
    const auto [options, check] = failing_run(plan);
    const ReplayFile file = replay_file(plan, options, run_once(plan, options), check);
    const Retried broken = retry(plan, file, &undoes_forward());
    EXPECT_EQ(broken.outcome, Retried::Outcome::fails);
    EXPECT_EQ(broken.check, "reverse-order");
    EXPECT_TRUE(broken.repeated);
    ReplayFile of_a_mended_build = file;
    of_a_mended_build.decisions.resize(1);
    const Retried mended = retry(plan, of_a_mended_build, nullptr);
    EXPECT_EQ(mended.outcome, Retried::Outcome::holds);
    EXPECT_FALSE(mended.repeated);
}

TEST(KeptFailure, whose_decisions_meet_nothing_is_stale) {
    const Plan plan = plan_named("lossy-network");
    const auto [options, check] = failing_run(plan);
    ReplayFile file = replay_file(plan, options, run_once(plan, options), check);
    file.decisions.resize(2);
    file.decisions[1].about ^= 1;
    file.decisions[1].name = "loss of a frame that is no longer sent";
    const Retried tried = retry(plan, file, nullptr);
    EXPECT_EQ(tried.outcome, Retried::Outcome::stale);
    EXPECT_EQ(tried.met, 1U);
    EXPECT_EQ(tried.missed, file.decisions[1].name);
}

TEST(Engine, of_a_defect_is_told_from_the_sound_one) {
    const std::array defects = {undoes_forward()};
    const PlantedDefect* found = nullptr;
    EXPECT_TRUE(find_engine(engine_hash(nullptr), defects, found));
    EXPECT_EQ(found, nullptr);
    EXPECT_TRUE(find_engine(engine_hash(defects.data()), defects, found));
    EXPECT_EQ(found, defects.data());
    EXPECT_FALSE(find_engine(engine_hash(defects.data()), {}, found));
}

TEST(Narration, ends_where_it_is_told_to) {
    const Plan plan = plan_named("coordinator-crash");
    const auto lines = [&](std::string_view until) {
        const std::string text = narrate(plan, seeded(1), *read_until(until));
        return std::count(text.begin(), text.end(), '\n');
    };
    EXPECT_EQ(lines("#12"), 12);
    const std::string until_over = narrate(plan, seeded(1), *read_until("saga.took-over"));
    const std::string last = until_over.substr(until_over.rfind('\n', until_over.size() - 2) + 1);
    EXPECT_NE(last.find("saga.took-over"), std::string::npos) << last;
    EXPECT_LT(lines("0.5"), lines("600ms"));
    EXPECT_NE(narrate(plan, seeded(1), {}).find("CRASH"), std::string::npos);
}

TEST(Narration, refuses_an_end_that_is_none) {
    for (const char* wrong : {"", "#", "#0", "#1x", "12parsecs", "soon", "-1s"}) {
        EXPECT_FALSE(read_until(wrong).ok()) << wrong;
    }
}

TEST(Slug, of_any_words_names_a_file) {
    EXPECT_EQ(slug_of("Order 17: twice!"), "order-17-twice");
    EXPECT_EQ(slug_of("../../etc/passwd"), "etc-passwd");
    EXPECT_EQ(slug_of("!?"), "run");
    EXPECT_EQ(slug_of(std::string(200, 'a')).size(), 60U);
}

}  // namespace
}  // namespace stormglass::scenarios
