// Exports of whole runs: equal for equal seeds, and every file says as much as the run did.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "reports/exports/readback.hpp"
#include "reports/exports/writers.hpp"
#include "scenarios/ledger/ledger.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/traces/export.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {
namespace {

Plan plan_of(const std::string& name) {
    auto plans = load_plans({name}, make_names({}));
    EXPECT_TRUE(plans.value.has_value()) << plans.refusal.text;
    return std::move(plans.value->front());
}

reports::Export exported(const std::string& scenario, std::uint64_t seed) {
    RunOptions options;
    options.seed = seed;
    return export_run(plan_of(scenario), options, "test");
}

void read_back_whole(const reports::Export& run) {
    const auto otlp = reports::read_otlp(reports::to_otlp(run));
    ASSERT_TRUE(otlp.ok()) << otlp.error().text;
    EXPECT_EQ(*otlp, reports::otlp_counts(run));
    const auto perfetto = reports::read_perfetto(reports::to_perfetto(run));
    ASSERT_TRUE(perfetto.ok()) << perfetto.error().text;
    EXPECT_EQ(*perfetto, reports::perfetto_counts(run));
    const auto shiviz = reports::read_shiviz(reports::to_shiviz(run));
    ASSERT_TRUE(shiviz.ok()) << shiviz.error().text;
    EXPECT_EQ(*shiviz, run.lines.size());
    for (const reports::ExportTable& table : run.tables) {
        const auto rows = reports::read_csv(reports::to_csv(table));
        ASSERT_TRUE(rows.ok()) << table.name << ": " << rows.error().text;
        EXPECT_EQ(*rows, table.rows.size()) << table.name;
    }
}

TEST(ExportRun, of_every_scenario_reads_back_whole) {
    auto plans = load_plans({}, make_names({}));
    ASSERT_TRUE(plans.value.has_value());
    for (Plan& plan : *plans.value) {
        SCOPED_TRACE(plan.scenario.name);
        plan.scenario.signing = Signing::stand_in;
        RunOptions options;
        options.seed = 11;
        const reports::Export run = export_run(plan, options, "test");
        EXPECT_GT(run.spans.size(), 100U);
        EXPECT_GT(run.flows.size(), 50U);
        EXPECT_EQ(run.tables.size(), 4U);
        read_back_whole(run);
    }
}

TEST(ExportRun, of_one_seed_is_the_same_byte_for_byte_and_of_another_is_not) {
    const reports::Export once = exported("tracing-through-faults", 7);
    const reports::Export again = exported("tracing-through-faults", 7);
    EXPECT_EQ(reports::to_otlp(once), reports::to_otlp(again));
    EXPECT_EQ(reports::to_perfetto(once), reports::to_perfetto(again));
    EXPECT_EQ(reports::to_shiviz(once), reports::to_shiviz(again));
    EXPECT_NE(reports::to_otlp(once), reports::to_otlp(exported("tracing-through-faults", 8)));
}

TEST(ExportRun, shows_faults_on_the_spans_that_they_met_and_as_chaos) {
    const reports::Export run = exported("tracing-through-faults", 7);
    std::set<std::string> chaos;
    std::size_t faults = 0;
    std::size_t letters = 0;
    for (const reports::ExportSpan& span : run.spans) {
        if (run.resources[span.resource].name == "chaos") {
            chaos.insert(span.name);
        }
        faults += static_cast<std::size_t>(std::count_if(
            span.moments.begin(), span.moments.end(), [](const reports::ExportMoment& moment) {
                return moment.name == "fault";
            }));
        letters += span.name.starts_with("dead-letter ") ? 1 : 0;
    }
    EXPECT_EQ(chaos, (std::set<std::string>{"crash-at", "duplicate", "loss", "poison-message"}));
    EXPECT_GT(faults, 0U);
    EXPECT_GE(letters, 2U) << "the two poisoned orders";
}

TEST(ExportRun, every_parent_and_link_is_in_the_file) {
    const reports::Export run = exported("tracing-through-faults", 7);
    std::set<std::pair<reports::ExportTraceId, std::uint64_t>> known;
    for (const reports::ExportSpan& span : run.spans) {
        known.insert({span.trace, span.span});
    }
    for (const reports::ExportSpan& span : run.spans) {
        EXPECT_TRUE(span.parent == 0 || known.contains({span.trace, span.parent})) << span.name;
        for (const reports::ExportLink& link : span.links) {
            EXPECT_TRUE(known.contains({link.trace, link.span})) << span.name;
        }
    }
}

TEST(ExportRun, of_a_log_alone_tells_the_same_of_all_but_idle_attempts) {
    const Plan plan = plan_of("calm");
    RunOptions options;
    options.seed = 3;
    CheckoutWorld world(plan, options);
    ASSERT_TRUE(world.run());
    const TraceFacts run = spans_of_run(world.ledger());
    std::map<std::pair<bus::TraceId, std::uint64_t>, const SpanFact*> known;
    std::size_t told = 0;  // by the log as well
    for (const SpanFact& span : run.spans) {
        known[{span.self.trace, span.self.span}] = &span;
        told += span.kind == SpanKind::process ? 0 : 1;
    }
    std::size_t inferred = 0;
    const auto log = log_of_run(world.ledger());
    for (const SpanFact& span : spans_of_log(log, Infer::attempts)) {
        const auto same = known.find({span.self.trace, span.self.span});
        ASSERT_NE(same, known.end()) << span.name;
        EXPECT_EQ(span.kind, same->second->kind);
        EXPECT_EQ(span.parent, same->second->parent);
        EXPECT_EQ(span.name, same->second->name);
        inferred += span.inferred ? 1 : 0;
        told -= span.inferred ? 0 : 1;
    }
    EXPECT_EQ(told, 0U);
    EXPECT_GT(inferred, 20U) << "attempts that published something";
    read_back_whole(export_log(log, "test"));
}

}  // namespace
}  // namespace stormglass::scenarios
