// The page as a reader, a screen reader and a browser's policy meet it: well-formed, complete,
// inert, and with the model's numbers.
#include "reports/page.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "reports/format.hpp"
#include "reports/json.hpp"
#include "reports/page_style.hpp"
#include "reports/sha256.hpp"
#include "reports/statistics.hpp"
#include "reports/text.hpp"
#include "reports/verdict.hpp"
#include "tests/reports/breaking_strings.hpp"
#include "tests/reports/good.hpp"
#include "tests/reports/markup.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

Markup parsed(const Results& results) {
    auto document = parse_markup(page(results), Dialect::html);
    EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().text);
    return document.ok() ? *std::move(document) : Markup{};
}

const Markup& table_named(const Markup& document, const std::string& name) {
    const Markup* region = document.with("aria-label", name);
    EXPECT_NE(region, nullptr) << name;
    static const Markup kNothing;
    return region == nullptr ? kNothing : *region;
}

void for_each_element(const Markup& node, const auto& visit) {
    for (const Markup& child : node.children) {
        if (!child.tag.empty()) {
            visit(child);
        }
        for_each_element(child, visit);
    }
}

/// Whatever stands in the results, this holds.
void expect_sound(const Markup& document) {
    std::set<std::string> ids;
    std::set<std::string> labels;
    for_each_element(document, [&](const Markup& element) {
        EXPECT_TRUE(element.tag != "script" && element.tag != "img" && element.tag != "link");
        for (const auto& [name, value] : element.attributes) {
            EXPECT_NE(name, "style");
            EXPECT_FALSE(name.starts_with("on")) << name;
            EXPECT_NE(name, "src");
        }
        if (element.attributes.contains("id")) {
            EXPECT_TRUE(ids.insert(element.attribute("id")).second) << element.attribute("id");
        }
        if (element.attribute("role") == "region") {
            EXPECT_EQ(element.attribute("tabindex"), "0");
            EXPECT_TRUE(labels.insert(element.attribute("aria-label")).second);
        }
        if (element.tag == "th") {
            EXPECT_TRUE(element.attributes.contains("scope")) << element.all_text();
        }
    });
    for (const Markup* link : document.all("a")) {
        const std::string target = link->attribute("href");
        ASSERT_TRUE(target.starts_with('#'));
        EXPECT_TRUE(ids.contains(target.substr(1))) << target;
    }
    EXPECT_EQ(document.all("h1").size(), 1U);
    EXPECT_EQ(document.all("main").size(), 1U);
}

TEST(Page, is_sound_for_every_kind_of_results) {
    expect_sound(parsed(sample_review()));
    expect_sound(parsed(sample_run()));
    expect_sound(parsed(Results{}));
}

TEST(Page, has_every_section) {
    const Markup document = parsed(sample_review());
    for (const char* id : {"main",
                           "lines",
                           "failed",
                           "ran",
                           "faults",
                           "noticed",
                           "limits",
                           "answers",
                           "provenance"}) {
        EXPECT_NE(document.with("id", id), nullptr) << id;
    }
}

TEST(Page, allows_its_own_style_and_nothing_else) {
    const Markup document = parsed(sample_review());
    const Markup* policy = document.with("http-equiv", "Content-Security-Policy");
    ASSERT_NE(policy, nullptr);
    ASSERT_EQ(document.all("style").size(), 1U);
    EXPECT_EQ(policy->attribute("content"),
              "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
              "style-src 'sha256-" +
                  base64(sha256(document.all("style")[0]->text)) + "'");
    const std::string text = page(sample_review());
    EXPECT_LT(text.find("Content-Security-Policy"), text.find("<style"));
    EXPECT_EQ(text.find("url("), std::string::npos);
    EXPECT_EQ(text.find("@import"), std::string::npos);
}

TEST(Page, shows_every_breaking_string_as_text) {
    for (const std::string& text : breaking_strings()) {
        const Markup document = parsed(filled_with(text));
        expect_sound(document);
        const std::string shown = visible(text);
        EXPECT_NE(document.all_text().find(shown), std::string::npos) << shown;
    }
}

