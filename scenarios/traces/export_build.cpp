#include "scenarios/traces/export_build.hpp"

#include "bus/trace_spans.hpp"
#include "reports/exports/semantics.hpp"
#include "reports/sha256.hpp"
#include "runtime/check.hpp"

namespace stormglass::scenarios {
namespace {

namespace names = reports::semantics;
using reports::ExportKind;
using reports::ExportStatus;

ExportKind kind_of(SpanKind kind) {
    switch (kind) {
        case SpanKind::create:
            return ExportKind::producer;
        case SpanKind::process:
            return ExportKind::consumer;
        case SpanKind::saga:
        case SpanKind::step:
        case SpanKind::letter:
            return ExportKind::internal;
    }
    CHECK(false);
}

ExportStatus status_of(const SpanFact& fact) {
    switch (fact.kind) {
        case SpanKind::process:
            return fact.outcome == "nack" || fact.outcome == "reject" ? ExportStatus::error
                   : fact.outcome == "ack"                            ? ExportStatus::ok
                                                                      : ExportStatus::unset;
        case SpanKind::letter:
            return ExportStatus::error;
        case SpanKind::saga:
            return fact.outcome == "completed"        ? ExportStatus::ok
                   : fact.outcome == "needs-operator" ? ExportStatus::error
                                                      : ExportStatus::unset;
        case SpanKind::create:
        case SpanKind::step:
            return ExportStatus::unset;
    }
    CHECK(false);
}

std::string operation_of(SpanKind kind) {
    return kind == SpanKind::create ? "create" : kind == SpanKind::process ? "process" : "settle";
}

void put(std::string_view key, std::string value, reports::ExportSpan& span) {
    if (!value.empty()) {
        span.attributes.push_back({std::string(key), std::move(value)});
    }
}

void put(std::string_view key, std::uint64_t value, reports::ExportSpan& span) {
    span.attributes.push_back({std::string(key), static_cast<std::int64_t>(value)});
}

std::string hex(std::uint64_t id) {
    std::string text;
    bus::append_hex(id, text);
    return text;
}

std::string hex(bus::TraceId id) {
    std::string text;
    bus::append_hex(id, text);
    return text;
}

}  // namespace

std::string shown_id(const bus::EventView& event) {
    return event.data_classification == "restricted"
               ? "sha-256:" + reports::sha256_hex(event.id).substr(0, 32)
               : std::string(event.id);
}

std::size_t ExportBuilder::resource(const std::string& name) {
    const auto [place, fresh] = resources_.try_emplace(name, out_.resources.size());
    if (fresh) {
        out_.resources.push_back({name, {}});
    }
    return place->second;
}

void ExportBuilder::add_spans(const std::vector<SpanFact>& spans) {
    out_.spans.reserve(out_.spans.size() + spans.size());
    for (const SpanFact& fact : spans) {
        reports::ExportSpan span;
        span.trace = {fact.self.trace.high, fact.self.trace.low};
        span.span = fact.self.span;
        span.parent = fact.parent;
        span.flags = fact.self.flags;
        span.name = fact.name;
        span.kind = kind_of(fact.kind);
        span.start = at(fact.start);
        span.end = at(fact.end);
        span.status = status_of(fact);
        span.resource = resource(fact.service);
        for (const bus::TraceContext& link : fact.links) {
            span.links.push_back({{link.trace.high, link.trace.low}, link.span});
        }
        describe(fact, span);
        out_.spans.push_back(std::move(span));
    }
}

void ExportBuilder::describe(const SpanFact& fact, reports::ExportSpan& span) const {
    if (fact.kind == SpanKind::saga || fact.kind == SpanKind::step) {
        put(names::kSaga, fact.about, span);
        put(names::kOutcome, fact.outcome, span);
        return;
    }
    put(names::kSystem, std::string(reports::kMessagingSystem), span);
    put(names::kOperationType, operation_of(fact.kind), span);
    put(names::kOperationName, fact.name.substr(0, fact.name.find(' ')), span);
    put(names::kDestination, fact.topic, span);
    put(names::kGroup, fact.group, span);
    put(names::kOutcome, fact.outcome, span);
    if (fact.kind == SpanKind::process && !fact.inferred) {
        put(names::kAttempt, fact.attempt, span);
    }
    if (fact.inferred) {
        span.attributes.push_back({std::string(names::kInferred), true});
    }
    if (fact.event == SpanFact::kNoEvent) {
        return;
    }
    CHECK(fact.event < log_.size());
    const LoggedEvent& logged = log_[fact.event];
    put(names::kMessageId, shown_id(logged.event), span);
    put(names::kEventId, shown_id(logged.event), span);
    put(names::kEventSource, std::string(logged.event.source), span);
    put(names::kEventType, std::string(logged.event.type), span);
    put(names::kPosition, logged.position, span);
    put(names::kEpoch, logged.event.epoch, span);
    put(names::kSequence, logged.event.sequence, span);
    if (fact.kind == SpanKind::create) {
        span.moments.push_back({at(logged.stored), "stormglass.append", {}});
    }
}

void ExportBuilder::add_flows(const std::vector<SpanFact>& spans) {
    std::map<std::size_t, std::size_t> created;  // event -> span
    for (std::size_t i = 0; i < spans.size(); ++i) {
        if (spans[i].kind == SpanKind::create) {
            created[spans[i].event] = i;
        }
    }
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const auto from = created.find(spans[i].event);
        if (spans[i].kind == SpanKind::process && from != created.end()) {
            out_.flows.push_back({from->second, i});
        }
    }
}

