// OTLP/JSON against the samples of its authors, read in place: our spans use no key that theirs do
// not have at that place, and every value has the type that theirs has.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/exports/readback.hpp"
#include "reports/exports/writers.hpp"

namespace stormglass::reports {
namespace {

using nlohmann::json;

/// Every place of a document without list positions: "resourceSpans/scopeSpans/spans/traceId".
void places_of(const json& value,
               const std::string& place,
               std::map<std::string, std::string>& to) {
    if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            places_of(member, place.empty() ? key : place + "/" + key, to);
        }
    } else if (value.is_array()) {
        for (const json& item : value) {
            places_of(item, place, to);
        }
    } else {
        to[place] = value.type_name();
    }
}

Export sample() {
    Export run;
    run.version = "1.0.0";
    run.resources = {{"my.service", {}}};
    ExportSpan span;
    span.trace = {0x5b8efff798038103, 0xd269b633813fc60c};
    span.span = 0xeee19b7ec3c1b174;
    span.parent = 0xeee19b7ec3c1b173;
    span.name = "I'm a server span";
    span.kind = ExportKind::consumer;
    span.start = 1'544'712'660'000'000'000;
    span.end = 1'544'712'661'000'000'000;
    span.attributes = {{"my.span.attr", std::string("some value")}};
    run.spans = {span};
    return run;
}

TEST(OtlpConformance, our_spans_have_the_places_and_types_of_the_sample) {
    const std::string folder = std::string(STORMGLASS_CONFORMANCE_DIR) + "/otlp";
    std::ifstream file(folder + "/trace.json");
    if (!file) {
        GTEST_SKIP() << "no otlp/trace.json in " << STORMGLASS_CONFORMANCE_DIR;
    }
    std::map<std::string, std::string> theirs;
    places_of(json::parse(file), "", theirs);
    ASSERT_FALSE(theirs.empty());
    std::map<std::string, std::string> ours;
    places_of(json::parse(to_otlp(sample())), "", ours);
    // What the protocol has and its sample leaves out.
    const std::set<std::string> further = {"resourceSpans/schemaUrl",
                                           "resourceSpans/scopeSpans/schemaUrl",
                                           "resourceSpans/scopeSpans/spans/flags"};
    for (const auto& [place, type] : ours) {
        if (!further.contains(place)) {
            ASSERT_TRUE(theirs.contains(place)) << place;
            EXPECT_EQ(theirs[place], type) << place;
        }
    }
    for (const auto& [place, type] : theirs) {
        const bool of_scope = place.find("scope/attributes") != std::string::npos;
        EXPECT_TRUE(ours.contains(place) || of_scope) << place;
    }
}

TEST(OtlpConformance, our_reader_takes_their_sample_once_its_ids_are_lower_case) {
    const std::string folder = std::string(STORMGLASS_CONFORMANCE_DIR) + "/otlp";
    std::ifstream file(folder + "/trace.json");
    if (!file) {
        GTEST_SKIP() << "no otlp/trace.json in " << STORMGLASS_CONFORMANCE_DIR;
    }
    std::string text = json::parse(file).dump();
    EXPECT_FALSE(read_otlp(text).ok()) << "hex is written in lower case by us";
    for (const char* key : {"\"traceId\":\"", "\"spanId\":\"", "\"parentSpanId\":\""}) {
        for (std::size_t at = text.find(key); at != std::string::npos;
             at = text.find(key, at + 1)) {
            for (std::size_t i = at + std::string(key).size(); text[i] != '"'; ++i) {
                text[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
            }
        }
    }
    const auto read = read_otlp(text);
    ASSERT_TRUE(read.ok()) << read.error().text;
    EXPECT_GT(read->spans, 0U);
}

}  // namespace
}  // namespace stormglass::reports
