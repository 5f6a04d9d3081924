// Decision documents: lines and hashes, changes, boxes. The real document's test skips without it.
#include "scenarios/files/document.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "reports/sha256.hpp"
#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

namespace {

using tests::test_names;
using tests::with;

std::string sample() {
    return "# A decision\n"
           "\n"
           "* **Status**: Proposed\n"
           "\n"
           "## Assumptions\n"
           "\n"
           "* [ ] The first   line\n"
           "  goes on here.\n"
           "* [x] The second one.\n"
           "\n"
           "## Decision\n"
           "\n"
           "**Decision:**\n"
           "\n"
           "> We will do it.\n"
           "> 1.  **Point:** SHOULD happen.\n"
           "> 2.  Another.\n"
           "\n"
           "**Confidence:** High\n"
           "\n"
           "## Rationale\n"
           "\n"
           "1. **Reason**\n"
           "   * Self-critique: but then.\n"
           "   * Confidence: Medium\n"
           "\n"
           "## Alternatives Considered\n"
           "\n"
           "1. **Nothing**: as it is.\n"
           "   * Brief reason for rejection: no.\n"
           "   * Confidence: Low\n"
           "\n"
           "## Consequences\n"
           "\n"
           "* **Positive:** good.\n"
           "\n"
           "## Clarifying Questions\n"
           "\n"
           "* What now?\n";
}

Document read(std::string_view text) {
    Result<Document> document = read_document(text);
    EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().text);
    return document.ok() ? document.value() : Document{};
}

/// One claim for each line of the sample, as a claims file would have it.
Claims claims_of(const Document& document) {
    Claims claims;
    for (std::size_t i = 0; i < document.lines.size(); ++i) {
        const DocumentLine& line = document.lines[i];
        Claim claim;
        claim.id = "L" + std::to_string(i);
        claim.sha256 = line.hash;
        claim.kind = line.kind == LineKind::decision ? ClaimKind::decision
                     : line.kind == LineKind::rationale || line.kind == LineKind::self_critique
                         ? ClaimKind::rationale
                     : line.kind == LineKind::alternative || line.kind == LineKind::rejection
                         ? ClaimKind::alternative
                     : line.kind == LineKind::consequence ? ClaimKind::consequence
                     : line.kind == LineKind::question    ? ClaimKind::question
                                                          : ClaimKind::assumption;
        claims.claims.push_back(claim);
    }
    return claims;
}

}  // namespace

TEST(DecisionDocument, finds_its_lines) {
    const Document document = read(sample());
    EXPECT_EQ(document.title, "A decision");
    std::string found;
    for (const DocumentLine& line : document.lines) {
        found += std::to_string(line.line) + " " + std::string(name_of(line.kind)) + ": " +
                 line.text + " [" + line.stated_confidence + "]\n";
    }
    EXPECT_EQ(found,
              "7 assumption: The first line goes on here. []\n"
              "9 assumption: The second one. []\n"
              "15 decision: We will do it. [High]\n"
              "16 decision: **Point:** SHOULD happen. [High]\n"
              "17 decision: Another. [High]\n"
              "23 rationale: **Reason** [Medium]\n"
              "24 self-critique: Self-critique: but then. []\n"
              "29 alternative: **Nothing**: as it is. [Low]\n"
              "30 rejection: Brief reason for rejection: no. []\n"
              "35 consequence: **Positive:** good. []\n"
              "39 question: What now? []\n");
    EXPECT_EQ(document.lines[0].box, Box::empty);
    EXPECT_EQ(document.lines[1].box, Box::ticked);
    EXPECT_EQ(document.lines[2].box, Box::none);
}

TEST(DecisionDocument, markers_and_spaces_do_not_count) {
    for (const char* raw : {"* [ ] The  text *here*.",
                            "- [x] The text *here*.",
                            "> 1. The text *here*.",
                            "The text *here*.\r",
                            "   +  The\ttext *here*.  ",
                            "12) The text *here*."}) {
        EXPECT_EQ(normalise_line(raw), "The text *here*.") << raw;
    }
    EXPECT_EQ(normalise_line("[x] no marker"), "[x] no marker");
    EXPECT_EQ(normalise_line("1.5 is a number"), "1.5 is a number");
    EXPECT_EQ(normalise_line("**bold** start"), "**bold** start");
    EXPECT_EQ(normalise_line(""), "");
}

TEST(DecisionDocument, other_text_is_refused) {
    EXPECT_FALSE(read_document(""));
    EXPECT_FALSE(read_document("# Title\n\njust words\n"));
    EXPECT_FALSE(read_document("## Questions\n* caf\xe9\n"));
    EXPECT_FALSE(read_document(std::string(1024 * 1024 + 1, 'x')));
    std::string many = "## Questions\n";
    for (int i = 0; i < 400; ++i) {
        many += "* q" + std::to_string(i) + "\n";
    }
    EXPECT_FALSE(read_document(many));
}

