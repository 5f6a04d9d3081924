// The shrinker against predicates whose smallest failing case is known.
#include "sim/shrink.hpp"

#include <set>

#include "tests/sim/reductions.hpp"

namespace stormglass::sim {
namespace {

/// A run that fails when all of these decisions act and these choices are made.
struct Cause {
    std::vector<std::set<std::uint32_t>> decisions;
    std::set<std::uint32_t> choices;
    RunSize size;

    bool fails(const Reduction& kept) const {
        for (std::size_t i = 0; i < decisions.size(); ++i) {
            for (const std::uint32_t one : decisions[i]) {
                if (!kept.of_fault(i).contains(one)) {
                    return false;
                }
            }
        }
        return std::all_of(choices.begin(), choices.end(), [&](std::uint32_t one) {
            return kept.choices.contains(one);
        });
    }
};

rc::Gen<Cause> any_cause() {
    return rc::gen::exec([]() -> Cause {
        Cause cause;
        const auto faults = *rc::gen::inRange<std::size_t>(1, 5);
        const auto some_of = [](std::uint32_t count) {
            const auto most = *rc::gen::element<std::size_t>(0, 1, 3);
            std::set<std::uint32_t> chosen;
            for (std::size_t i = 0; i < most && count > 0; ++i) {
                chosen.insert(*rc::gen::inRange<std::uint32_t>(0, count));
            }
            return chosen;
        };
        for (std::size_t i = 0; i < faults; ++i) {
            cause.size.decisions.push_back(*rc::gen::inRange<std::uint32_t>(0, 120));
            cause.decisions.push_back(some_of(cause.size.decisions.back()));
        }
        cause.size.choices = *rc::gen::inRange<std::uint32_t>(1, 30);
        cause.choices = some_of(cause.size.choices);
        return cause;
    });
}

RC_GTEST_PROP(Shrink, of_a_conjunction_leaves_exactly_its_parts, ()) {
    const Cause cause = *any_cause();
    std::uint64_t tries = 0;
    const auto probe = [&](const Reduction& kept) -> std::optional<RunSize> {
        ++tries;
        return cause.fails(kept) ? std::optional(cause.size) : std::nullopt;
    };
    const Shrunk smallest = shrink({}, cause.size, probe, {});
    RC_ASSERT(smallest.finished);
    RC_ASSERT(smallest.tries == tries);
    for (std::size_t i = 0; i < cause.decisions.size(); ++i) {
        const auto left = smallest.kept.of_fault(i).below(cause.size.decisions[i]);
        RC_ASSERT(std::set(left.begin(), left.end()) == cause.decisions[i]);
    }
    const auto made = smallest.kept.choices.below(cause.size.choices);
    const std::set<std::uint32_t> choices(made.begin(), made.end());
    if (cause.choices.empty()) {
        RC_ASSERT(choices.size() == 1U);  // a run without a workload is none
    } else {
        RC_ASSERT(choices == cause.choices);
    }
}

RC_GTEST_PROP(Shrink, keeps_the_best_so_far_when_its_budget_ends, ()) {
    const Cause cause = *any_cause();
    const auto probe = [&](const Reduction& kept) {
        return cause.fails(kept) ? std::optional(cause.size) : std::nullopt;
    };
    const auto budget = *rc::gen::inRange<std::uint64_t>(0, 40);
    const Shrunk some = shrink({}, cause.size, probe, {.tries = budget, .stop = {}});
    RC_ASSERT(some.tries <= budget);
    RC_ASSERT(cause.fails(some.kept));
}

TEST(Shrink, stops_when_it_is_told_to) {
    int asked = 0;
    const auto probe = [](const Reduction&) { return std::optional(RunSize{{5}, 3, 1}); };
    const Shrunk some =
        shrink({}, {{5}, 3, 1}, probe, {.tries = 100, .stop = [&] { return ++asked > 2; }});
    EXPECT_EQ(some.tries, 2U);
    EXPECT_FALSE(some.finished);
}

}  // namespace
}  // namespace stormglass::sim
