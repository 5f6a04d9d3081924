// Tokens: there and back, cut, altered, and arbitrary text.
#include "sim/token.hpp"

#include "tests/sim/reductions.hpp"
#include "tests/sim/token_octets.hpp"

namespace stormglass::sim {
namespace {

Token small_token() {
    Token token{.scenario = 0x1122334455667788,
                .engine = 0x99aabbccddeeff00,
                .seed = 0x5ee1d0c4,
                .trace = 0x3d0c71,
                .events = 4118,
                .kept = {}};
    token.kept.fault(1) = IndexSet::of(std::array{3U, 17U});
    token.kept.fault(0) = IndexSet::none();
    token.kept.choices = IndexSet::of(std::array{0U, 1U, 2U, 5U, 7U, 9U, 11U, 12U, 16U});
    return token;
}

RC_GTEST_PROP(Token, decode_after_encode_is_identity, ()) {
    Token token = *tests::any_token();
    const auto back = decode_token(" " + encode_token(token) + "\r\n");
    RC_ASSERT(back.ok());
    token.kept = token.kept.normal();
    RC_ASSERT(*back == token);
}

RC_GTEST_PROP(Token, cut_short_says_how_much_is_missing, ()) {
    const std::string text = encode_token(*tests::any_token());
    const auto keep = *rc::gen::inRange<std::size_t>(9, text.size());
    const auto cut = decode_token(text.substr(0, keep));
    RC_ASSERT(!cut.ok());
    RC_ASSERT(cut.error().code == "token.incomplete");
    const std::string wanted =
        std::to_string(keep) + " of " + std::to_string(text.size()) + " characters";
    RC_ASSERT(cut.error().text == "incomplete token: " + wanted);
}

RC_GTEST_PROP(Token, with_one_character_changed_is_never_another_run, ()) {
    const std::string text = encode_token(*tests::any_token());
    std::string changed = text;
    const auto at = *rc::gen::inRange<std::size_t>(4, text.size());
    changed[at] = *rc::gen::elementOf(std::string(tests::kDigits));
    const auto read = decode_token(changed);
    RC_ASSERT(read.ok() == (changed == text));
    RC_ASSERT((read.ok() || read.error().code == "token.altered" ||
               read.error().code == "token.incomplete"));
}

RC_GTEST_PROP(Token, with_two_neighbours_swapped_is_never_another_run, ()) {
    const std::string text = encode_token(*tests::any_token());
    std::string changed = text;
    const auto at = *rc::gen::inRange<std::size_t>(4, text.size() - 1);
    std::swap(changed[at], changed[at + 1]);
    RC_ASSERT(decode_token(changed).ok() == (changed == text));
}

RC_GTEST_PROP(Token, of_any_content_has_one_spelling, ()) {
    const std::string text = encode_token(*tests::any_token());
    tests::Octets octets = tests::Octets::of(text);
    RC_ASSERT(octets.text() == text);
    const auto edits = *rc::gen::inRange(0, 4);
    for (int i = 0; i < edits; ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, octets.all.size() - 2);
        octets.all[at] = *rc::gen::element(0U, 1U, 2U, 0x7fU, 0x80U, 0xffU);
    }
    octets.sign();
    const std::string made = octets.text();
    const auto read = decode_token(made);
    RC_ASSERT((!read.ok() || encode_token(*read) == made));
    RC_ASSERT((edits > 0 || read.ok()));
}

TEST(Token, of_two_decisions_and_nine_choices_fits_a_line) {
    const std::string text = encode_token(small_token());
    EXPECT_LE(text.size(), 90U) << text;
    EXPECT_EQ(text.find_first_not_of(std::string(tests::kDigits) + ":"), text.npos);
}

TEST(Token, refuses_what_is_none_by_its_name) {
    struct Row {
        const char* text;
        const char* code;
        const char* says;
    };

    for (const Row& row : {
             Row{"", "token.foreign", "sg1:"},
             Row{"calm.replay", "token.foreign", "sg1:"},
             Row{"sg2:AAAAAAAAAAAAAA", "token.foreign", "another format"},
             Row{"sg1:", "token.incomplete", "4 characters"},
             Row{"sg1:AQ", "token.incomplete", "6 characters"},
             Row{"sg1:AU4AAAA AAAAAA", "token.altered", "strange character at 12"},
             Row{"sg1:AAAAAAAAAAAAAAAAAAAAA", "token.altered", "checksum"},
         }) {
        const auto read = decode_token(row.text);
        ASSERT_FALSE(read.ok()) << row.text;
        EXPECT_EQ(read.error().code, row.code) << row.text;
        EXPECT_NE(read.error().text.find(row.says), std::string::npos) << read.error().text;
    }
    EXPECT_FALSE(decode_token("sg1:" + std::string(kTokenCharactersMax, 'A')).ok());
    EXPECT_TRUE(looks_like_token(" sg9:whatever"));
    EXPECT_FALSE(looks_like_token("sgx"));
}

TEST(Token, is_the_same_line_in_every_build) {
    // A format, not only a codec: people keep these lines.
    EXPECT_EQ(encode_token(small_token()),
              "sg1:AVKId2ZVRDMiEQD_7t3Mu6qZxNDhXgAAAABxDD0AAAAAAJYgAgEDAwAMAAcAAgEAAAAAAAABAgC3qQ");
}

}  // namespace
}  // namespace stormglass::sim
