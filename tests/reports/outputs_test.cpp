// Markdown, JUnit and terminal: the same numbers as the page, and text that breaks nothing.
#include <algorithm>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "reports/format.hpp"
#include "reports/junit.hpp"
#include "reports/markdown.hpp"
#include "reports/page.hpp"
#include "reports/statistics.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/verdict.hpp"
#include "tests/reports/breaking_strings.hpp"
#include "tests/reports/markup.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

bool holds(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
}

// ---- Markdown -------------------------------------------------------------------------------

TEST(MarkdownReport, opens_with_the_lines_and_ticks_supported_ones_only) {
    const Results results = sample_review();
    const auto lines = lines_of(markdown_report(results));
    std::size_t at = 0;
    const auto expect = [&](const ClaimResult& claim, const std::string& indent) {
        const bool ticked = claim.status == Status::supported;
        EXPECT_EQ(lines.at(at),
                  indent + (ticked ? "* [x] " : "* [ ] ") + markdown(claim.line) + " (" +
                      markdown(claim.id) + ")");
        std::string word(name_of(claim.status));
        word[0] = static_cast<char>(word[0] - 'a' + 'A');
        EXPECT_TRUE(lines.at(at + 1).starts_with(indent + "  **" + word + "**: "))
            << lines.at(at + 1);
        at += 2;
    };
    for (const ClaimResult& claim : results.claims) {
        expect(claim, "");
        for (const ClaimResult& part : claim.parts) {
            expect(part, "  ");
        }
    }
    EXPECT_EQ(lines.at(at), "* [ ] What is the process for evolving the patterns?");
    EXPECT_TRUE(holds(lines.at(at + 1), "**Not tested**"));
}

TEST(MarkdownReport, states_the_numbers_of_the_page) {
    const Results results = sample_review();
    const std::string text = markdown_report(results);
    const std::string page_text = page(results);
    for (const ClaimResult& claim : results.claims) {
        if (claim.status == Status::supported && claim.bound.has_value()) {
            EXPECT_TRUE(holds(text, count(claim.effective) + " effective runs"));
            EXPECT_TRUE(holds(text, percent_up(claim.bound)));
            EXPECT_TRUE(holds(page_text, percent_up(claim.bound)));
        }
    }
    EXPECT_TRUE(holds(text,
                      "failed in 3 of 2,844 effective runs (at most 0.273 % at 95 %). "
                      "`stormglass run coordinator-crash --seed 0x5ee1d0c4`"));
    EXPECT_TRUE(holds(text, "| drop-audit-record | **missed** | 0 of 20 |"));
    EXPECT_TRUE(holds(text, "loss 427,000 in 3,500 runs"));
}

TEST(MarkdownReport, stays_under_its_limit_and_says_what_it_cut) {
    Results results = sample_review();
    for (int copy = 0; copy < 400; ++copy) {
        results.claims.push_back(results.claims[1]);
        results.claims.back().why = std::string(2'000, 'y');
    }
    const std::string text = markdown_report(results);
    EXPECT_LE(text.size(), kMarkdownBytesMost);
    EXPECT_GT(text.size(), kMarkdownBytesMost / 2);
    EXPECT_TRUE(holds(text, "Cut here to stay under the size limit"));
}

TEST(MarkdownReport, keeps_its_structure_whatever_the_texts_are) {
    const auto shape = [](const std::string& text) {
        std::size_t headings = 0;
        std::size_t boxes = 0;
        std::string fence;
        for (const std::string& line : lines_of(text)) {
            if (fence.empty() && line.starts_with("```")) {
                fence = line.substr(0, line.find_first_not_of('`'));
            } else if (line == fence) {
                fence.clear();
            }
            const std::size_t first = line.find_first_not_of(' ');
            if (fence.empty() && first != std::string::npos) {
                headings += line[first] == '#' ? 1 : 0;
                boxes += line.substr(first).starts_with("* [") ? 1 : 0;
            }
        }
        return std::pair{headings, boxes};
    };
    const auto plain = shape(markdown_report(filled_with("plain")));
    for (const std::string& text : breaking_strings()) {
        if (text.size() > 100 || text.find_first_not_of(' ') == std::string::npos) {
            continue;  // longer or without some parts, for good reasons
        }
        EXPECT_EQ(shape(markdown_report(filled_with(text))), plain) << visible(text);
    }
}

// ---- JUnit ----------------------------------------------------------------------------------

Markup parsed(const Results& results) {
    auto document = parse_markup(junit(results), Dialect::xml);
    EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().text);
    return document.ok() ? *std::move(document) : Markup{};
}

