// Claims files: what is decoded, what is refused, and the shipped file for ADR-OS-024.
#include "scenarios/files/claims.hpp"

#include <set>

#include <gtest/gtest.h>

#include "scenarios/files/leg_decode.hpp"
#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

namespace {

using tests::problems_of_claims;
using tests::test_names;
using tests::with;

constexpr const char* kShipped = STORMGLASS_SOURCE_DIR "/scenarios/claims/ADR-OS-024.claims.yaml";

std::string good_claims() {
    return "format: 1\n"                                                          // 1
           "confidence: 0.95\n"                                                   // 2
           "target: 0.001\n"                                                      // 3
           "claims:\n"                                                            // 4
           "  - id: A4\n"                                                         // 5
           "    kind: assumption\n"                                               // 6
           "    line: holds up\n"                                                 // 7
           "    sha256: '1fba32af0834bf9a'\n"                                     // 8
           "    means: nothing is lost\n"                                         // 9
           "    legs:\n"                                                          // 10
           "      - scenario: lossy-network\n"                                    // 11
           "        checks: [lost-write]\n"                                       // 12
           "        needs: {faults: [loss, crash@broker], probes: [bus.dead]}\n"  // 13
           "        probes: each-run\n"                                           // 14
           "    defects: [ack-before-persist]\n"                                  // 15
           "    defeaters:\n"                                                     // 16
           "      - {doubt: too kind, answer: none yet, settled: no}\n"           // 17
           "  - id: A6\n"                                                         // 18
           "    kind: assumption\n"                                               // 19
           "    line: duties\n"                                                   // 20
           "    sha256: 'b191521b6c62831d'\n"                                     // 21
           "    parts:\n"                                                         // 22
           "      - id: A6.current\n"                                             // 23
           "        waiver: {owner: board, until: 2027-03-31, reason: absent}\n"  // 24
           "  - id: Q1\n"                                                         // 25
           "    kind: question\n"                                                 // 26
           "    line: which?\n"                                                   // 27
           "    sha256: '8d62204040f23ea4'\n"                                     // 28
           "    answer: this one\n"                                               // 29
           "    target: 0.0001\n";                                                // 30
}

Claims decoded(const std::string& text) {
    Problems problems("claims.yaml");
    std::optional<Claims> claims = read_claims(text, test_names(), problems);
    EXPECT_TRUE(problems.empty()) << problems.text();
    return claims.value_or(Claims{});
}

}  // namespace

TEST(ClaimsFile, decodes_to_plain_values) {
    const Claims claims = decoded(good_claims());
    ASSERT_EQ(claims.claims.size(), 3U);
    const Claim& a4 = claims.claims[0];
    EXPECT_EQ(a4.kind, ClaimKind::assumption);
    EXPECT_EQ(a4.sha256, "1fba32af0834bf9a");
    ASSERT_EQ(a4.legs.size(), 1U);
    EXPECT_EQ(a4.legs[0].faults[1].kind, "crash");
    EXPECT_EQ(a4.legs[0].faults[1].role, "broker");
    EXPECT_EQ(a4.legs[0].probe_duty, ProbeDuty::each_run);
    EXPECT_EQ(a4.legs[0].method, Method::sampled);
    EXPECT_EQ(a4.legs[0].line, 11);
    EXPECT_EQ(a4.defeaters[0].settled, Settled::no);
    EXPECT_DOUBLE_EQ(a4.target, 0.001);
    const Claim& part = claims.claims[1].parts.at(0);
    EXPECT_EQ(part.kind, ClaimKind::assumption);
    EXPECT_EQ(part.waiver->until, "2027-03-31");
    EXPECT_DOUBLE_EQ(claims.claims[2].target, 0.0001);
    EXPECT_EQ(claims.claims[2].answer, "this one");
}

struct BadClaims {
    const char* what;
    const char* before;
    const char* after;
    const char* says;
};

class BadClaimsFiles : public testing::TestWithParam<BadClaims> {};

TEST_P(BadClaimsFiles, is_refused_with_place_and_sentence) {
    const BadClaims& row = GetParam();
    const std::string text = problems_of_claims(with(good_claims(), row.before, row.after));
    EXPECT_EQ(text, std::string("bad.yaml:") + row.says + "\n1 problem in bad.yaml\n");
}

