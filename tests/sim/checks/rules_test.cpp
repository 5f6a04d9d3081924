// The registry: every rule that a history can show has an example, and each example is refused for
// that rule alone among those that the guarantee names, or says which others must go with it.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "sim/checks/judge.hpp"
#include "tests/sim/checks/recorded.hpp"

namespace stormglass::tests {
namespace {

using namespace sim::checks;

std::set<std::string> found_in(const std::vector<Finding>& findings) {
    std::set<std::string> ids;
    for (const Finding& finding : findings) {
        ids.emplace(row_of(finding.rule).id);
    }
    return ids;
}

std::string joined(const std::set<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) {
        text += (text.empty() ? "" : " ") + id;
    }
    return text;
}

Result<Judgement> judged(Recording& recording, std::string_view model, std::string_view guarantee) {
    const auto spec = parse_model(model);
    EXPECT_TRUE(spec.ok()) << (spec.ok() ? "" : spec.error().text);
    const auto promise = parse_guarantee(guarantee, *spec);
    EXPECT_TRUE(promise.ok()) << (promise.ok() ? "" : promise.error().text);
    return judge(recording, *spec, *promise, Budget{});
}

TEST(Rules, every_example_is_refused_for_its_rule_with_a_small_witness) {
    for (const RuleExample& example : rule_examples()) {
        const std::string id(row_of(example.rule).id);
        Recording recording = recorded(example.history);
        const auto judgement = judged(recording, example.model, example.guarantee);
        ASSERT_TRUE(judgement.ok()) << id << ": " << judgement.error().text;
        const std::set<std::string> found = found_in(judgement->findings);
        EXPECT_EQ(judgement->verdict, Verdict::invalid) << id;
        EXPECT_TRUE(found.contains(id)) << id << " found: " << joined(found)
                                        << " reported: " << joined(found_in(judgement->reports));
        for (const Finding& finding : judgement->findings) {
            EXPECT_LE(finding.operations.size(), 6U) << id;
            EXPECT_GE(finding.operations.size(), 1U) << id;
            EXPECT_GT(finding.sentence.size(), 20U) << id;
        }
    }
}

/// What an example shows besides its own rule, because one deed breaks both.
const std::map<std::string, std::string>& companions() {
    static const std::map<std::string, std::string> kCompanions = {
        {"B12", "B14"},  // what stands between a batch's messages is both before and after it
        {"B29", "B3"},
        {"Z1", "Z2"},
        {"dirty-update", "G1a"},
        {"cyclic-versions", "G0"}};
    return kCompanions;
}

TEST(Rules, no_example_shows_more_than_it_must) {
    for (const RuleExample& example : rule_examples()) {
        const std::string id(row_of(example.rule).id);
        Recording recording = recorded(example.history);
        const auto judgement = judged(recording, example.model, example.guarantee);
        std::set<std::string> found = found_in(judgement->findings);
        found.erase(id);
        const auto also = companions().find(id);
        EXPECT_EQ(joined(found), also == companions().end() ? "" : also->second) << id;
    }
}

TEST(Rules, each_that_a_history_shows_has_an_example_and_no_other) {
    std::set<Rule> with;
    for (const RuleExample& example : rule_examples()) {
        EXPECT_TRUE(with.insert(example.rule).second) << row_of(example.rule).id;
        EXPECT_NE(row_of(example.rule).needs, Needs::ledger);
    }
    std::set<std::string> ids;
    for (const RuleRow& row : rules()) {
        EXPECT_TRUE(ids.insert(std::string(row.id)).second) << row.id;
        EXPECT_EQ(with.contains(row.rule), row.needs != Needs::ledger) << row.id;
        EXPECT_EQ(row.ledger.empty(), row.needs == Needs::history) << row.id;
        EXPECT_TRUE(row.meaning.ends_with('.') || row.meaning.ends_with(')')) << row.id;
    }
}

TEST(Witness, of_a_vanished_write_has_few_operations_and_a_sentence_for_newcomers) {
    std::string text;
    for (int i = 0; i < 40; ++i) {  // a long history around it
        const std::string value = std::to_string(100 + i);
        text += "1 invoke write " + value + "\n1 ok write " + value +
                "\n2 invoke read null\n2 ok read " + value + "\n";
    }
    text += "3 invoke write 7\n3 ok write 7\n2 invoke read null\n2 ok read 139\n";
    text += "1 invoke write 200\n1 ok write 200\n2 invoke read null\n2 ok read 200\n";
    Recording recording = recorded(text);
    const auto judgement = judged(recording, "register(nil)", "");
    ASSERT_TRUE(judgement.ok());
    ASSERT_EQ(judgement->findings.size(), 1U);
    EXPECT_LE(judgement->findings[0].operations.size(), 3U);
    EXPECT_EQ(
        judgement->findings[0].sentence,
        "Process 3 wrote 7 and was told that it succeeded; after that process 2 read 139, but "
        "the register could only hold 7 then");
}

TEST(Verdicts, of_all_recorded_histories_are_the_known_ones) {
    const auto rows = known_verdicts();
    SKIP_WITHOUT_HISTORIES(rows);
    for (const KnownVerdict& row : rows) {
        auto recording = read_history(slurp(kHistories + row.file));
        ASSERT_TRUE(recording.ok()) << row.file << ": " << recording.error().text;
        const auto judgement = judged(*recording, row.model, "");
        ASSERT_TRUE(judgement.ok()) << row.file << ": " << judgement.error().text;
        EXPECT_EQ(name_of(judgement->verdict), row.valid ? "valid" : "invalid")
            << row.file << " " << judgement->reason;
        for (const Finding& finding : judgement->findings) {
            EXPECT_LE(finding.operations.size(), 10U) << row.file << ": " << finding.sentence;
        }
        EXPECT_EQ(judgement->operations, row.invocations) << row.file;
    }
}

}  // namespace
}  // namespace stormglass::tests