TEST(Page, has_the_same_bytes_for_the_same_results) {
    const Results results = sample_review();
    const Results copy = results;
    EXPECT_TRUE(page(results) == page(copy));
}

TEST(Page, is_rebuilt_from_its_json_byte_for_byte) {
    EXPECT_TRUE(page(*from_json(to_json(sample_review()))) == page(sample_review()));
    for (const std::string& text : breaking_strings()) {
        const Results results = filled_with(text);
        EXPECT_TRUE(page(*from_json(to_json(results))) == page(results)) << visible(text);
    }
}

TEST(Page, states_the_fault_counters_of_the_model) {
    const Results results = sample_review();
    const Markup document = parsed(results);
    const auto rows = table_rows(table_named(document, "Fault counters"));
    std::size_t at = 1;  // below the heads
    for (const ScenarioResult& scenario : results.scenarios) {
        EXPECT_TRUE(rows.at(at++).at(0).starts_with(scenario.name));
        for (const FaultCount& fault : scenario.faults) {
            const std::string effect = fault.took_effect > 0 ? count(fault.took_effect) : "? 0";
            const std::vector<std::string> expected{
                fault_name(fault),
                count(fault.armed),
                count(fault.eligible),
                count(fault.fired),
                effect,
                count(fault.runs_touched),
                fault.first_seed.has_value() ? seed(*fault.first_seed) : "\u2013",
                fault.took_effect > 0 ? "" : "declared, never met a matching event"};
            EXPECT_EQ(rows.at(at++), expected);
        }
    }
    EXPECT_EQ(at, rows.size());
}

TEST(Page, states_status_and_numbers_of_every_line) {
    const Results results = sample_review();
    const Markup document = parsed(results);
    const auto check = [&](const ClaimResult& claim) {
        const Markup* row = document.with("id", claim.id);
        ASSERT_NE(row, nullptr) << claim.id;
        Markup holder;
        holder.children.push_back(*row);
        const auto cells = table_rows(holder).at(0);
        EXPECT_EQ(cells.at(0), claim.id);
        std::string word = cells.at(1).substr(cells.at(1).find(' ') + 1);
        word[0] = static_cast<char>(std::tolower(word[0]));
        EXPECT_EQ(word, name_of(claim.status)) << claim.id;
        // A line without numbers takes the room of theirs.
        const std::string& why = cells.size() == 4 ? cells.at(3) : cells.at(7);
        EXPECT_EQ(why.find(claim.why), 0U) << why;
        if (claim.status == Status::supported && claim.legs.at(0).method == Method::sampled) {
            EXPECT_EQ(cells.at(4), count(claim.effective));
            EXPECT_EQ(cells.at(5), count(claim.failed));
            EXPECT_EQ(cells.at(6), "\u2264 " + percent_up(claim.bound));
        }
        if (claim.status == Status::inconclusive && cells.size() == 8) {
            EXPECT_EQ(cells.at(6).find('%'), std::string::npos) << "claims nothing";
        }
    };
    for (const ClaimResult& claim : results.claims) {
        check(claim);
        for (const ClaimResult& part : claim.parts) {
            check(part);
        }
    }
}

TEST(Page, tells_a_failure_with_the_command_that_repeats_it) {
    const Results results = sample_review();
    const Failure& failure = results.scenarios[1].failures[0];
    const Markup document = parsed(results);
    const std::string text = document.all_text();
    for (const std::string& piece : {failure.sentence,
                                     failure.expected,
                                     failure.observed,
                                     failure.signature,
                                     place(failure.place)}) {
        EXPECT_NE(text.find(piece), std::string::npos) << piece;
    }
    EXPECT_EQ(document.with("aria-label", "Command that repeats f1")->all_text(), failure.repeat);
    const auto rows = table_rows(table_named(document, "Last events of f1"));
    ASSERT_EQ(rows.size(), failure.last.size() + 1);
    for (std::size_t at = 0; at < failure.last.size(); ++at) {
        const EventLine& event = failure.last[at];
        EXPECT_EQ(rows[at + 1].at(0), virtual_time(event.time_ns));
        EXPECT_EQ(rows[at + 1].at(1), event.node);
        EXPECT_EQ(rows[at + 1].at(2), event.text);
    }
}

