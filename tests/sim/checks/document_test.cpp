// docs/checkers.md is made from the registry, and docs/history.md's model works. To write the first
// anew: STORMGLASS_WRITE_DOCS=1 checks_rules_test --gtest_filter='Document.*'.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "sim/checks/judge.hpp"
#include "tests/sim/checks/recorded.hpp"
#include "tests/sim/checks/user_model.hpp"

namespace stormglass::tests {
namespace {

using namespace sim::checks;

const std::string kDocs = std::string(STORMGLASS_SOURCE_DIR) + "/docs/";

std::string needs_text(const RuleRow& row) {
    switch (row.needs) {
        case Needs::history:
            return "";
        case Needs::history_and_ledger:
            return " A history finds it; the simulator's ledger makes it exact: " +
                   std::string(row.ledger) + ".";
        case Needs::ledger:
            return " No history shows it; it needs the simulator's ledger: " +
                   std::string(row.ledger) + ".";
    }
    return "";
}

std::string example_text(const RuleExample& example) {
    const auto model = parse_model(example.model);
    const auto guarantee = parse_guarantee(example.guarantee, *model);
    Recording recording = recorded(example.history);
    const auto judgement = judge(recording, *model, *guarantee, Budget{});
    std::string sentence;
    for (const Finding& finding : judgement->findings) {
        if (finding.rule == example.rule) {
            sentence = finding.sentence;
        }
    }
    return "\n`" + std::string(example.model) + "` under `" + guarantee->text +
           "` refuses\n\n```\n" + std::string(example.history) +
           (example.history.ends_with('\n') ? "" : "\n") + "```\n\n> " + sentence + ".\n";
}

std::string document() {
    std::string out =
        "# What each checker means\n\n"
        "Made from the registry (`sim/checks/rules.cpp`, `rule_examples.cpp`) and compared with it "
        "by a\n"
        "test. Each example is a whole history in short hand: *process, type, function, value*, "
        "with a time\n"
        "in front where it matters and the group at the end; [history.md](history.md) has the "
        "formats, the\n"
        "models and what the functions mean. Below each stands what the checker answers.\n\n"
        "Which rules refute is a matter of the guarantee that you declare (`--guarantee`); all "
        "others that\n"
        "are broken are reported and refute nothing.\n";
    std::string_view family;
    for (const RuleRow& row : rules()) {
        if (row.family != family && row.rule != Rule::q7) {
            family = row.family;
            std::string title(family);
            title[0] = static_cast<char>(title[0] - 'a' + 'A');
            out += "\n## " + title + "\n";
        }
        out += "\n### " + std::string(row.id) + " " + std::string(row.name) + "\n\n" +
               std::string(row.meaning) + needs_text(row) + "\n";
        for (const RuleExample& example : rule_examples()) {
            if (example.rule == row.rule) {
                out += example_text(example);
            }
        }
    }
    return out;
}

TEST(Document, of_checkers_is_what_the_registry_says) {
    const std::string path = kDocs + "checkers.md";
    const std::string made = document();
    if (std::getenv("STORMGLASS_WRITE_DOCS") != nullptr) {
        std::ofstream(path, std::ios::binary) << made;
    }
    EXPECT_EQ(slurp(path), made);
}

TEST(Document, of_histories_shows_a_model_that_works) {
    const std::string source =
        slurp(std::string(STORMGLASS_SOURCE_DIR) + "/tests/sim/checks/user_model.hpp");
    const std::size_t begin = source.find("// document: begin\n") + 19;
    const std::string block = source.substr(begin, source.find("// document: end") - begin);
    EXPECT_NE(slurp(kDocs + "history.md").find("```cpp\n" + block + "```"), std::string::npos);
    EXPECT_LE(std::count(block.begin(), block.end(), '\n'), 30);

    const auto judged = [](std::int64_t taken, std::int64_t seen) {
        const std::vector<Value> values = {
            Value(), Value::number(10), Value::number(taken), Value::number(seen)};
        std::vector<LinOp> ops(3);
        ops[0] = {.f = sim::OpFunction::add, .a = 1, .invoke = 0, .complete = 1};
        ops[1] = {.f = sim::OpFunction::write, .a = 2, .invoke = 2, .complete = 3};
        ops[2] = {.f = sim::OpFunction::read, .result = 3, .invoke = 4, .complete = 5};
        ValueModel<Account> model{Account{values}};
        return find_linear_order(model, ops, Budget{}).verdict;
    };
    EXPECT_EQ(judged(4, 6), Verdict::valid);
    EXPECT_EQ(judged(4, 7), Verdict::invalid);
    EXPECT_EQ(judged(11, 0), Verdict::invalid);
}

}  // namespace
}  // namespace stormglass::tests