constexpr BadClaims kBadClaims[] = {
    {"scenario",
     "lossy-network",
     "losy-network",
     "11:19: no scenario 'losy-network'; did you mean 'lossy-network'?"},
    {"check",
     "[lost-write]",
     "[lost-writes]",
     "12:18: no check 'lost-writes'; did you mean 'lost-write'?"},
    {"fault",
     "[loss, crash@broker]",
     "[los, crash@broker]",
     "13:26: no fault 'los'; did you mean 'loss'?"},
    {"fault_at_role",
     "crash@broker",
     "crash@brokre",
     "13:32: no role 'brokre'; did you mean 'broker'?"},
    {"probe", "bus.dead", "bus.deed", "13:56: no probe 'bus.deed'; did you mean 'bus.dead'?"},
    {"defect",
     "ack-before-persist",
     "ack-before-persits",
     "15:15: no defect 'ack-before-persits'; did you mean 'ack-before-persist'?"},
    {"kind",
     "kind: question",
     "kind: qestion",
     "26:11: kind must be assumption, decision, rationale, alternative, consequence or question, "
     "got qestion; did you mean 'question'?"},
    {"hash_without_quotes",
     "'1fba32af0834bf9a'",
     "1fba32af0834bf9a",
     "8:13: sha256 stands in quotes: some hashes look like numbers (write '1fba32af0834bf9a')"},
    {"hash_too_short",
     "'1fba32af0834bf9a'",
     "'1fba'",
     "8:13: sha256 is the first 16 hex digits of the line's hash, got 1fba"},
    {"no_hash",
     "    sha256: '8d62204040f23ea4'\n",
     "",
     "25:5: key 'sha256' is missing in claim 'Q1'"},
    {"no_defeaters",
     "    defeaters:\n      - {doubt: too kind, answer: none yet, settled: no}\n",
     "",
     "5:5: claim 'A4' has legs and no 'defeaters': say why its evidence may mislead"},
    {"empty_defeaters",
     "    defeaters:\n      - {doubt: too kind, answer: none yet, settled: no}\n",
     "    defeaters: []\n",
     "16:16: claim 'A4' has legs and no 'defeaters': say why its evidence may mislead"},
    {"defeater_settled",
     "settled: no",
     "settled: maybe",
     "17:54: settled must be no, partly or yes, got maybe"},
    {"waiver_owner", "owner: board, ", "", "24:17: key 'owner' is missing in 'waiver'"},
    {"waiver_until", "until: 2027-03-31, ", "", "24:17: key 'until' is missing in 'waiver'"},
    {"waiver_reason", ", reason: absent", "", "24:17: key 'reason' is missing in 'waiver'"},
    {"waiver_date",
     "2027-03-31",
     "2027-02-30",
     "24:39: until must be a day such as 2027-03-31, got 2027-02-30"},
    {"part_id",
     "A6.current",
     "B6.current",
     "23:9: the id of a part starts with 'A6.', got 'B6.current'"},
    {"part_key",
     "        waiver: {",
     "        wavier: {",
     "24:9: unknown key 'wavier' in a part; did you mean 'waiver'?"},
    {"same_id", "id: Q1", "id: A4", "25:1: claim 'A4' appears twice"},
    {"answer_elsewhere",
     "kind: question",
     "kind: consequence",
     "29:13: 'answer' belongs to a question"},
    {"claim_key",
     "    means:",
     "    meens:",
     "9:5: unknown key 'meens' in claim 'A4'; did you mean 'means'?"},
    {"confidence",
     "confidence: 0.95",
     "confidence: 95",
     "2:13: confidence must lie between 0 and 1, got 95 (95 % is 0.95)"},
    {"format",
     "format: 1",
     "format: 7",
     "1:9: format 7 is not known to this program; it reads format 1"},
    {"no_checks", "[lost-write]", "[]", "12:17: a leg without checks argues for nothing"},
    {"method",
     "        probes: each-run",
     "        method: sample",
     "14:17: method must be sampled, exhaustive, contract, comparison, artefact or control, got "
     "sample; did "
     "you mean 'sampled'?"},
};

