// The sound rules, one by one, on the checkout and on random definitions.
#include "sagas/rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

StepSet steps(const Definition& definition, std::initializer_list<std::string_view> names) {
    StepSet set;
    for (const std::string_view name : names) {
        set.insert(*definition.find(name));
    }
    return set;
}

TEST(SoundRules, take_back_what_was_and_what_may_have_been_applied) {
    const Definition definition = checkout();
    Progress known;
    known.applied = steps(definition, {"reserve"});
    known.unknown = steps(definition, {"label"});
    known.failed = steps(definition, {"charge"});
    EXPECT_EQ(sound_rules().steps_to_compensate(definition, known),
              steps(definition, {"reserve", "label"}));
    EXPECT_TRUE(sound_rules().steps_to_compensate(definition, {}).empty());
}

TEST(SoundRules, never_take_back_the_pivot_or_what_follows_it) {
    const Definition definition = checkout();
    Progress known;
    known.applied = steps(definition, {"reserve", "charge", "label"});
    known.unknown = steps(definition, {"confirm", "ship"});
    EXPECT_EQ(sound_rules().steps_to_compensate(definition, known),
              steps(definition, {"reserve", "charge", "label"}));
}

TEST(SoundRules, undo_followers_first) {
    const Definition definition = checkout();
    const auto before = [&](std::string_view step) {
        return sound_rules().undone_before(definition, *definition.find(step));
    };
    EXPECT_EQ(before("reserve"), steps(definition, {"charge", "label", "confirm", "ship"}));
    EXPECT_EQ(before("charge"), steps(definition, {"confirm", "ship"}));
    EXPECT_TRUE(before("ship").empty());
}

RC_GTEST_PROP(SoundRules, order_of_undoing_is_the_reverse_of_doing, (std::uint64_t seed)) {
    Dice dice(seed);
    const Definition definition = random_saga(dice);
    for (const StepId a : definition.all()) {
        for (const StepId b : definition.all()) {
            const bool a_before_b = definition.step(b).ancestors.contains(a);
            RC_ASSERT(sound_rules().undone_before(definition, a).contains(b) == a_before_b);
        }
    }
}

TEST(SoundRules, fence_answer_again_and_leave_tombstones) {
    EXPECT_TRUE(sound_rules().decision_is_fenced());
    EXPECT_TRUE(sound_rules().repeat_is_answered_from_inbox());
    EXPECT_TRUE(sound_rules().tombstone_is_left());
    EXPECT_TRUE(sound_rules().tombstone_refuses_do());
}

TEST(SoundRules, hear_no_older_coordinator) {
    EXPECT_TRUE(sound_rules().epoch_is_admitted(5, 0));
    EXPECT_TRUE(sound_rules().epoch_is_admitted(5, 5));
    EXPECT_TRUE(sound_rules().epoch_is_admitted(6, 5));
    EXPECT_FALSE(sound_rules().epoch_is_admitted(4, 5));
}

RC_GTEST_PROP(StepSet, behaves_as_a_set, (std::uint64_t a, std::uint64_t b)) {
    const StepSet left(a);
    const StepSet right(b);
    StepSet rebuilt;
    int count = 0;
    for (const StepId step : left) {
        RC_ASSERT(left.contains(step));
        rebuilt.insert(step);
        ++count;
    }
    RC_ASSERT(rebuilt == left);
    RC_ASSERT(count == left.size());
    RC_ASSERT((left & right) == (right & left));
    RC_ASSERT(left.contains_all(left & right));
    RC_ASSERT(((left - right) & right).empty());
    RC_ASSERT(((left - right) | (left & right)) == left);
    RC_ASSERT((left | right).contains_all(right));
}

TEST(StepSet, erases_and_holds_the_last_step_of_all) {
    StepSet set;
    EXPECT_TRUE(set.empty());
    set.insert({63});
    set.insert({0});
    EXPECT_EQ(set.size(), 2);
    set.erase({0});
    EXPECT_EQ((*set.begin()).value, 63);
    set.erase({63});
    EXPECT_TRUE(set.begin() == set.end());
}

}  // namespace
}  // namespace stormglass::sagas::tests
