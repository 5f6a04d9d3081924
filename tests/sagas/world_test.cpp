// Coordinators and participants together, on a fake bus in every order that the contract allows.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/saga_world.hpp"

namespace stormglass::sagas::tests {
namespace {

RC_GTEST_PROP(SagaWorld, every_order_and_crash_ends_and_keeps_the_laws, (std::uint64_t seed)) {
    SagaWorld world(seed, sound_rules());
    RC_ASSERT(world.play() == "");
}

struct Sweep {
    int lost = 0;
    std::string first;  // broken law, with its seed
    std::set<std::string> marks;
};

Sweep sweep(const Rules& rules, std::uint64_t seeds, WorldOptions options = {}) {
    Sweep result;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        SagaWorld world(mix64(seed), rules, options);
        const std::string broken = world.play();
        if (!broken.empty()) {
            ++result.lost;
            if (result.first.empty()) {
                result.first = "seed " + std::to_string(seed) + ": " + broken;
            }
        }
        result.marks.merge(world.marks());
    }
    return result;
}

TEST(SagaWorld, sound_rules_lose_nothing_and_reach_every_mark) {
    Sweep result = sweep(sound_rules(), 300);
    EXPECT_EQ(result.lost, 0) << result.first;
    for (const char* mark : {"saga.completed",
                             "saga.compensated",
                             "saga.took-over",
                             "saga.step-timeout",
                             "coordinator.fenced",
                             "participant.fenced",
                             "inbox.duplicate-answered",
                             "participant.tombstone-left",
                             "participant.late-do-refused",
                             "participant.poison-put-off"}) {
        EXPECT_TRUE(result.marks.contains(mark)) << mark;
    }
}

TEST(SagaWorld, calm_sagas_need_no_takeover) {
    const Sweep result =
        sweep(sound_rules(), 50, {.crash_percent = 0, .usurp_percent = 0, .drop_percent = 0});
    EXPECT_EQ(result.lost, 0) << result.first;
    EXPECT_FALSE(result.marks.contains("coordinator.fenced"));
    EXPECT_FALSE(result.marks.contains("saga.took-over"));
}

TEST(SagaWorld, crashes_alone_lose_nothing) {
    const Sweep result =
        sweep(sound_rules(), 100, {.crash_percent = 12, .usurp_percent = 0, .drop_percent = 0});
    EXPECT_EQ(result.lost, 0) << result.first;
    EXPECT_TRUE(result.marks.contains("saga.took-over"));
}

TEST(SagaWorld, owners_that_do_not_know_they_were_replaced_lose_nothing) {
    const Sweep result =
        sweep(sound_rules(), 100, {.crash_percent = 0, .usurp_percent = 12, .drop_percent = 0});
    EXPECT_EQ(result.lost, 0) << result.first;
    EXPECT_TRUE(result.marks.contains("coordinator.fenced"));
    EXPECT_TRUE(result.marks.contains("participant.fenced"));
}

TEST(SagaWorld, dropped_deliveries_alone_lose_nothing) {
    const Sweep result =
        sweep(sound_rules(), 100, {.crash_percent = 0, .usurp_percent = 0, .drop_percent = 60});
    EXPECT_EQ(result.lost, 0) << result.first;
    EXPECT_TRUE(result.marks.contains("saga.completed"));
}

struct NoFence : Rules {
    bool decision_is_fenced() const override { return false; }
};

struct NoInbox : Rules {
    bool repeat_is_answered_from_inbox() const override { return false; }
};

struct NoTombstone : Rules {
    bool tombstone_is_left() const override { return false; }
};

struct TombstoneIgnored : Rules {
    bool tombstone_refuses_do() const override { return false; }
};

struct ForwardOrder : Rules {
    StepSet undone_before(const Definition& definition, StepId step) const override {
        return definition.step(step).ancestors;
    }
};

struct SkipsFirst : Rules {
    StepSet steps_to_compensate(const Definition& definition,
                                const Progress& progress) const override {
        StepSet steps = Rules::steps_to_compensate(definition, progress);
        if (!steps.empty()) {
            steps.erase(*steps.begin());
        }
        return steps;
    }
};

TEST(SagaWorld, every_broken_rule_breaks_a_law) {
    EXPECT_GT(sweep(NoFence{}, 200).lost, 0);
    EXPECT_GT(sweep(NoInbox{}, 100).lost, 0);
    EXPECT_GT(sweep(NoTombstone{}, 200).lost, 0);
    EXPECT_GT(sweep(TombstoneIgnored{}, 200).lost, 0);
    EXPECT_GT(sweep(ForwardOrder{}, 100).lost, 0);
    EXPECT_GT(sweep(SkipsFirst{}, 100).lost, 0);
}

}  // namespace
}  // namespace stormglass::sagas::tests