INSTANTIATE_TEST_SUITE_P(ClaimsFile,
                         BadClaimsFiles,
                         testing::ValuesIn(kBadClaims),
                         [](const testing::TestParamInfo<BadClaims>& row) {
                             return std::string(row.param.what);
                         });

TEST(ClaimsFile, days_of_the_calendar) {
    EXPECT_TRUE(is_date("2028-02-29"));
    for (const char* text : {"2027-02-29",
                             "2027-13-01",
                             "2027-00-10",
                             "27-01-01",
                             "2027/01/01",
                             "2027-1-01",
                             "",
                             "2027-01-0x"}) {
        EXPECT_FALSE(is_date(text)) << text;
    }
}

TEST(ClaimsFile, the_shipped_one_covers_all_lines) {
    const Claims claims = decoded(tests::read_file(kShipped));
    std::set<std::string> hashes;
    std::set<std::string> ids;
    for (const Claim& claim : claims.claims) {
        hashes.insert(claim.sha256);
        ids.insert(claim.id);
        EXPECT_FALSE(claim.means.empty()) << claim.id;
        EXPECT_EQ(claim.kind == ClaimKind::question, !claim.answer.empty()) << claim.id;
    }
    EXPECT_EQ(hashes.size(), 27U);
    const std::set<std::string> expected = {"A1", "A2",  "A3", "A4",  "A5", "A6",  "D0", "D1",
                                            "D2", "D3",  "R1", "R1c", "R2", "R2c", "R3", "R3c",
                                            "V1", "V1r", "V2", "V2r", "C1", "C2",  "C3", "C4",
                                            "C5", "C6",  "Q1", "Q2",  "Q3", "Q4",  "Q5"};
    EXPECT_EQ(ids, expected);
    for (const Claim& claim : claims.claims) {
        const bool argued =
            std::set<std::string>{
                "A3", "A4", "D1", "D2", "D3", "R1c", "R3c", "C3", "Q2", "Q3", "Q4"}
                .contains(claim.id);
        EXPECT_EQ(!claim.legs.empty(), argued) << claim.id;
    }
}

TEST(ClaimsFile, legs_of_the_shipped_one_agree_with_the_shipped_scenarios) {
    Problems problems(kShipped);
    const std::optional<Claims> claims =
        read_claims(tests::read_file(kShipped), test_names(), problems);
    ASSERT_TRUE(claims.has_value());
    Names names = test_names();
    names.claims.emplace();
    for (const Claim& claim : claims->claims) {
        names.claims->push_back(claim.id);
    }
    std::vector<Scenario> scenarios;
    for (const NamedThing& thing : names.scenarios) {
        const std::string path = STORMGLASS_SOURCE_DIR "/scenarios/data/" + thing.name + ".yaml";
        Problems own(path);
        std::optional<Scenario> scenario = read_scenario(tests::read_file(path), names, own);
        ASSERT_TRUE(scenario.has_value()) << own.text();
        scenarios.push_back(std::move(*scenario));
    }
    check_legs(*claims, scenarios, problems);
    EXPECT_TRUE(problems.empty()) << problems.text();

    for (Scenario& scenario : scenarios) {
        scenario.check.controls.clear();
    }
    Problems without_controls("shipped");
    check_legs(*claims, scenarios, without_controls);
    EXPECT_NE(without_controls.text().find("claim 'R1c': scenario 'github-2018-10-21' does not "
                                           "declare control 'bus-available'"),
              std::string::npos)
        << without_controls.text();

    for (Scenario& scenario : scenarios) {
        scenario.faults.clear();
        scenario.check = {};
        scenario.claims.clear();
    }
    check_legs(*claims, scenarios, problems);
    const std::string text = problems.text();
    EXPECT_NE(text.find("claim 'A4': scenario 'lossy-network' does not run check 'lost-write'"),
              std::string::npos);
    EXPECT_NE(text.find("does not inject fault 'loss'"), std::string::npos);
    EXPECT_NE(text.find("does not name this claim in its 'claims'"), std::string::npos);
}

}  // namespace stormglass::scenarios
