// Traces of small runs, written by hand: a saga with one step, its command, the attempt to handle
// it and what that published.
#pragma once

#include "scenarios/traces/spans.hpp"

namespace stormglass::tests {

constexpr bus::TraceId kTraceA{1, 2};
constexpr bus::TraceId kTraceB{3, 4};

inline scenarios::SpanFact span(scenarios::SpanKind kind,
                                bus::TraceId trace,
                                std::uint64_t self,
                                std::uint64_t parent,
                                std::uint64_t start) {
    scenarios::SpanFact fact;
    fact.kind = kind;
    fact.self = {trace, self, 1};
    fact.parent = parent;
    fact.start = start;
    fact.end = start + 5;
    fact.name = "span " + std::to_string(self);
    fact.about = "order-1";
    return fact;
}

/// saga 1 > step 2 > command 3 > attempt 4 > reply 5, and a redelivered attempt 6 of the command.
inline scenarios::TraceFacts sound_traces() {
    using Kind = scenarios::SpanKind;
    scenarios::TraceFacts facts;
    facts.spans = {span(Kind::saga, kTraceA, 1, 0, 10),
                   span(Kind::step, kTraceA, 2, 1, 10),
                   span(Kind::create, kTraceA, 3, 2, 10),
                   span(Kind::process, kTraceA, 4, 3, 20),
                   span(Kind::create, kTraceA, 5, 4, 22),
                   span(Kind::process, kTraceA, 6, 3, 40)};
    facts.spans[3].links = {facts.spans[2].self};
    facts.spans[5].links = {facts.spans[2].self, facts.spans[3].self};
    return facts;
}

}  // namespace stormglass::tests
