// results.json reads back to what was written; what is not ours is refused with the place.
#include "reports/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "reports/junit.hpp"
#include "reports/markdown.hpp"
#include "reports/page.hpp"
#include "reports/terminal.hpp"
#include "reports/verdict.hpp"
#include "tests/reports/breaking_strings.hpp"
#include "tests/reports/good.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

TEST(Json, reads_back_to_what_was_written) {
    for (const Results& results : {sample_review(), sample_run(), Results{}}) {
        const std::string text = to_json(results);
        const auto back = from_json(text);
        ASSERT_TRUE(back.ok()) << back.error().text;
        EXPECT_TRUE(to_json(*back) == text);
    }
    for (const std::string& breaking : breaking_strings()) {
        const std::string text = to_json(filled_with(breaking));
        EXPECT_TRUE(to_json(*from_json(text)) == text);
    }
}

TEST(Json, keeps_seeds_of_64_bits_and_exact_bounds) {
    Results results = good();
    results.provenance.seed_base = 0xfedcba9876543210;
    judge(results);
    const std::string text = to_json(results);
    EXPECT_NE(text.find("\"seed_base\": \"0xfedcba9876543210\""), std::string::npos);
    const Results back = *from_json(text);
    EXPECT_EQ(back.provenance.seed_base, results.provenance.seed_base);
    EXPECT_EQ(back.claims[0].bound, results.claims[0].bound);
}

TEST(Json, defaults_the_fields_that_an_older_program_did_not_write) {
    const auto read = from_json(R"({"schema": 1, "run_id": "r"})");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->run_id, "r");
    EXPECT_EQ(read->confidence, 0.95);
}

struct Bad {
    std::string text;
    std::string_view code;
    std::string_view piece;
};

TEST(Json, refuses_what_is_not_ours_and_names_the_place) {
    std::string deep = "{}";
    for (int level = 0; level < 100; ++level) {
        deep = R"({"parts": [)" + deep + "]}";
    }
    for (const Bad& bad : std::vector<Bad>{
             {"", "RESULTS_SYNTAX", "not JSON"},
             {"{", "RESULTS_SYNTAX", "1:2: the text is not JSON"},
             {"[]", "RESULTS_FIELD", "results is not an object"},
             {"{}", "RESULTS_SCHEMA", "schema"},
             {R"({"schema": 2})", "RESULTS_SCHEMA", "schema"},
             {R"({"schema": 1, "claims": {}})", "RESULTS_FIELD", "results.claims is not a list"},
             {R"({"schema": 1, "claims": [{"kind": "guess"}]})",
              "RESULTS_FIELD",
              "results.claims[0].kind is no known word"},
             {R"({"schema": 1, "scenarios": [{}, {"runs": -1}]})",
              "RESULTS_FIELD",
              "results.scenarios[1].runs is not a whole number"},
             {R"({"schema": 1, "scenarios": [{"runs": 1.5}]})", "RESULTS_FIELD", "runs"},
             {R"({"schema": 1, "scenarios": [{"seed_first": 7}]})",
              "RESULTS_FIELD",
              "is not a seed"},
             {R"({"schema": 1, "scenarios": [{"seed_first": "0x"}]})", "RESULTS_FIELD", "seed"},
             {R"({"schema": 1, "jobs": 4294967296})", "RESULTS_FIELD", "results.jobs"},
             {R"({"schema": 1, "sample": 1})", "RESULTS_FIELD", "neither true nor false"},
             {R"({"schema": 1, "run_id": 1})", "RESULTS_FIELD", "results.run_id is not a text"},
             {R"({"schema": 1, "new": [1, {"x": null}]})",
              "RESULTS_FIELD",
              "1:22: results.new is no field of schema 1"},
             {R"({"schema": 1, "claims": [{}, {"legs": [{"new": 1}]}]})",
              "RESULTS_FIELD",
              "results.claims[1].legs[0].new is no field"},
             {"{\n \"schema\": 1,\n \"jobs\": 1,\n \"jobs\": 2\n}",
              "RESULTS_SYNTAX",
              "4:2: the key \"jobs\" stands twice"},
             {"{\n \"schema\": 1,\n \"jobs\": -1}", "RESULTS_FIELD", "3:10: results.jobs is not"},
             {"{\"schema\": 1,\n\"claims\": [\n{}, nonsense]}", "RESULTS_SYNTAX", "3:"},
             {R"({"schema": 1, "scenarios": [{"failures": [{"picture": {"steps": [{}]}}]}]})",
              "RESULTS_FIELD",
              "failures[0].picture names a lane that it does not have"},
             {R"({"schema": 1, "confidence": 2})",
              "RESULTS_FIELD",
              "1:29: results.confidence is outside 0 to 1"},
             {R"({"schema": 1, "claims": [{"bound": 1.5}]})", "RESULTS_FIELD", "outside 0 to 1"},
             {R"({"schema": 1, "claims": [)" + deep + "]}", "RESULTS_SYNTAX", "nested too deeply"},
         }) {
        const auto read = from_json(bad.text);
        ASSERT_FALSE(read.ok()) << bad.text;
        EXPECT_EQ(read.error().code, bad.code) << bad.text;
        EXPECT_NE(read.error().text.find(bad.piece), std::string::npos) << read.error().text;
    }
}

RC_GTEST_PROP(Json, of_any_damage_is_refused_or_can_be_shown, ()) {
    static const std::string kWhole = to_json(sample_review());
    std::string text = kWhole;
    const auto changes = *rc::gen::inRange(1, 4);
    for (int change = 0; change < changes; ++change) {
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
        const std::string piece = *rc::gen::element<std::string>(
            "0", "9", "-", "\"", "null", "[]", "{}", "1e999", "\xff", ",", "");
        text.replace(at, *rc::gen::inRange<std::size_t>(0, 12), piece);
    }
    const auto read = from_json(text);
    if (read.ok()) {
        RC_ASSERT(!page(*read).empty());
        RC_ASSERT(!junit(*read).empty());
        RC_ASSERT(!markdown_report(*read).empty());
        RC_ASSERT(!(run_table(*read, {}) + gate_table(*read, {})).empty());
    }
}

}  // namespace
}  // namespace stormglass::reports
