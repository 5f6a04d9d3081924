// Spans of a run: those of its log, and what sessions and broker noted about deliveries.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "runtime/check.hpp"
#include "scenarios/ledger/ledger.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {
namespace {

using Identity = std::tuple<NameId, std::uint32_t, std::uint64_t>;  // source, epoch, sequence
using Place = std::pair<NameId, bus::Position>;                     // topic, position
using Attempt = std::tuple<NameId, NameId, bus::Position, std::uint32_t>;

class RunReader {
  public:
    RunReader(const Ledger& ledger, std::vector<SpanFact> spans) : ledger_(ledger) {
        facts_.spans = std::move(spans);
        for (std::size_t i = 0; i < ledger.stored().size(); ++i) {
            const Stored& stored = ledger.stored()[i];
            events_[{stored.topic, stored.position}] = i;
        }
    }

    TraceFacts read() {
        for (const DeliveryRecord& record : ledger_.deliveries()) {
            if (record.kind == DeliveryRecord::Kind::settled) {
                settled_.try_emplace({record.group, record.topic, record.position, record.attempt},
                                     &record);
            }
        }
        for (const AttemptTrace& attempt : ledger_.attempt_traces()) {
            add_attempt(attempt);
        }
        add_letters();
        return std::move(facts_);
    }

  private:
    std::string name(NameId id) const { return std::string(ledger_.names()[id]); }

    SpanFact span_at(NameId topic, bus::Position position) const {
        SpanFact span;
        span.topic = name(topic);
        span.position = position;
        const auto event = events_.find({topic, position});
        if (event != events_.end()) {
            span.event = event->second;
            span.about = facts_.spans[event->second].about;  // the log's come first
        }
        return span;
    }

    void add_attempt(const AttemptTrace& traced) {
        const Attempt key{traced.group, traced.topic, traced.position, traced.attempt};
        if (!attempts_.try_emplace(key, traced.self).second) {
            return;  // handed over once more after a restart of the member: the same attempt
        }
        SpanFact span = span_at(traced.topic, traced.position);
        span.kind = SpanKind::process;
        span.self = traced.self;
        span.parent = traced.created.span;
        span.links.push_back(traced.created);
        const auto earlier =
            attempts_.find({traced.group, traced.topic, traced.position, traced.attempt - 1});
        if (earlier != attempts_.end()) {
            span.links.push_back(earlier->second);
        }
        span.name = "process " + span.topic;
        span.group = name(traced.group);
        span.service = short_name(ledger_.names()[traced.member]);
        span.attempt = traced.attempt;
        span.start = span.end = traced.at;
        const auto settled = settled_.find(key);
        if (settled != settled_.end()) {
            span.end = std::max(span.start, settled->second->at);
            span.outcome = name(settled->second->what);
        }
        facts_.spans.push_back(std::move(span));
    }

    void add_letters() {
        std::map<std::tuple<NameId, NameId, bus::Position>, const DeliveryRecord*> dead;
        for (const DeliveryRecord& record : ledger_.deliveries()) {
            if (record.kind == DeliveryRecord::Kind::dead) {
                dead[{record.group, record.topic, record.position}] = &record;
            }
        }
        std::set<std::tuple<NameId, NameId, bus::Position>> traced;
        for (const LetterTrace& letter : ledger_.letter_traces()) {
            if (!traced.insert({letter.group, letter.topic, letter.position}).second) {
                continue;
            }
            SpanFact span = span_at(letter.topic, letter.position);
            span.kind = SpanKind::letter;
            span.self = letter.self;
            span.parent = letter.created.span;
            span.name = "dead-letter " + span.topic;
            span.group = name(letter.group);
            span.service = "broker";
            span.start = span.end = letter.at;
            const auto record = dead.find({letter.group, letter.topic, letter.position});
            if (record != dead.end()) {
                span.outcome = name(record->second->what);
                const auto last = attempts_.find(
                    {letter.group, letter.topic, letter.position, record->second->attempt});
                if (last != attempts_.end()) {
                    span.links.push_back(last->second);
                }
            }
            facts_.spans.push_back(std::move(span));
        }
        // The broker may have died between a letter and the word about its trace.
        for (const auto& [place, record] : dead) {
            const auto died = [at = record->at](const Recovery& recovery) {
                return recovery.at >= at;
            };
            const auto& recoveries = ledger_.recoveries();
            if (!traced.contains(place) &&
                std::none_of(recoveries.begin(), recoveries.end(), died)) {
                facts_.untraced_letters.push_back(name(record->topic) + "@" +
                                                  std::to_string(record->position));
            }
        }
    }

    const Ledger& ledger_;
    TraceFacts facts_;
    std::map<Place, std::size_t> events_;
    std::map<Attempt, const DeliveryRecord*> settled_;
    std::map<Attempt, bus::TraceContext> attempts_;
};

}  // namespace

std::vector<LoggedEvent> log_of_run(const Ledger& ledger) {
    std::map<Identity, std::uint64_t> published;
    for (const Published& event : ledger.published()) {
        published.try_emplace({event.source, event.epoch, event.sequence}, event.at);
    }
    std::map<Identity, std::uint64_t> acked;
    for (const Acked& event : ledger.acked()) {
        acked.try_emplace({event.source, event.epoch, event.sequence}, event.at);
    }
    std::vector<LoggedEvent> log;
    log.reserve(ledger.stored().size());
    for (const Stored& stored : ledger.stored()) {
        const Identity identity{stored.source, stored.epoch, stored.sequence};
        auto event = bus::decode_event(as_bytes(ledger.text(stored.event)));
        CHECK(event.ok());  // the broker has admitted it
        const auto sent = published.find(identity);
        const auto told = acked.find(identity);
        log.push_back({sent != published.end() ? sent->second : stored.at,
                       stored.at,
                       told != acked.end() ? told->second : 0,
                       stored.position,
                       event.value()});
    }
    return log;
}

TraceFacts spans_of_run(const Ledger& ledger) {
    return RunReader(ledger, spans_of_log(log_of_run(ledger), Infer::no)).read();
}

}  // namespace stormglass::scenarios
