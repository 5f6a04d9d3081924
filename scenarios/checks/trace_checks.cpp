// T1 to T3: the traces of a run are whole, in order of cause and effect, and apart from each other.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "runtime/check.hpp"
#include "sagas/trace.hpp"
#include "scenarios/checks/rules.hpp"

namespace stormglass::scenarios {
namespace {

using SpanKey = std::pair<bus::TraceId, std::uint64_t>;

SpanKey key_of(const bus::TraceContext& context) {
    return {context.trace, context.span};
}

std::string text_of(bus::TraceId id) {
    std::string text;
    bus::append_hex(id, text);
    return text;
}

/// "process stock.commands (orders-1-7)".
std::string span_words(const SpanFact& span) {
    return span.about.empty() ? span.name : span.name + " (" + span.about + ")";
}

class Spans {
  public:
    explicit Spans(const TraceFacts& facts) : facts_(facts) {
        for (const SpanFact& span : facts.spans) {
            by_key_.try_emplace(key_of(span.self), &span);
            traces_of_[span.self.span].insert(span.self.trace);
        }
    }

    const SpanFact* find(const bus::TraceContext& context) const {
        const auto found = by_key_.find(key_of(context));
        return found == by_key_.end() ? nullptr : found->second;
    }

    /// Null for a root, and where the parent is not in the trace.
    const SpanFact* parent(const SpanFact& span) const {
        return span.parent == 0 ? nullptr : find({span.self.trace, span.parent, 0});
    }

    /// Whether the span exists, but in another trace only.
    bool is_elsewhere(std::uint64_t span, bus::TraceId trace) const {
        const auto found = traces_of_.find(span);
        return found != traces_of_.end() && !found->second.contains(trace);
    }

    /// Whether the way up ends at a root.
    bool is_rooted(const SpanFact& span) const {
        const SpanFact* at = &span;
        for (std::size_t steps = 0; steps <= facts_.spans.size(); ++steps) {
            if (at->parent == 0) {
                return true;
            }
            at = parent(*at);
            if (at == nullptr) {
                return false;
            }
        }
        return false;  // round and round
    }

  private:
    const TraceFacts& facts_;
    std::map<SpanKey, const SpanFact*> by_key_;
    std::map<std::uint64_t, std::set<bus::TraceId>> traces_of_;
};

void report(CheckResult& result,
            const SpanFact& span,
            std::string sentence,
            std::string expected,
            std::string observed) {
    result.violations.push_back({std::move(sentence),
                                 std::move(expected),
                                 std::move(observed),
                                 "trace " + text_of(span.self.trace),
                                 span.start,
                                 span.service});
}

}  // namespace

void check_trace_complete(const RunFacts& facts, CheckResult& result) {
    const Spans spans(facts.trace);
    std::map<bus::TraceId, const SpanFact*> roots;
    std::set<bus::TraceId> reported;  // one violation a trace: the rest follows from it
    for (const SpanFact& span : facts.trace.spans) {
        result.consulted = result.consulted || span.parent != 0;
        if (!spans.is_rooted(span) && reported.insert(span.self.trace).second) {
            report(result,
                   span,
                   "The trace of '" + span_words(span) + "' does not lead back to a root.",
                   "each span's parents lead to the root of its trace",
                   spans.parent(span) == nullptr ? "its parent is not in the trace"
                                                 : "a parent further up is missing");
        }
        if (span.parent != 0) {
            continue;
        }
        const auto [root, first] = roots.try_emplace(span.self.trace, &span);
        if (!first && reported.insert(span.self.trace).second) {
            report(result,
                   span,
                   "A trace has two roots.",
                   "one root in each trace",
                   "'" + span_words(*root->second) + "' and '" + span_words(span) + "'");
        }
    }
    for (const std::string& letter : facts.trace.untraced_letters) {
        result.consulted = true;
        result.violations.push_back({"A dead letter has no trace.",
                                     "each dead letter has a span in the trace of its event",
                                     letter,
                                     letter,
                                     facts.end_at,
                                     "broker"});
    }
}

void check_trace_causal(const RunFacts& facts, CheckResult& result) {
    const Spans spans(facts.trace);
    std::map<SpanKey, const SpanFact*> attempts;
    for (const SpanFact& span : facts.trace.spans) {
        const SpanFact* parent = spans.parent(span);
        if (parent != nullptr && span.start < parent->start) {
            report(result,
                   span,
                   "A span starts before its cause.",
                   "'" + span_words(*parent) + "' at " + std::to_string(parent->start) +
                       " ns starts first",
                   "'" + span_words(span) + "' at " + std::to_string(span.start) + " ns");
        }
        if (span.kind != SpanKind::process) {
            continue;
        }
        result.consulted = true;
        const bool linked =
            std::any_of(span.links.begin(), span.links.end(), [&](const bus::TraceContext& link) {
                const SpanFact* of = spans.find(link);
                return of != nullptr && of->kind == SpanKind::create;
            });
        if (!linked) {
            report(result,
                   span,
                   "An attempt to handle an event is not linked to it.",
                   "'" + span_words(span) + "' links the event's creation",
                   std::to_string(span.links.size()) + " links, none to an event");
        }
        const auto [other, fresh] = attempts.try_emplace(key_of(span.self), &span);
        if (!fresh) {
            report(result,
                   span,
                   "Two attempts to handle events share a span.",
                   "a span of its own for each attempt",
                   "'" + span_words(*other->second) + "' attempt " +
                       std::to_string(other->second->attempt) + " and '" + span_words(span) +
                       "' attempt " + std::to_string(span.attempt));
        }
    }
}

void check_trace_isolation(const RunFacts& facts, CheckResult& result) {
    const Spans spans(facts.trace);
    std::map<std::string_view, const SpanFact*> sagas;
    for (const SpanFact& span : facts.trace.spans) {
        if (span.kind == SpanKind::saga) {
            sagas[span.about] = &span;
        }
        result.consulted = result.consulted || span.parent != 0;
        if (spans.is_elsewhere(span.parent, span.self.trace)) {
            report(result,
                   span,
                   "A span has its parent in another trace.",
                   "what goes on elsewhere is linked, never a child",
                   "'" + span_words(span) + "'");
        }
    }
    for (const SpanFact& span : facts.trace.spans) {
        const auto saga = span.kind == SpanKind::step ? sagas.find(span.about) : sagas.end();
        if (saga == sagas.end() || span.self.trace == saga->second->self.trace) {
            continue;
        }
        // Clocks of coordinators may differ from the world's by a little.
        const std::uint64_t age = span.start - saga->second->start;
        if (age + static_cast<std::uint64_t>(minutes(1).ns) <
            static_cast<std::uint64_t>(sagas::kTraceAgeMax.ns)) {
            report(result,
                   span,
                   "A step left the trace of its saga.",
                   "a saga younger than an hour is one trace",
                   "'" + span_words(span) + "' after " + std::to_string(age / 1'000'000) + " ms");
        }
    }
}

}  // namespace stormglass::scenarios