TEST(Page, puts_missed_defects_first_and_the_clean_row_last) {
    const auto rows = table_rows(table_named(parsed(sample_review()), "Planted defects"));
    ASSERT_EQ(rows.size(), 7U);
    EXPECT_EQ(rows[1].at(0), "drop-audit-record");
    EXPECT_EQ(rows[1].at(6), "> 3,500");
    EXPECT_EQ(rows[6].at(0), "correct code");
    EXPECT_NE(rows[6].at(3).find("No alarm in 14,900 runs of 5 scenarios"), std::string::npos);
}

TEST(Page, says_in_its_first_lines_what_a_reader_must_know) {
    Results results = sample_review();
    results.interrupted = true;
    results.provenance.dirty = true;
    const Markup document = parsed(results);
    std::vector<std::string> notices;
    for (const Markup* paragraph : document.all("p")) {
        if (paragraph->attribute("class") == "notice") {
            notices.push_back(paragraph->all_text());
        }
    }
    ASSERT_EQ(notices.size(), 3U);
    EXPECT_TRUE(notices[0].starts_with("Sample data"));
    EXPECT_TRUE(notices[1].starts_with("Interrupted"));
    EXPECT_TRUE(notices[2].starts_with("Dirty build"));
}

TEST(Page, names_what_it_does_not_show) {
    const std::string text = parsed(sample_review()).all_text();
    for (const char* piece : {"Fault partition-simplex never took effect in one-way-partition.",
                              "torn-tail, clock-step",
                              "Never reached in coordinator-crash: saga.takeover.",
                              "Planted defect drop-audit-record",
                              "A4: the network model may be kinder",
                              "A6.up-to-date is waived by architecture board",
                              "No claim answers line 71",
                              "A1: a bus that grows",
                              "One embedded engine",
                              "Signed with a keyed-hash stand-in instead of Ed25519: lossy-network",
                              "the audit struck 1 of 51 runs"}) {
        EXPECT_NE(text.find(piece), std::string::npos) << piece;
    }
}

TEST(Page, caps_the_failures_it_tells_and_counts_the_rest) {
    Results results = sample_review();
    const Failure one = results.scenarios[1].failures[0];
    for (int copy = 0; copy < 41; ++copy) {
        results.scenarios[1].failures.push_back(one);
    }
    const Markup document = parsed(results);
    expect_sound(document);
    EXPECT_EQ(table_rows(table_named(document, "Other signatures")).size(), 1U + 22U);
}

TEST(Page, draws_every_step_of_the_picture_and_tells_it_in_a_table) {
    const Results results = sample_review();
    const Picture& picture = results.scenarios[1].failures[0].picture;
    const Markup document = parsed(results);
    ASSERT_EQ(document.all("svg").size(), 1U);
    const Markup& drawing = *document.all("svg")[0];
    EXPECT_EQ(drawing.attribute("role"), "img");
    EXPECT_NE(drawing.attribute("aria-label").find("table below"), std::string::npos);
    const std::string drawn = drawing.all_text();
    for (const std::string& lane : picture.lanes) {
        EXPECT_NE(drawn.find(lane), std::string::npos) << lane;
    }
    std::size_t messages = 0;
    for (const PictureStep& step : picture.steps) {
        EXPECT_NE(drawn.find(step.text), std::string::npos) << step.text;
        messages += step.to.has_value() ? 1 : 0;
    }
    std::size_t ends = 0;
    for_each_element(drawing, [&](const Markup& element) {
        ends += element.attribute("class").starts_with("end ") ? 1 : 0;
    });
    EXPECT_EQ(ends, messages);
    const auto rows = table_rows(table_named(document, "Steps of the picture of f1"));
    ASSERT_EQ(rows.size(), picture.steps.size() + 1);
    for (std::size_t at = 0; at < picture.steps.size(); ++at) {
        EXPECT_EQ(rows[at + 1].at(0), virtual_time(picture.steps[at].time_ns));
        EXPECT_EQ(rows[at + 1].at(2), picture.lanes[picture.steps[at].lane]);
        EXPECT_EQ(rows[at + 1].at(4), picture.steps[at].text);
    }
}