TEST(Junit, has_one_unique_testcase_for_each_check) {
    const Results results = sample_review();
    const Markup document = parsed(results);
    std::size_t checks = 0;
    for (const ScenarioResult& scenario : results.scenarios) {
        checks += scenario.checks.size();
    }
    const auto cases = document.all("testcase");
    EXPECT_EQ(cases.size(), checks);
    std::set<std::pair<std::string, std::string>> names;
    for (const Markup* one : cases) {
        EXPECT_TRUE(names.emplace(one->attribute("classname"), one->attribute("name")).second);
        EXPECT_FALSE(one->attribute("file").empty());
        EXPECT_NE(one->attribute("line"), "0");
        EXPECT_LE(one->all("failure").size() + one->all("error").size(), 1U);
    }
    EXPECT_TRUE(document.all("skipped").empty()) << "consumers show it as green";
}

TEST(Junit, fails_a_violated_check_with_signature_and_command) {
    const Results results = sample_review();
    const Failure& failure = results.scenarios[1].failures[0];
    const auto failures = parsed(results).all("failure");
    const Markup document = parsed(results);
    ASSERT_EQ(document.all("failure").size(), 1U);
    const Markup& one = *document.all("failure")[0];
    EXPECT_EQ(one.attribute("message"), failure.signature);
    EXPECT_TRUE(holds(one.all_text(), failure.sentence));
    EXPECT_TRUE(holds(one.all_text(), failure.repeat));
}

TEST(Junit, makes_inconclusive_checks_errors) {
    const Markup document = parsed(sample_review());
    std::set<std::string> messages;
    for (const Markup* one : document.all("error")) {
        messages.insert(one->attribute("message"));
    }
    EXPECT_TRUE(messages.contains("inconclusive: fault partition-simplex never took effect"));
    EXPECT_TRUE(messages.contains("inconclusive: incomplete: the budget of 2 min was spent"));
}

TEST(Junit, counts_what_it_holds) {
    const Markup document = parsed(sample_review());
    for (const Markup* suite : document.all("testsuite")) {
        EXPECT_EQ(suite->attribute("tests"), std::to_string(suite->all("testcase").size()));
        EXPECT_EQ(suite->attribute("failures"), std::to_string(suite->all("failure").size()));
        EXPECT_EQ(suite->attribute("errors"), std::to_string(suite->all("error").size()));
        EXPECT_NE(suite->with("name", "effective"), nullptr);
    }
    const Markup& whole = *document.all("testsuites")[0];
    EXPECT_EQ(whole.attribute("tests"), std::to_string(whole.all("testcase").size()));
}

TEST(Junit, is_well_formed_whatever_the_texts_are) {
    for (const std::string& text : breaking_strings()) {
        Results results = filled_with(text);
        const Markup document = parsed(results);
        std::set<std::pair<std::string, std::string>> names;
        for (const Markup* one : document.all("testcase")) {
            EXPECT_TRUE(names.emplace(one->attribute("classname"), one->attribute("name")).second);
        }
    }
}

