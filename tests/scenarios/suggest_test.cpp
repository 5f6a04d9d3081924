// Suggestions: the distance against its definition, reach, order, wording and printable words.
#include "scenarios/files/suggest.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::scenarios {

namespace {

/// The definition, without memory of any kind.
std::size_t naive(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) {
        return a.size() + b.size();
    }
    const std::string_view a1 = a.substr(1);
    const std::string_view b1 = b.substr(1);
    std::size_t best =
        std::min({naive(a1, b1) + (a[0] == b[0] ? 0U : 1U), naive(a1, b) + 1, naive(a, b1) + 1});
    if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
        best = std::min(best, naive(a.substr(2), b.substr(2)) + 1);
    }
    return best;
}

std::string short_word() {
    const auto letters = *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
    return letters.substr(0, 6);
}

}  // namespace

RC_GTEST_PROP(Suggest, distance_equals_its_definition, ()) {
    const std::string a = short_word();
    const std::string b = short_word();
    RC_ASSERT(edit_distance(a, b) == naive(a, b));
}

RC_GTEST_PROP(Suggest,
              distance_is_symmetric_and_zero_for_equal_words_alone,
              (const std::string& a, const std::string& b)) {
    RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
    RC_ASSERT((edit_distance(a, b) == 0) == (a == b));
}

RC_GTEST_PROP(Suggest, one_edit_of_a_known_word_finds_it, ()) {
    const std::vector<std::string> known = {"coordinator-crash", "outcome-equals-ledger", "loss"};
    std::string word = *rc::gen::elementOf(known);
    const std::string wanted = word;
    const auto at = *rc::gen::inRange<std::size_t>(0, word.size());
    const int edit = *rc::gen::inRange(0, 3);
    if (edit == 0) {
        word.erase(at, 1);
    } else if (edit == 1) {
        word.insert(at, 1, 'q');
    } else {
        word[at] = 'q';
    }
    RC_ASSERT(contains(suggestions(word, known), wanted));
}

RC_GTEST_PROP(Suggest, finds_the_nearest_three_within_reach_and_no_other, ()) {
    const std::string word = short_word();
    std::vector<std::string> known;
    for (int i = 0; i < 8; ++i) {
        known.push_back(short_word());
    }
    const std::vector<std::string> found = suggestions(word, known);
    RC_ASSERT(found.size() <= kSuggestionsMax);
    std::size_t farthest = 0;
    for (const std::string& candidate : found) {
        const std::size_t distance = edit_distance(word, candidate);
        RC_ASSERT(distance >= farthest);
        RC_ASSERT(distance <= 2U);
        RC_ASSERT(distance < word.size());
        farthest = distance;
    }
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        const bool near = distance <= 2 && distance < word.size();
        if (near && !contains(found, candidate)) {
            RC_ASSERT(found.size() == kSuggestionsMax);
            RC_ASSERT(distance >= farthest);
        }
    }
}

RC_GTEST_PROP(Suggest, printable_words_hold_no_control_character, (const std::string& word)) {
    for (const char c : printable(word)) {
        RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
        RC_ASSERT(static_cast<unsigned char>(c) != 0x7f);
    }
}

TEST(Suggest, wording_by_count) {
    const std::vector<std::string> known = {"seeds", "seed", "seen", "weeds"};
    EXPECT_EQ(did_you_mean("replai", {"replay"}), "; did you mean 'replay'?");
    EXPECT_EQ(did_you_mean("seds", {"seeds", "seed"}), "; did you mean 'seeds' or 'seed'?");
    EXPECT_EQ(did_you_mean("seedz", known), "; did you mean 'seeds', 'seed' or 'seen'?");
    EXPECT_EQ(did_you_mean("partition", known), "");
    EXPECT_EQ(did_you_mean("", known), "");
}

TEST(Suggest, long_words_have_a_longer_reach_and_short_ones_a_shorter) {
    EXPECT_FALSE(suggestions("cordinatr-crsh", {"coordinator-crash"}).empty());  // three edits
    EXPECT_TRUE(suggestions("lxyz", {"loss"}).empty());                          // three edits
    EXPECT_TRUE(suggestions("ab", {"xy"}).empty());  // two edits change the whole word
    EXPECT_EQ(suggestions("LOSS", {"loss"}), std::vector<std::string>{"loss"});
}

TEST(Suggest, hostile_words_cost_nothing_and_print_safely) {
    const std::string huge(1'000'000, 'a');
    EXPECT_TRUE(suggestions(huge, {"aaaa"}).empty());
    EXPECT_LT(in_quotes(huge).size(), 100U);
    EXPECT_EQ(in_quotes("a\x1b[2Jb"), "'a\\x1b[2Jb'");
}

}  // namespace stormglass::scenarios