void ExportBuilder::add_messages_table() {
    reports::ExportTable table{"messages",
                               {"topic",
                                "position",
                                "source",
                                "epoch",
                                "sequence",
                                "id",
                                "type",
                                "partition_key",
                                "correlation_id",
                                "causation_id",
                                "sent_ns",
                                "stored_ns",
                                "acknowledged_ns",
                                "trace",
                                "span",
                                "parent_span"},
                               {}};
    for (const LoggedEvent& logged : log_) {
        const bus::EventView& event = logged.event;
        const auto context = bus::parse_trace_parent(event.trace_parent);
        CHECK(context.has_value());
        const std::uint64_t parent = bus::parent_of(event.trace_state);
        table.rows.push_back({std::string(event.topic()),
                              std::to_string(logged.position),
                              std::string(event.source),
                              std::to_string(event.epoch),
                              std::to_string(event.sequence),
                              shown_id(event),
                              std::string(event.type),
                              std::string(event.partition_key),
                              std::string(event.correlation_id),
                              std::string(event.causation_id),
                              std::to_string(at(logged.sent)),
                              std::to_string(at(logged.stored)),
                              logged.acked == 0 ? "" : std::to_string(at(logged.acked)),
                              hex(context->trace),
                              hex(context->span),
                              parent == 0 ? "" : hex(parent)});
    }
    out_.tables.push_back(std::move(table));
}

void ExportBuilder::add_sagas_table(const std::vector<SpanFact>& spans) {
    std::map<std::string_view, std::pair<std::size_t, std::size_t>> steps;  // done, undone
    for (const SpanFact& fact : spans) {
        if (fact.kind == SpanKind::step) {
            auto& [done, undone] = steps[fact.about];
            (fact.name.starts_with("do ") ? done : undone) += 1;
        }
    }
    reports::ExportTable table{
        "sagas",
        {"saga", "name", "trace", "started_ns", "last_ns", "outcome", "steps", "taken_back"},
        {}};
    for (const SpanFact& fact : spans) {
        if (fact.kind != SpanKind::saga) {
            continue;
        }
        const auto [done, undone] = steps[fact.about];
        table.rows.push_back({fact.about,
                              fact.name.substr(fact.name.find(' ') + 1),
                              hex(fact.self.trace),
                              std::to_string(at(fact.start)),
                              std::to_string(at(fact.end)),
                              fact.outcome,
                              std::to_string(done),
                              std::to_string(undone)});
    }
    out_.tables.push_back(std::move(table));
}

}  // namespace stormglass::scenarios
