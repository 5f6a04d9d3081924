// The laws themselves: each one notices what it forbids, and sound histories pass all of them.
#include "tests/sagas/laws.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

/// A history in words: "reserve charge -charge -reserve"; a minus is an undo.
std::vector<Applied> history(const Definition& definition, const std::string& words) {
    std::vector<Applied> effects;
    std::string word;
    for (const char c : words + " ") {
        if (c != ' ') {
            word += c;
            continue;
        }
        if (word.empty()) {
            continue;
        }
        const bool undo = word[0] == '-';
        const auto step = definition.find(undo ? word.substr(1) : word);
        CHECK(step.has_value());
        effects.push_back({*step, undo ? Direction::undo : Direction::forward});
        word.clear();
    }
    return effects;
}

struct Case {
    const char* name;
    const char* words;
    SagaState state;
    const char* law;  // the start of what is said; empty: sound
};

class Laws : public testing::TestWithParam<Case> {};

TEST_P(Laws, say_what_is_wrong) {
    const Definition definition = checkout();
    const std::string said =
        broken_law(definition, history(definition, GetParam().words), GetParam().state);
    EXPECT_EQ(said.substr(0, std::string(GetParam().law).size()), GetParam().law) << said;
    EXPECT_EQ(said.empty(), std::string(GetParam().law).empty()) << said;
}

constexpr SagaState kCompleted = SagaState::completed;
constexpr SagaState kCompensated = SagaState::compensated;
constexpr SagaState kOperator = SagaState::needs_operator;

INSTANTIATE_TEST_SUITE_P(
    Sound,
    Laws,
    testing::ValuesIn(std::vector<Case>{
        {"all", "reserve charge label confirm ship", kCompleted, ""},
        {"branches_in_any_order", "reserve label charge confirm ship", kCompleted, ""},
        {"nothing", "", kCompensated, ""},
        {"one_back", "reserve -reserve", kCompensated, ""},
        {"branches_back", "reserve charge label -charge -label -reserve", kCompensated, ""},
        {"branches_back_otherwise",
         "reserve charge label -label -charge -reserve",
         kCompensated,
         ""},
        {"half_a_branch", "reserve label -label -reserve", kCompensated, ""},
        {"stuck", "reserve label -label", kOperator, ""}}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Broken,
    Laws,
    testing::ValuesIn(std::vector<Case>{
        {"done_twice", "reserve reserve", kCompleted, "S3"},
        {"out_of_order", "charge", kCompensated, "S1"},
        {"join_too_early", "reserve charge confirm", kCompleted, "S1"},
        {"undone_twice", "reserve -reserve -reserve", kCompensated, "S4"},
        {"undone_never_done", "-reserve", kCompensated, "S6"},
        {"late_do", "reserve charge -charge label", kCompensated, "S5"},
        {"forward_order", "reserve charge -reserve -charge", kCompensated, "S7"},
        {"after_the_pivot", "reserve charge label confirm -label", kCompensated, "S9"},
        {"completed_in_part", "reserve charge label confirm", kCompleted, "S16"},
        {"completed_undone", "reserve -reserve", kCompleted, "S16"},
        {"compensated_in_part", "reserve charge -charge", kCompensated, "S4"},
        {"operator_for_nothing", "reserve -reserve", kOperator, "S10"},
        {"running", "reserve", SagaState::running, "S11"},
        {"compensating", "reserve", SagaState::compensating, "S11"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PrefixLaws, hold_at_every_moment_of_a_sound_history) {
    const Definition definition = checkout();
    const auto effects = history(definition, "reserve charge label -label -charge -reserve");
    for (std::size_t size = 0; size <= effects.size(); ++size) {
        const std::vector<Applied> prefix(effects.begin(),
                                          effects.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(broken_prefix_law(definition, prefix), "") << size;
    }
}

TEST(PrefixLaws, notice_what_repairs_itself_later) {
    const Definition definition = checkout();
    EXPECT_NE(broken_prefix_law(definition, history(definition, "charge reserve")), "");
}

}  // namespace
}  // namespace stormglass::sagas::tests