TEST(DecisionDocument, code_blocks_hold_no_lines_and_other_alphabets_are_said) {
    const Document document =
        read(with(sample(), "* What now?\n", "```\n* not a line\n```\n* Wie hei\u00dft es?\n"));
    EXPECT_EQ(document.lines.back().text, "Wie hei\u00dft es?");
    EXPECT_EQ(document.lines.size(), 11U);
    EXPECT_TRUE(document.beyond_ascii);
    EXPECT_FALSE(read(sample()).beyond_ascii);
}

TEST(DecisionDocument, equal_text_matches_every_claim) {
    const Document document = read(sample());
    const DocumentMatch match = match_document(document, claims_of(document));
    for (const ClaimMatch& claim : match.claims) {
        EXPECT_EQ(claim.match, Match::same) << claim.id;
    }
    EXPECT_TRUE(match.unclaimed.empty());
}

TEST(DecisionDocument, a_changed_word_makes_that_line_suspect_and_no_other) {
    const Document before = read(sample());
    Claims claims = claims_of(before);
    claims.claims[4].quote = "> 2.  Another.";
    const Document after = read(with(sample(), "Another.", "Another thing."));
    const DocumentMatch match = match_document(after, claims);
    for (std::size_t i = 0; i < match.claims.size(); ++i) {
        EXPECT_EQ(match.claims[i].match, i == 4 ? Match::suspect : Match::same) << i;
        EXPECT_EQ(match.claims[i].line, std::optional(i));
    }
    EXPECT_EQ(match.claims[4].difference, "[-Another.-] {+Another thing.+}");
    EXPECT_TRUE(match.unclaimed.empty());
}

TEST(DecisionDocument, new_removed_and_doubled_lines_are_told_apart) {
    const Claims claims = claims_of(read(sample()));
    const DocumentMatch more = match_document(read(sample() + "* And then?\n"), claims);
    EXPECT_EQ(more.unclaimed, std::vector<std::size_t>{11});
    const DocumentMatch less = match_document(read(with(sample(), "* What now?\n", "")), claims);
    EXPECT_EQ(less.claims[10].match, Match::missing);
    EXPECT_FALSE(less.claims[10].line.has_value());
    const DocumentMatch twice = match_document(read(sample() + "* What now?\n"), claims);
    EXPECT_EQ(twice.claims[10].match, Match::doubled);
}

TEST(DecisionDocument, difference_marks_words) {
    EXPECT_EQ(word_difference("a b c d", "a x c"), "a [-b-] {+x+} c [-d-]");
    EXPECT_EQ(word_difference("", "new"), "{+new+}");
    EXPECT_EQ(word_difference("same words", "same words"), "same words");
}

RC_GTEST_PROP(DecisionDocument, taking_the_marks_out_gives_both_texts_back, ()) {
    const auto word = rc::gen::element<std::string>("a", "b", "c", "d");
    const auto join = [](const std::vector<std::string>& words) {
        std::string text;
        for (const std::string& w : words) {
            text += (text.empty() ? "" : " ") + w;
        }
        return text;
    };
    const std::string before = join(*rc::gen::container<std::vector<std::string>>(word));
    const std::string after = join(*rc::gen::container<std::vector<std::string>>(word));
    std::string old_words;
    std::string new_words;
    bool gone = false;
    bool come = false;
    std::string difference = word_difference(before, after) + " ";
    for (std::size_t at = 0; at < difference.size();) {
        const std::string two = difference.substr(at, 2);
        if (two == "[-" || two == "-]" || two == "{+" || two == "+}") {
            gone = two == "[-" || (gone && two != "-]");
            come = two == "{+" || (come && two != "+}");
            at += 2;
            continue;
        }
        const char c = difference[at++];
        if (c != ' ') {
            old_words += come ? "" : std::string(1, c);
            new_words += gone ? "" : std::string(1, c);
        }
    }
    const auto plain = [](std::string text) {
        std::erase(text, ' ');
        return text;
    };
    RC_ASSERT(old_words == plain(before));
    RC_ASSERT(new_words == plain(after));
}

TEST(Tick, sets_the_boxes_asked_for_and_changes_nothing_else) {
    const Document document = read(sample());
    const Result<std::string> copy =
        tick(sample(), {document.lines[0].hash, document.lines[3].hash});
    ASSERT_TRUE(copy);
    EXPECT_EQ(*copy, with(sample(), "* [ ] The first", "* [x] The first"));
    EXPECT_EQ(tick(sample(), {document.lines[1].hash}).value(), sample());
    EXPECT_EQ(tick(sample(), {}).value(), sample());
}

