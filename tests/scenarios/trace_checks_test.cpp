// T1 to T3 stay silent on sound traces and report the one thing that is wrong with bad ones.
#include <gtest/gtest.h>

#include "scenarios/checks/check.hpp"
#include "tests/scenarios/trace_builder.hpp"

namespace stormglass::scenarios {
namespace {

using tests::kTraceA;
using tests::kTraceB;
using tests::sound_traces;
using tests::span;

std::vector<Violation> judged(const TraceFacts& traces, std::string_view check) {
    RunFacts facts;
    facts.trace = traces;
    CheckResult result;
    find_check(check)->run(facts, result);
    return result.violations;
}

TEST(TraceChecks, are_silent_on_sound_traces) {
    for (const char* check : {"trace-complete", "trace-causal", "trace-isolation"}) {
        EXPECT_TRUE(judged(sound_traces(), check).empty()) << check;
    }
}

TEST(TraceComplete, reports_a_missing_parent_once_a_trace) {
    TraceFacts traces = sound_traces();
    traces.spans.erase(traces.spans.begin() + 2);  // the command
    const auto violations = judged(traces, "trace-complete");
    ASSERT_EQ(violations.size(), 1U);
    EXPECT_NE(violations[0].sentence.find("does not lead back to a root"), std::string::npos);
}

TEST(TraceComplete, reports_two_roots_a_ring_and_a_letter_without_a_trace) {
    TraceFacts two = sound_traces();
    two.spans.push_back(span(SpanKind::create, kTraceA, 9, 0, 50));
    EXPECT_EQ(judged(two, "trace-complete").size(), 1U);

    TraceFacts ring = sound_traces();
    ring.spans[1].parent = 5;
    EXPECT_EQ(judged(ring, "trace-complete").size(), 1U);

    TraceFacts letter = sound_traces();
    letter.untraced_letters.push_back("orders@3");
    EXPECT_EQ(judged(letter, "trace-complete").size(), 1U);
}

TEST(TraceCausal, reports_a_start_before_its_cause) {
    TraceFacts traces = sound_traces();
    traces.spans[4].start = 19;  // the reply, before the command was handled
    EXPECT_EQ(judged(traces, "trace-causal").size(), 1U);
}

TEST(TraceCausal, reports_attempts_without_a_link_and_with_a_shared_span) {
    TraceFacts unlinked = sound_traces();
    unlinked.spans[3].links.clear();
    EXPECT_EQ(judged(unlinked, "trace-causal").size(), 1U);

    TraceFacts shared = sound_traces();
    shared.spans[5].self = shared.spans[3].self;
    EXPECT_EQ(judged(shared, "trace-causal").size(), 1U);
}

TEST(TraceIsolation, reports_a_parent_in_another_trace_and_a_step_that_left) {
    TraceFacts leaked = sound_traces();
    leaked.spans.push_back(span(SpanKind::create, kTraceB, 9, 4, 50));
    EXPECT_EQ(judged(leaked, "trace-isolation").size(), 1U);

    TraceFacts left = sound_traces();
    left.spans.push_back(span(SpanKind::step, kTraceB, 9, 0, 50));
    EXPECT_EQ(judged(left, "trace-isolation").size(), 1U);

    TraceFacts old = sound_traces();
    old.spans.push_back(span(SpanKind::step, kTraceB, 9, 0, 3'600'000'000'000 + 10));
    EXPECT_TRUE(judged(old, "trace-isolation").empty()) << "a saga of an hour may";
}

}  // namespace
}  // namespace stormglass::scenarios