TEST(Junit, caps_the_text_of_a_testcase) {
    Results results = sample_review();
    Failure& failure = results.scenarios[1].failures[0];
    failure.sentence = std::string(200'000, 'z');
    const Markup document = parsed(results);
    EXPECT_LE(document.all("failure")[0]->all_text().size(), kJunitTextMost);
}

// ---- Terminal -------------------------------------------------------------------------------

TEST(Terminal, fits_tables_into_80_columns) {
    const Results results = sample_review();
    for (const std::string& text : {run_table(results, {}), gate_table(results, {})}) {
        for (const std::string& line : lines_of(text)) {
            EXPECT_LE(columns(line), 80U) << line;
        }
    }
}

TEST(Terminal, says_a_run_in_a_table) {
    const auto lines = lines_of(run_table(sample_run(), {}));
    EXPECT_EQ(lines.at(0),
              "SCENARIO           OUTCOME          RUNS  EFFECTIVE  FAILED  BOUND 95 %");
    EXPECT_EQ(lines.at(1),
              "lossy-network      \u2713 passed        3,500      3,498       0     0.086 %");
    EXPECT_EQ(lines.at(2),
              "    faults took effect in runs: loss 3,500, duplicate 3,499, reorder 3,498");
    EXPECT_EQ(lines.at(4),
              "coordinator-crash  \u2717 FAILED        3,500      3,120       3     0.249 %");
    EXPECT_EQ(lines.at(7), "    outcome-equals-ledger failed");
}

TEST(Terminal, says_a_gate_in_a_table) {
    const std::string text = gate_table(sample_review(), {});
    EXPECT_TRUE(holds(text, "CLAIM          STATUS          EFFECTIVE  FAILED  BOUND 95 %\n"));
    EXPECT_TRUE(holds(text, "A4             \u2713 supported         3,498       0     0.086 %\n"));
    EXPECT_TRUE(holds(text,
                      "A5             ? inconclusive          0       0           -\n"
                      "    fault partition-simplex never took effect in one-way-partition\n"));
    EXPECT_TRUE(holds(text, "D2             \u2717 REFUTED           2,844       3     0.273 %\n"));
    EXPECT_TRUE(holds(text, "of fault profile 9f3e01d2; says nothing about faults outside it\n"));
}

TEST(Terminal, tells_a_failure_in_a_block) {
    const Results results = sample_review();
    const std::string text =
        failure_block(results.scenarios[1], results.scenarios[1].failures[0], {});
    EXPECT_EQ(text,
              "\u2717 outcome-equals-ledger   scenarios/data/coordinator-crash.yaml:21   "
              "3 of 3,500 runs\n"
              "\n"
              "  Order 17 was charged twice and never refunded.\n"
              "\n"
              "  expected    a saga ends completed, or each completed step is compensated once\n"
              "  observed    order-17: TakePayment x2, Refund x0, saga completed\n"
              "  needed      crash-at@coordinator\n"
              "  not needed  loss, duplicate\n"
              "\n"
              "  last 6 events of 4,118, seed 0x5ee1d0c4\n"
              "     12.004 s  orders    sends TakePayment#81 to bus\n"
              "     12.009 s  payments  PaymentTaken(order-17)\n"
              "  !  12.010 s  orders    crash after saga.step.appended #2 (needed)\n"
              "     12.402 s  orders    recovered, epoch 7\n"
              "  !  12.403 s  orders    sends TakePayment#82, same step, new command id\n"
              "  !  12.410 s  payments  delivers #82, duplicate of #81 by business key\n"
              "\n"
              "  repeat exactly   stormglass run coordinator-crash --seed 0x5ee1d0c4\n");
}

TEST(Terminal, closes_with_the_word_of_the_exit_code) {
    const Results results = sample_review();
    EXPECT_EQ(
        closing_line(results, {1, "out/latest/index.html"}, {}),
        "FAILED  2 refuted of 12 lines; 3 inconclusive, 3 not tested, 1 waived, 3 supported\n  "
        "out/latest/index.html   62 h virtual in 118 s\n");
    EXPECT_TRUE(closing_line(results, {0, ""}, {}).starts_with("PASSED  "));
    EXPECT_TRUE(closing_line(results, {2, ""}, {}).starts_with("INCONCLUSIVE  "));
    EXPECT_TRUE(closing_line(results, {3, ""}, {}).starts_with("NONDETERMINISTIC  "));
    EXPECT_TRUE(closing_line(results, {130, ""}, {}).starts_with("INTERRUPTED  "));
}

TEST(Terminal, colours_nothing_that_is_not_said) {
    const Results results = sample_review();
    const TerminalStyle colour{80, true};
    std::string text = run_table(results, colour) + gate_table(results, colour);
    EXPECT_TRUE(holds(text, "\x1b[1;31m"));
    for (const std::string_view code : {"\x1b[32m", "\x1b[1;31m", "\x1b[33m", "\x1b[0m"}) {
        for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code)) {
            text.erase(at, code.size());
        }
    }
    EXPECT_EQ(text, run_table(results, {}) + gate_table(results, {}));
}

TEST(Terminal, lets_no_control_character_through) {
    for (const std::string& text : breaking_strings()) {
        const Results results = filled_with(text);
        std::string all =
            run_table(results, {}) + gate_table(results, {}) + closing_line(results, {2, text}, {});
        for (const ScenarioResult& scenario : results.scenarios) {
            for (const Failure& failure : scenario.failures) {
                all += failure_block(scenario, failure, {});
            }
        }
        EXPECT_EQ(valid_utf8(all), all);
        for (const char character : all) {
            const auto byte = static_cast<unsigned char>(character);
            ASSERT_TRUE(character == '\n' || (byte >= 0x20 && byte != 0x7F)) << int{byte};
        }
    }
}

}  // namespace
}  // namespace stormglass::reports
