// Writers and readers of exports: what is written reads back, whatever the texts; what is broken is
// noticed.
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "reports/exports/readback.hpp"
#include "reports/exports/semantics.hpp"
#include "reports/exports/writers.hpp"
#include "tests/reports/breaking_strings.hpp"

namespace stormglass::reports {
namespace {

std::string any_text() {
    return *rc::gen::arbitrary<std::string>();
}

ExportSpan any_span(std::uint64_t number, std::size_t resources) {
    ExportSpan span;
    span.trace = {*rc::gen::inRange<std::uint64_t>(1, 4), 9};
    span.span = number;
    span.parent = *rc::gen::inRange<std::uint64_t>(0, number);
    span.name = any_text();
    span.kind = *rc::gen::element(ExportKind::internal, ExportKind::producer, ExportKind::consumer);
    span.start = 946'684'800'000'000'000 + *rc::gen::inRange<std::uint64_t>(0, 1'000);
    span.end = span.start + *rc::gen::inRange<std::uint64_t>(0, 1'000);
    span.resource = *rc::gen::inRange<std::size_t>(0, resources);
    span.attributes = {{any_text(), any_text()}, {"n", std::int64_t{-1}}, {"b", true}};
    if (*rc::gen::arbitrary<bool>()) {
        span.links.push_back({{1, 9}, number + 1});
        span.moments.push_back({span.start, any_text(), {{"fault", std::string("loss")}}});
    }
    return span;
}

Export any_run() {
    Export run;
    run.version = "test";
    run.resources = {{"orders", {}}, {any_text(), {{"k", any_text()}}}, {"chaos", {}}};
    const auto spans = *rc::gen::inRange<std::uint64_t>(0, 40);
    for (std::uint64_t i = 1; i <= spans; ++i) {
        run.spans.push_back(any_span(i, run.resources.size()));
    }
    if (spans > 1) {
        run.flows.push_back({0, 1});
        run.counts.push_back({run.spans[0].start, 0, any_text(), -4});
    }
    return run;
}

RC_GTEST_PROP(Otlp, reads_back_whole_whatever_the_texts, ()) {
    const Export run = any_run();
    const auto read = read_otlp(to_otlp(run));
    RC_ASSERT(read.ok());
    OtlpCounts wanted = otlp_counts(run);
    // Two processes of one name are one to whoever reads the file.
    wanted.resources = read->resources;
    RC_ASSERT(*read == wanted);
    RC_ASSERT(read->resources <= run.resources.size());
}

RC_GTEST_PROP(Perfetto, reads_back_whole_and_its_lanes_nest, ()) {
    const Export run = any_run();
    const auto read = read_perfetto(to_perfetto(run));
    RC_ASSERT(read.ok());
    RC_ASSERT(*read == perfetto_counts(run));
}

RC_GTEST_PROP(Csv, reads_back_whatever_the_cells, ()) {
    ExportTable table{"t", {"a", "b"}, {}};
    const auto rows = *rc::gen::inRange(0, 20);
    for (int i = 0; i < rows; ++i) {
        table.rows.push_back({any_text(), any_text()});
    }
    const auto read = read_csv(to_csv(table));
    RC_ASSERT(read.ok());
    RC_ASSERT(*read == static_cast<std::uint64_t>(rows));
}

TEST(Csv, quotes_and_defuses) {
    const ExportTable table{"t", {"h"}, {{"=1+1"}, {"a,b"}, {"say \"x\""}, {"-2"}, {"@x"}, {"ok"}}};
    EXPECT_EQ(to_csv(table), "h\r\n'=1+1\r\n\"a,b\"\r\n\"say \"\"x\"\"\"\r\n'-2\r\n'@x\r\nok\r\n");
}

TEST(Otlp, starts_a_new_line_after_a_thousand_spans) {
    Export run;
    run.resources = {{"orders", {}}};
    for (std::uint64_t i = 1; i <= 2'500; ++i) {
        ExportSpan span;
        span.trace = {1, 1};
        span.span = i;
        run.spans.push_back(span);
    }
    const auto read = read_otlp(to_otlp(run));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->lines, 3U);
    EXPECT_EQ(read->spans, 2'500U);
    EXPECT_EQ(to_otlp(Export{}), "");
}

TEST(Otlp, names_of_opentelemetry_are_the_pinned_ones) {
    EXPECT_EQ(kSchemaUrl, "https://opentelemetry.io/schemas/1.27.0");
    for (const std::string_view name : semantics::kAll) {
        EXPECT_TRUE(name.starts_with("messaging.") || name.starts_with("cloudevents.") ||
                    name.starts_with("stormglass."))
            << name;
    }
    EXPECT_EQ(semantics::kDestination, "messaging.destination.name");
    EXPECT_EQ(semantics::kOperationType, "messaging.operation.type");
    EXPECT_EQ(semantics::kMessageId, "messaging.message.id");
    EXPECT_EQ(semantics::kGroup, "messaging.consumer.group.name");
    EXPECT_EQ(semantics::kEventId, "cloudevents.event_id");
}

std::string otlp_with(const std::string& id, const std::string& start, const std::string& kind) {
    return R"({"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":")" +
           id + R"(","spanId":"00000000000000a1","startTimeUnixNano":)" + start +
           R"(,"endTimeUnixNano":"7","kind":)" + kind + "}]}]}]}\n";
}

TEST(Readback, notices_what_tools_would_silently_drop) {
    const std::string id = "0af7651916cd43dd8448eb211c80319c";
    EXPECT_TRUE(read_otlp(otlp_with(id, "\"5\"", "4")).ok());
    EXPECT_FALSE(read_otlp(otlp_with("CvdlGRbNQ92ESOshHIAxnA==", "\"5\"", "4")).ok()) << "base64";
    EXPECT_FALSE(read_otlp(otlp_with(std::string(32, '0'), "\"5\"", "4")).ok());
    EXPECT_FALSE(read_otlp(otlp_with(id, "5", "4")).ok()) << "a number";
    EXPECT_FALSE(read_otlp(otlp_with(id, "\"9\"", "4")).ok()) << "ends before it starts";
    EXPECT_FALSE(read_otlp(otlp_with(id, "\"5\"", "\"SPAN_KIND_PRODUCER\"")).ok());
    EXPECT_FALSE(read_otlp("{}").ok());
    EXPECT_FALSE(read_perfetto("[]").ok());
    EXPECT_FALSE(read_perfetto(R"({"traceEvents":[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":2},
                                   {"ph":"X","pid":1,"tid":1,"ts":1,"dur":2}]})")
                     .ok())
        << "overlapping slices";
    EXPECT_FALSE(
        read_perfetto(R"({"traceEvents":[{"ph":"s","pid":1,"tid":1,"ts":0,"id":1}]})").ok())
        << "half a flow";
    const std::string first = "(?<host>\\S+) (?<clock>\\{.*\\})\\n(?<event>.*)\n\n";
    EXPECT_TRUE(read_shiviz(first + "a {\"a\":1}\nx\nb {\"a\":1,\"b\":1}\ny\n").ok());
    EXPECT_FALSE(read_shiviz(first + "a {\"a\":2}\nx\n").ok()) << "a clock with a gap";
    EXPECT_FALSE(read_shiviz(first + "b {\"a\":1,\"b\":1}\ny\n").ok()) << "knows what was not told";
    EXPECT_FALSE(read_csv("a,b\r\n1\r\n").ok());
    EXPECT_FALSE(read_csv("a,b\r\n1,\"2\r\n").ok());
}

}  // namespace
}  // namespace stormglass::reports
