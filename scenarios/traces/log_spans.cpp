// Spans from the bytes of events alone: what any log of ours tells, live or simulated.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "bus/attributes.hpp"
#include "bus/trace_spans.hpp"
#include "runtime/check.hpp"
#include "sagas/messages.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {
namespace {

struct SpanKey {
    bus::TraceId trace;
    std::uint64_t span = 0;

    friend auto operator<=>(const SpanKey&, const SpanKey&) = default;
};

SpanKey key_of(const bus::TraceContext& context) {
    return {context.trace, context.span};
}

class LogReader {
  public:
    explicit LogReader(std::span<const LoggedEvent> log) : log_(log) {}

    std::vector<SpanFact> read(Infer infer) {
        for (std::size_t i = 0; i < log_.size(); ++i) {
            add_created(i);
        }
        for (std::size_t i = 0; i < log_.size(); ++i) {
            add_meaning(i);
        }
        add_sagas();
        if (infer == Infer::attempts) {
            add_attempts();
        }
        return std::move(spans_);
    }

  private:
    struct Saga {
        SpanFact span;
        bool begun = false;
    };

    void add_created(std::size_t index) {
        const LoggedEvent& logged = log_[index];
        const auto self = bus::parse_trace_parent(logged.event.trace_parent);
        CHECK(self.has_value());  // the decoder has read it
        SpanFact span;
        span.self = *self;
        span.parent = bus::parent_of(logged.event.trace_state);
        span.start = logged.sent;
        span.end = std::max(logged.sent, logged.acked != 0 ? logged.acked : logged.stored);
        span.topic = logged.event.topic();
        span.name = "create " + span.topic;
        span.service = short_name(logged.event.source);
        span.about = logged.event.id;
        span.position = logged.position;
        span.event = index;
        by_id_[logged.event.id] = index;
        spans_.push_back(std::move(span));
    }

    /// What an event of a saga says of the saga and of its steps.
    void add_meaning(std::size_t index) {
        const bus::EventView& event = log_[index].event;
        const auto kind = sagas::kind_of(event.payload);
        if (kind == sagas::MessageKind::journal && event.type == sagas::kJournalType) {
            const auto fact = sagas::decode_journal_event(event.payload);
            if (fact.ok()) {
                add_fact(index, *fact);
            }
        } else if (kind == sagas::MessageKind::command) {
            const auto command = sagas::decode_command(event.payload);
            if (command.ok()) {
                add_command(index, *command);
            }
        }
    }

    void add_fact(std::size_t index, const sagas::JournalEvent& fact) {
        using Kind = sagas::JournalEvent::Kind;
        Saga& saga = sagas_[std::string(fact.saga)];
        SpanFact& span = saga.span;
        if (fact.kind == Kind::started && !saga.begun) {
            const auto root = bus::parse_trace_parent(fact.trace_parent);
            if (!root) {
                return;
            }
            saga.begun = true;
            span.kind = SpanKind::saga;
            span.self = *root;
            span.start = log_[index].sent;
            span.name = "saga " + std::string(fact.definition);
            span.about = fact.saga;
            span.service = short_name(log_[index].event.source);
            const auto cause = by_id_.find(log_[index].event.causation_id);
            if (cause != by_id_.end() && spans_[cause->second].self.trace == root->trace) {
                span.parent = spans_[cause->second].self.span;
            }
        } else if (fact.kind == Kind::finished) {
            span.outcome = sagas::name_of(fact.state);
        }
        span.end = std::max(span.end, log_[index].sent);
    }

    void add_command(std::size_t index, const sagas::Command& command) {
        const SpanFact& created = spans_[index];
        if (created.parent == 0) {
            return;
        }
        const SpanKey key{created.self.trace, created.parent};
        const auto [place, fresh] = steps_.try_emplace(key);
        SpanFact& span = place->second;
        if (fresh) {
            span.kind = SpanKind::step;
            span.self = {created.self.trace, created.parent, created.self.flags};
            span.name =
                std::string(sagas::name_of(command.direction)) + " " + std::string(command.step);
            span.about = command.saga;
            span.service = created.service;
            span.start = span.end = created.start;
            step_spans_[{std::string(command.saga), std::string(command.step), command.direction}]
                .push_back(span.self);
        }
        span.start = std::min(span.start, created.start);
    }

