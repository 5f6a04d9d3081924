// The generators: their shrinks get smaller and end, a failing case ends as the smallest, and the
// checkout world holds under schedules that they draw.
#include "scenarios/gtest/gen.hpp"

#include "runtime/crypto/ed25519.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/runs/replay.hpp"
#include "tests/gtest/worlds.hpp"

namespace stormglass::gen {
namespace {

using tests::Care;

std::uint64_t size_of(const Schedule& schedule, const std::vector<std::uint32_t>& decisions) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < schedule.kept.size(); ++i) {
        // One more for a fault that is there at all, even where it decided nothing.
        sum += schedule.kept[i].count_below(decisions[i]) + (schedule.kept[i].is_none() ? 0 : 1);
    }
    return sum;
}

RC_GTEST_PROP(Generator, of_schedules_shrinks_to_less_and_ends, ()) {
    const auto decisions =
        *rc::gen::container<std::vector<std::uint32_t>>(4, rc::gen::inRange<std::uint32_t>(0, 20));
    Schedule schedule = *gen::schedule(Shape{4, 10});
    std::size_t steps = 0;
    for (std::uint64_t size = size_of(schedule, decisions); size > 0;) {
        schedule.showed->decisions = decisions;
        const std::vector<Schedule> all = simpler(schedule);
        for (const Schedule& one : all) {
            RC_ASSERT(one.seed == schedule.seed);
            RC_ASSERT(size_of(one, decisions) < size);
        }
        if (all.empty()) {
            break;
        }
        schedule = all[*rc::gen::inRange<std::size_t>(0, all.size())];
        size = size_of(schedule, decisions);
        RC_ASSERT(++steps < 100U);
    }
}

RC_GTEST_PROP(Generator, of_workloads_keeps_at_least_one_choice, ()) {
    Workload workload = *gen::workload(Shape{0, 30});
    for (;;) {
        const auto size = workload.choices.count_below(30);
        RC_ASSERT(size >= 1U);
        const std::vector<Workload> all = simpler(workload);
        for (const Workload& one : all) {
            RC_ASSERT(one.choices.count_below(30) < size);
        }
        if (all.empty()) {
            break;
        }
        workload = all[*rc::gen::inRange<std::size_t>(0, all.size())];
    }
    RC_ASSERT(workload.choices.count_below(30) == 1U);
}

/// What RapidCheck does with a failing case: the first simpler one that fails, again and again.
template <class T, class Fails>
T smallest(rc::Shrinkable<T> found, const Fails& fails) {
    for (bool smaller = true; smaller;) {
        smaller = false;
        auto all = found.shrinks();
        while (auto next = all.next()) {
            if (fails(next->value())) {
                found = *next;
                smaller = true;
                break;
            }
        }
    }
    return found.value();
}

TEST(Generator, ends_with_one_choice_and_nothing_that_need_not_be) {
    const trial::Trial& trial = tests::noisy(Care::careless);
    int found = 0;
    for (std::uint64_t i = 0; i < 40 && found < 5; ++i) {
        const rc::Random random(i);
        const auto workload = gen::workload(trial)(random, 100);
        const auto schedule = gen::schedule(trial)(random, 100);
        const auto fails = [&](const Schedule& drawn, const Workload& made) {
            const trial::Outcome outcome = trial.run(case_of(drawn, made));
            if (outcome.broken.empty()) {
                return false;
            }
            *drawn.showed = outcome.size;
            return true;
        };
        if (!fails(schedule.value(), workload.value())) {
            continue;
        }
        ++found;
        const Workload least =
            smallest(workload, [&](const Workload& made) { return fails(schedule.value(), made); });
        const Schedule fewest =
            smallest(schedule, [&](const Schedule& drawn) { return fails(drawn, least); });
        // One frame doubled, or its first try lost and the second doubled.
        EXPECT_EQ(least.choices.count_below(12), 1U);
        EXPECT_LE(fewest.showed->kept_decisions(kept(fewest, least)), 2U) << fewest;
        for (const Schedule& one : simpler(fewest)) {
            EXPECT_FALSE(fails(one, least)) << one;
        }
    }
    EXPECT_EQ(found, 5);
}

RC_GTEST_PROP(Counter, counts_no_frame_twice_under_any_schedule, ()) {
    const auto workload = *gen::workload(tests::noisy(Care::careful));
    const auto schedule = *gen::schedule(tests::noisy(Care::careful));
    must_hold(tests::noisy(Care::careful), schedule, workload);
}

std::vector<scenarios::Plan> shipped() {
    RC_ASSERT(crypto::initialise().ok());
    auto plans = scenarios::load_plans({}, scenarios::make_names({}));
    RC_ASSERT(plans.value.has_value());
    return std::move(*plans.value);
}

RC_GTEST_PROP(CheckoutWorld, holds_under_random_schedules_of_every_scenario, ()) {
    static const std::vector<scenarios::Plan> plans = shipped();
    const auto& plan = plans[*rc::gen::inRange<std::size_t>(0, plans.size())];
    const Shape shape{plan.schedule.size(),
                      static_cast<std::uint32_t>(plan.scenario.workload.count)};
    const Workload made = *gen::workload(shape);
    const Schedule drawn = *gen::schedule(shape);
    scenarios::RunOptions options;
    options.seed = drawn.seed;
    options.kept = kept(drawn, made);
    const scenarios::RunResult result = scenarios::run_once(plan, options);
    if (result.failed()) {
        *drawn.showed = result.size;
    }
    RC_LOG("stormglass replay " + sim::encode_token(scenarios::token_of(plan, options, result)));
    RC_ASSERT(result.unfinished == "");
    for (std::size_t i = 0; i < result.checks.size(); ++i) {
        RC_LOG(std::string(plan.checks[i]->slug));
        RC_ASSERT(result.checks[i].violations.empty());
    }
    RC_ASSERT(result.completed + result.compensated <= made.choices.count_below(shape.choices));
}

}  // namespace
}  // namespace stormglass::gen