TEST(Tick, refuses_when_a_line_changed_or_occurs_twice) {
    const Document document = read(sample());
    const std::string changed = with(sample(), "goes on", "went on");
    const Result<std::string> refused = tick(changed, {document.lines[0].hash});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find(document.lines[0].hash), std::string::npos);
    EXPECT_FALSE(tick(sample() + "* What now?\n", {document.lines[10].hash}));
}

RC_GTEST_PROP(Tick, ticking_moves_no_hash, ()) {
    const Document document = read(sample());
    std::set<std::string> chosen;
    for (const DocumentLine& line : document.lines) {
        if (*rc::gen::arbitrary<bool>()) {
            chosen.insert(line.hash);
        }
    }
    const Document after = read(tick(sample(), chosen).value());
    RC_ASSERT(after.lines.size() == document.lines.size());
    for (std::size_t i = 0; i < after.lines.size(); ++i) {
        RC_ASSERT(after.lines[i].hash == document.lines[i].hash);
        const bool ticked =
            document.lines[i].box == Box::empty && chosen.contains(after.lines[i].hash);
        RC_ASSERT(after.lines[i].box == (ticked ? Box::ticked : document.lines[i].box));
    }
}

RC_GTEST_PROP(DecisionDocument, any_text_is_read_or_refused, ()) {
    const auto piece = rc::gen::element<std::string>("## Assumptions\n",
                                                     "## Rationale\n",
                                                     "* [ ] ",
                                                     "> ",
                                                     "1. ",
                                                     "```\n",
                                                     "\n",
                                                     "words ",
                                                     "  ",
                                                     "Confidence: High\n",
                                                     "* Self-critique: ",
                                                     "[x]",
                                                     "\xc3\xa9",
                                                     "\xff",
                                                     "---\n");
    std::string text;
    for (const std::string& p : *rc::gen::container<std::vector<std::string>>(piece)) {
        text += p;
    }
    const Result<Document> document = read_document(text);
    RC_ASSERT((document.ok() ? !document->lines.empty() : !document.error().text.empty()));
}

class Adr : public testing::Test {
  protected:
    void SetUp() override {
        text_ = tests::read_file(STORMGLASS_ADR);
        if (text_.empty()) {
            GTEST_SKIP() << "no document at " STORMGLASS_ADR " (CMake cache: STORMGLASS_ADR)";
        }
        Problems problems("claims");
        const std::optional<Claims> claims = read_claims(
            tests::read_file(STORMGLASS_SOURCE_DIR "/scenarios/claims/ADR-OS-024.claims.yaml"),
            test_names(),
            problems);
        ASSERT_TRUE(claims.has_value()) << problems.text();
        claims_ = *claims;
    }

    std::string text_;
    Claims claims_;
};

TEST_F(Adr, all_lines_have_the_hashes_of_their_claims) {
    const Document document = read(text_);
    EXPECT_EQ(document.lines.size(), 27U);
    EXPECT_EQ(document.title.substr(0, 10), "ADR-OS-024");
    EXPECT_FALSE(document.beyond_ascii);
    const DocumentMatch match = match_document(document, claims_);
    EXPECT_EQ(match.claims.size(), 31U);
    for (std::size_t i = 0; i < match.claims.size(); ++i) {
        EXPECT_EQ(match.claims[i].match, Match::same) << match.claims[i].id;
        const DocumentLine& line = document.lines[match.claims[i].line.value()];
        if (!claims_.claims[i].stated.empty()) {
            EXPECT_EQ(claims_.claims[i].stated, line.stated_confidence) << match.claims[i].id;
        }
    }
    EXPECT_TRUE(match.unclaimed.empty());
}

TEST_F(Adr, one_changed_word_anywhere_makes_one_line_suspect) {
    const Document document = read(text_);
    for (const DocumentLine& line : document.lines) {
        std::size_t at = 0;
        for (int number = 1; number < line.line; ++number) {
            at = text_.find('\n', at) + 1;
        }
        std::string changed = text_;
        changed.insert(text_.find('\n', at), " indeed");
        const DocumentMatch match = match_document(read(changed), claims_);
        for (const ClaimMatch& claim : match.claims) {
            const bool touched = document.lines[claim.line.value()].hash == line.hash;
            EXPECT_EQ(claim.match, touched ? Match::suspect : Match::same) << claim.id;
        }
        EXPECT_TRUE(match.unclaimed.empty());
    }
}

TEST_F(Adr, ticking_touches_one_character) {
    const Result<std::string> copy = tick(text_, {"1fba32af0834bf9a"});
    ASSERT_TRUE(copy);
    ASSERT_EQ(copy->size(), text_.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
        different += text_[i] != (*copy)[i] ? 1 : 0;
    }
    EXPECT_EQ(different, 1U);
}

}  // namespace stormglass::scenarios
