// Sets of numbers against a plain std::set, and what a world does with the decisions left out.
#include "sim/reduction.hpp"

#include <set>

#include "tests/sim/reductions.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::sim {
namespace {

RC_GTEST_PROP(IndexSet, holds_what_it_was_given, (const std::set<std::uint8_t>& given)) {
    const std::vector<std::uint32_t> numbers(given.begin(), given.end());
    const IndexSet set = IndexSet::of(numbers);
    const auto limit = *rc::gen::inRange<std::uint32_t>(0, 300);
    std::vector<std::uint32_t> below;
    for (std::uint32_t number = 0; number < 300; ++number) {
        RC_ASSERT(set.contains(number) == (number < 256 && given.contains(number & 0xff)));
        if (number < limit && set.contains(number)) {
            below.push_back(number);
        }
    }
    RC_ASSERT(set.below(limit) == below);
    RC_ASSERT(set.count_below(limit) == below.size());
    RC_ASSERT(IndexSet::of_ranges({set.ranges().begin(), set.ranges().end()}) == set);
}

TEST(IndexSet, that_holds_all_ends_at_any_limit) {
    EXPECT_TRUE(IndexSet::all().contains(4'000'000'000));
    EXPECT_EQ(IndexSet::all().below(3), (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_EQ(IndexSet::all().below(0), std::vector<std::uint32_t>{});
    EXPECT_TRUE(IndexSet::none().is_none());
    EXPECT_FALSE(IndexSet::none().contains(0));
}

RC_GTEST_PROP(Reduction, is_normal_without_trailing_entries_that_keep_all, ()) {
    const Reduction kept = *tests::any_reduction();
    const Reduction normal = kept.normal();
    RC_ASSERT((normal.faults.empty() || !normal.faults.back().is_all()));
    for (std::size_t i = 0; i < kept.faults.size() + 2; ++i) {
        RC_ASSERT(normal.of_fault(i) == kept.of_fault(i));
    }
    RC_ASSERT(normal.choices == kept.choices);
}

Schedule losses() {
    Fault loss{.kind = FaultKind::loss, .name = "lossy"};
    loss.set("probability", 300'000);
    Fault copies{.kind = FaultKind::duplicate, .name = "copies"};
    copies.set("probability", 300'000).set("copies", 1);
    return {loss, copies};
}

/// What each fault was asked and did, by what it was about.
struct Visits final : Observer {
    struct Visit {
        std::uint64_t subject;
        bool fired;
    };

    void on_fault_visit(std::size_t index, Subject about, std::uint64_t, bool fired) override {
        of_fault[index].push_back({subject_hash(about), fired});
    }

    std::vector<std::uint64_t> fired(std::size_t fault) const {
        std::vector<std::uint64_t> subjects;
        for (const Visit& visit : of_fault[fault]) {
            if (visit.fired) {
                subjects.push_back(visit.subject);
            }
        }
        return subjects;
    }

    std::array<std::vector<Visit>, 2> of_fault;
};

struct Ran {
    std::uint64_t hash = 0;
    std::vector<std::uint32_t> decisions;
    Visits visits;
};

Ran run(std::uint64_t seed, const Reduction& kept, std::vector<Recall> recall = {}) {
    tests::TwoNodes nodes(tests::seeded(seed), losses());
    Ran ran;
    nodes.world.keep(kept);
    if (!recall.empty()) {
        nodes.world.recall(std::move(recall));
    }
    nodes.world.add_observer(ran.visits);
    nodes.run();
    ran.hash = nodes.world.hash();
    const auto decisions = nodes.world.fault_decisions();
    ran.decisions.assign(decisions.begin(), decisions.end());
    return ran;
}

RC_GTEST_PROP(Decisions, all_kept_by_number_are_the_whole_run, (std::uint64_t seed)) {
    const Ran whole = run(seed, {});
    Reduction same;
    for (std::size_t i = 0; i < 2; ++i) {
        same.fault(i) = IndexSet::of(IndexSet::all().below(whole.decisions[i]));
    }
    RC_ASSERT(run(seed, same).hash == whole.hash);
}

RC_GTEST_PROP(Decisions, none_kept_is_a_run_without_the_fault, (std::uint64_t seed)) {
    Reduction without;
    without.fault(0) = IndexSet::none();
    const Ran ran = run(seed, without);
    RC_ASSERT(ran.visits.fired(0).empty());
    tests::TwoNodes masked(tests::seeded(seed), losses(), {0});
    masked.run();
    RC_ASSERT(ran.hash == masked.world.hash());
}

RC_GTEST_PROP(Decisions, kept_by_number_act_in_their_order, (std::uint64_t seed)) {
    const Ran whole = run(seed, {});
    RC_PRE(whole.decisions[0] > 1);
    const auto first = *rc::gen::inRange<std::uint32_t>(0, whole.decisions[0]);
    Reduction one;
    one.fault(0) = IndexSet::of(std::array{first});
    one.fault(1) = IndexSet::none();
    const Ran ran = run(seed, one);
    RC_ASSERT(ran.visits.fired(0).size() <= 1);
    // Up to the one that is kept the fault decides as often as its number says.
    RC_ASSERT((ran.decisions[0] > first || ran.visits.fired(0).empty()));
}

RC_GTEST_PROP(Decisions, recalled_by_subject_repeat_the_run, (std::uint64_t seed)) {
    const Ran whole = run(seed, {});
    std::vector<Recall> recall(2);
    for (std::size_t i = 0; i < 2; ++i) {
        recall[i].subjects = whole.visits.fired(i);
        std::sort(recall[i].subjects.begin(), recall[i].subjects.end());
    }
    RC_ASSERT(run(seed, {}, recall).hash == whole.hash);
}

}  // namespace
}  // namespace stormglass::sim
