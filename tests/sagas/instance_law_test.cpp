// One saga against the worst participants allowed: commands and replies that are lost, doubled and
// reordered, timers that fire whenever they like. Whatever happens, the laws hold and it ends.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/saga_game.hpp"

namespace stormglass::sagas::tests {
namespace {

RC_GTEST_PROP(InstanceLaw,
              every_order_of_everything_ends_and_keeps_the_laws,
              (std::uint64_t seed)) {
    for (std::uint64_t run = 0; run < 20; ++run) {
        Game game(mix64(seed + run), sound_rules());
        game.play();
        RC_ASSERT(game.verdict() == "");
    }
}

RC_GTEST_PROP(InstanceLaw, few_undo_attempts_end_undone_or_with_an_operator, (std::uint64_t seed)) {
    for (std::uint64_t run = 0; run < 20; ++run) {
        Game game(mix64(seed + run), sound_rules(), 2);
        game.play();
        RC_ASSERT(is_final(game.instance().state));
        const std::string verdict = game.verdict();
        // Given up too early, an undo may have held all the same: an operator for nothing is
        // wasted work, not a broken promise.
        RC_ASSERT(verdict == "" || verdict == "S10: an operator for nothing");
    }
}

/// How many of 2000 games break a law under these rules.
int games_lost(const Rules& rules) {
    int lost = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Game game(mix64(seed), rules);
        game.play();
        lost += game.verdict().empty() ? 0 : 1;
    }
    return lost;
}

TEST(InstanceLaw, sound_rules_lose_no_game) {
    EXPECT_EQ(games_lost(sound_rules()), 0);
}

// Each rule matters: with it broken, the laws notice. (The gates of the defects are elsewhere.)
struct SkipsLast : Rules {
    StepSet steps_to_compensate(const Definition& definition,
                                const Progress& progress) const override {
        StepSet steps = Rules::steps_to_compensate(definition, progress);
        if (!steps.empty()) {
            steps.erase(*steps.begin());
        }
        return steps;
    }
};

struct ForwardOrder : Rules {
    StepSet undone_before(const Definition& definition, StepId step) const override {
        return definition.step(step).ancestors;
    }
};

struct AllAtOnce : Rules {
    StepSet undone_before(const Definition&, StepId) const override { return {}; }
};

struct OnlyTheKnown : Rules {
    StepSet steps_to_compensate(const Definition& definition,
                                const Progress& progress) const override {
        return progress.applied & definition.compensatable();
    }
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

TEST(InstanceLaw, every_broken_rule_loses_games) {
    EXPECT_GT(games_lost(SkipsLast{}), 10);
    EXPECT_GT(games_lost(ForwardOrder{}), 10);
    EXPECT_GT(games_lost(AllAtOnce{}), 10);
    EXPECT_GT(games_lost(OnlyTheKnown{}), 10);
    EXPECT_GT(games_lost(NoInbox{}), 10);
    EXPECT_GT(games_lost(NoTombstone{}), 10);
    EXPECT_GT(games_lost(TombstoneIgnored{}), 10);
}

}  // namespace
}  // namespace stormglass::sagas::tests