TEST(Page, says_so_where_no_picture_was_drawn) {
    Results results = sample_review();
    results.scenarios[1].failures[0].picture = {};
    const Markup document = parsed(results);
    EXPECT_TRUE(document.all("svg").empty());
    EXPECT_NE(document.all_text().find("No picture:"), std::string::npos);
}

TEST(Page, says_in_short_which_lines_hold_and_why) {
    const Results results = sample_review();
    const Markup document = parsed(results);
    for (const ClaimResult& claim : results.claims) {
        bool found = false;
        for (const Markup* item : document.all("li")) {
            found = found || (item->all_text().starts_with(claim.id + " " + claim.line));
        }
        EXPECT_TRUE(found) << claim.id;
    }
    EXPECT_NE(document.all_text().find("0 of 3,498 effective runs failed (at most 0.086 %)"),
              std::string::npos);
}

TEST(Page, names_the_comparison_that_did_not_run) {
    Results results = sample_facts();
    for (ClaimResult& claim : results.claims) {
        if (claim.id == "V1") {
            claim.legs.emplace_back();
            claim.legs[0].scenario = "sync-vs-async";
            claim.legs[0].method = Method::comparison;
        }
    }
    judge(results);
    const std::string text = parsed(results).all_text();
    EXPECT_NE(text.find("the decision and its alternative were not compared on the same seeds "
                        "(sync-vs-async did not run)"),
              std::string::npos);
    EXPECT_NE(text.find("sync-vs-async (comparison)"), std::string::npos);
}

TEST(Page, counts_the_runs_of_a_control_as_runs) {
    Results results = good();
    LegResult& leg = first_leg(results);
    leg.method = Method::control;
    leg.cases = leg.cases_passed = 84;
    judge(results);
    const Markup document = parsed(results);
    const auto rows = table_rows(table_named(document, "Lines of the document"));
    const auto row = std::ranges::find_if(
        rows, [](const auto& cells) { return !cells.empty() && cells[0] == "X"; });
    ASSERT_TRUE(row != rows.end());
    ASSERT_GE(row->size(), 6U);
    EXPECT_EQ(row->at(4), "84");  // effective runs
    EXPECT_EQ(row->at(5), "84");  // failed
}

double luminance(std::string_view colour) {
    double sum = 0;
    constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
    for (std::size_t part = 0; part < 3; ++part) {
        const double value =
            std::stoi(std::string(colour.substr(1 + 2 * part, 2)), nullptr, 16) / 255.0;
        sum += kWeights[part] *
               (value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
    }
    return sum;
}

TEST(Style, keeps_contrast_in_both_schemes) {
    for (const ColourPair& pair : colour_pairs()) {
        const auto text = std::ranges::find(palette(), pair.text, &Colour::name);
        const auto ground = std::ranges::find(palette(), pair.ground, &Colour::name);
        ASSERT_TRUE(text != palette().end() && ground != palette().end()) << pair.text;
        for (const auto scheme : {&Colour::light, &Colour::dark}) {
            const double one = luminance((*text).*scheme);
            const double two = luminance((*ground).*scheme);
            const double ratio = (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
            EXPECT_GE(ratio, 4.5) << pair.text << " on " << pair.ground;
        }
    }
}

}  // namespace
}  // namespace stormglass::reports