    void add_sagas() {
        for (const SpanFact& created : spans_) {
            const auto step = steps_.find({created.self.trace, created.parent});
            if (step != steps_.end()) {
                step->second.end = std::max(step->second.end, created.start);
            }
        }
        for (auto& [key, step] : steps_) {
            const auto saga = sagas_.find(step.about);
            if (saga != sagas_.end() && saga->second.begun) {
                place(step, saga->second.span);
            }
        }
        for (auto& [id, saga] : sagas_) {
            if (saga.begun) {
                spans_.push_back(std::move(saga.span));
            }
        }
        for (auto& [key, step] : steps_) {
            spans_.push_back(std::move(step));
        }
    }

    /// Under its saga, or linked to it from a trace of its own; an undo names what it undoes.
    void place(SpanFact& step, const SpanFact& saga) {
        if (step.self.trace == saga.self.trace) {
            step.parent = saga.self.span;
        } else {
            step.links.push_back(saga.self);
        }
        const std::size_t blank = step.name.find(' ');
        if (step.name.substr(0, blank) == sagas::name_of(sagas::Direction::forward)) {
            return;
        }
        const auto done =
            step_spans_.find({step.about, step.name.substr(blank + 1), sagas::Direction::forward});
        if (done != step_spans_.end()) {
            step.links.insert(step.links.end(), done->second.begin(), done->second.end());
        }
    }

    /// A span that something was created under and that nobody told of: the cause's handling.
    void add_attempts() {
        std::set<SpanKey> known;
        for (const SpanFact& span : spans_) {
            known.insert(key_of(span.self));
        }
        std::map<SpanKey, SpanFact> found;
        for (std::size_t i = 0; i < log_.size(); ++i) {
            const SpanFact& created = spans_[i];
            const SpanKey parent{created.self.trace, created.parent};
            const auto cause = by_id_.find(log_[i].event.causation_id);
            if (created.parent == 0 || known.contains(parent) || cause == by_id_.end()) {
                continue;
            }
            const SpanFact& of = spans_[cause->second];
            const auto [place, fresh] = found.try_emplace(parent);
            SpanFact& span = place->second;
            if (fresh) {
                span.kind = SpanKind::process;
                span.self = {created.self.trace, created.parent, created.self.flags};
                span.parent = of.self.trace == created.self.trace ? of.self.span : 0;
                span.links.push_back(of.self);
                span.topic = of.topic;
                span.name = "process " + of.topic;
                span.service = created.service;
                span.about = of.about;
                span.position = of.position;
                span.event = of.event;
                span.inferred = true;
                span.start = span.end = created.start;
            }
            span.start = std::min(span.start, created.start);
            span.end = std::max(span.end, created.start);
        }
        for (auto& [key, span] : found) {
            spans_.push_back(std::move(span));
        }
    }

    std::span<const LoggedEvent> log_;
    std::vector<SpanFact> spans_;  // those of the events first, by place in the log
    std::map<std::string_view, std::size_t> by_id_;
    std::map<std::string, Saga> sagas_;
    std::map<SpanKey, SpanFact> steps_;
    std::map<std::tuple<std::string, std::string, sagas::Direction>, std::vector<bus::TraceContext>>
        step_spans_;
};

}  // namespace

std::string_view short_name(std::string_view source) {
    const std::size_t cut = source.find_last_of(":/");
    return source.substr(cut == std::string_view::npos ? 0 : cut + 1);
}

std::vector<SpanFact> spans_of_log(std::span<const LoggedEvent> log, Infer infer) {
    return LogReader(log).read(infer);
}

}  // namespace stormglass::scenarios
