// How a coordinator writes: one decision, one batch.
#include <algorithm>
#include <utility>

#include "runtime/check.hpp"
#include "sagas/coordinator.hpp"
#include "sagas/notes.hpp"
#include "sagas/trace.hpp"

namespace stormglass::sagas {
namespace {

using Kind = JournalEvent::Kind;

// Expiry is housekeeping: what comes too late is refused by inbox and tombstones, so that clocks
// which disagree by minutes cost nothing.
constexpr Duration kCommandLifetime = minutes(10);
constexpr std::size_t kDetailBytesMax = 512;  // of a settlement

/// The journal is input: a trace that cannot be read is replaced by the one of the saga's id.
bus::TraceContext root_of(const Instance& instance) {
    const auto kept = bus::parse_trace_parent(instance.trace_parent);
    const auto own = bus::parse_trace_parent(trace_parent_of(instance.id));
    CHECK(own.has_value());
    return kept.value_or(*own);
}

Timer timer_of(const Instance& instance,
               const Step& step,
               Direction direction,
               std::uint32_t attempt) {
    Timer timer;
    timer.kind = Timer::Kind::attempt;
    timer.saga = instance.id;
    timer.step = step.name;
    timer.direction = direction;
    timer.attempt = attempt;
    return timer;
}

Timer deadline_of(const Instance& instance) {
    Timer timer;
    timer.kind = Timer::Kind::deadline;
    timer.saga = instance.id;
    return timer;
}

/// Spreads retries of many sagas over up to a quarter more than the backoff.
Duration with_jitter(Duration delay, const JournalEvent& command, Effects& out) {
    const std::uint64_t draw =
        out.draw("saga.retry-jitter",
                 {name_hash(command.saga),
                  command.step.value * 4ULL + static_cast<std::uint64_t>(command.direction),
                  command.attempt});
    return delay + Duration{static_cast<std::int64_t>(
                       bounded(draw, static_cast<std::uint64_t>(delay.ns) / 4 + 1))};
}

}  // namespace

Thread Coordinator::thread_of(const Entry& entry, std::string_view cause) {
    return {entry.instance.id, builder_.text_of(root_of(entry.instance)), cause};
}

Thread Coordinator::thread_of(
    const Entry& entry, StepId step, Direction direction, std::string_view cause, Moment now) {
    const bus::TraceContext root = root_of(entry.instance);
    const std::string_view name = entry.definition->step(step).name;
    const bool young = now.wall - entry.started_at < kTraceAgeMax;
    const bool kept = direction == Direction::forward || rules_.undo_keeps_trace();
    const bus::TraceContext span = young && kept ? step_span(root, name, direction)
                                                 : detached_step_span(root, name, direction);
    return {entry.instance.id, builder_.text_of(span), cause};
}

std::optional<JournalEvent> Coordinator::fact_of_input(const Entry& entry,
                                                       const Input& input) const {
    CHECK(input.kind != Input::Kind::rearm);
    if (!entry.on_bus) {
        return std::nullopt;
    }
    if (input.kind == Input::Kind::reply) {
        const Reply reply{
            entry.instance.id, input.step, input.direction, input.attempt, input.outcome, {}};
        return fact_of(entry.instance, *entry.definition, reply);
    }
    const Timer timer{input.timer, entry.instance.id, input.step, input.direction, input.attempt};
    return fact_of(entry.instance, *entry.definition, timer);
}

void Coordinator::open_batch() {
    CHECK(in_charge());
    builder_.clear();
    if (rules_.decision_is_fenced()) {
        builder_.fence(config_.group, generation());
    }
}

void Coordinator::settle(const Input& input, bus::Verdict verdict) {
    if (input.kind == Input::Kind::rearm) {
        return;  // Nothing was delivered.
    }
    CHECK(detail_.size() <= kDetailBytesMax);
    builder_.settle({config_.group,
                     config_.replies_topic,
                     input.position,
                     input.receipt,
                     verdict,
                     {},
                     verdict == bus::Verdict::ack ? std::string_view{} : detail_});
}

Coordinator::Pending* Coordinator::send(Entry& entry, Pending pending, Moment now, Effects& out) {
    CHECK(!entry.busy);
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (!sent) {
        return nullptr;
    }
    entry.busy = true;
    const auto [place, fresh] = pending_.emplace(sent.value(), std::move(pending));
    CHECK(fresh);
    return &place->second;
}

Coordinator::Sent Coordinator::send_start(Start& start, Moment now, Effects& out) {
    JournalEvent started;
    started.kind = Kind::started;
    started.saga = start.saga;
    started.epoch = generation();
    started.definition = start.definition->name;
    started.definition_hash = start.definition->hash;
    started.trace_parent = start.trace_parent;

    const auto [place, fresh] = entries_.try_emplace(start.saga);
    CHECK(fresh);
    Entry& entry = place->second;
    entry.definition = start.definition;
    entry.instance = begin(*start.definition, started);
    entry.payload = start.payload;
    entry.started_at = now.wall;
    // From here on the facts look into the entry, which outlives the batch.
    started.saga = entry.instance.id;
    started.trace_parent = entry.instance.trace_parent;
    started.payload = entry.payload;

    Pending pending;
    pending.kind = Pending::Kind::start;
    pending.saga = start.saga;
    pending.facts.push_back(started);
    next(entry.instance, *entry.definition, rules_, pending.facts);
    open_batch();
    builder_.key_is_new(config_.journal_topic, entry.instance.id);
    for (JournalEvent& fact : pending.facts) {
        fact.epoch = generation();
        write_fact(entry, fact, start.cause, now, out);
    }
    Pending* sent = send(entry, std::move(pending), now, out);
    if (sent == nullptr) {
        entries_.erase(place);
        return Sent::no;
    }
    sent->start = std::move(start);  // only now: until it was sent, the batch looked into it
    return Sent::yes;
}

Coordinator::Sent Coordinator::decide(Entry& entry, const Input& input, Moment now, Effects& out) {
    Pending pending;
    pending.kind = Pending::Kind::decision;
    pending.saga = entry.instance.id;
    pending.rearms = input.kind == Input::Kind::rearm;
    CHECK(!entry.busy);
    CHECK(entry.on_bus);
    scratch_ = entry.instance;
    if (!pending.rearms) {
        const auto fact = fact_of_input(entry, input);
        CHECK(fact.has_value());
        pending.facts.push_back(*fact);
        const auto applied = apply(scratch_, *entry.definition, *fact);
        CHECK(applied.ok());
    }
    due_.clear();
    next(scratch_, *entry.definition, rules_, due_);
    for (JournalEvent fact : due_) {
        const auto applied = apply(scratch_, *entry.definition, fact);
        CHECK(applied.ok());
        fact.saga = entry.instance.id;  // `scratch_` is about to change
        pending.facts.push_back(fact);
    }
    open_batch();
    for (JournalEvent& fact : pending.facts) {
        fact.epoch = generation();
        write_fact(entry, fact, input.cause, now, out);
    }
    if (pending.rearms) {
        write_timers_again(entry, now);
        if (builder_.batch().publications.empty()) {
            return Sent::yes;  // Over meanwhile.
        }
    }
    // Who cannot be helped by machines is buried where people look: with the input that showed it.
    const bool lost = scratch_.state == SagaState::needs_operator;
    detail_ = lost ? describe(scratch_, *entry.definition).substr(0, kDetailBytesMax) : "";
    settle(input, lost ? bus::Verdict::reject : bus::Verdict::ack);
    return send(entry, std::move(pending), now, out) == nullptr ? Sent::no : Sent::yes;
}

void Coordinator::write_fact(const Entry& entry,
                             const JournalEvent& fact,
                             std::string_view cause,
                             Moment now,
                             Effects& out) {
    CHECK(fact.epoch == generation());
    const bool of_step =
        fact.kind == Kind::command || fact.kind == Kind::reply || fact.kind == Kind::timeout;
    const Thread thread =
        of_step ? thread_of(entry, fact.step, fact.direction, cause, now) : thread_of(entry, cause);
    builder_.publish(config_.journal_topic, kJournalType, thread, fact);
    if (fact.kind == Kind::command) {
        write_command(entry, fact, thread, out);
    } else if (fact.kind == Kind::started) {
        builder_.publish(config_.replies_topic, kTimerType, thread, deadline_of(entry.instance))
            .delay = entry.definition->deadline;
    }
}

void Coordinator::write_command(const Entry& entry,
                                const JournalEvent& fact,
                                const Thread& thread,
                                Effects& out) {
    CHECK(fact.kind == Kind::command);
    CHECK(fact.attempt >= 1);
    const Step& step = entry.definition->step(fact.step);
    Command command;
    command.saga = entry.instance.id;
    command.definition = entry.definition->name;
    command.definition_hash = entry.definition->hash;
    command.step = step.name;
    command.direction = fact.direction;
    command.kind = step.kind;
    command.attempt = fact.attempt;
    command.epoch = fact.epoch;
    command.body = entry.payload;
    const Duration delay = with_jitter(step.delay_before(fact.attempt), fact, out);
    bus::Publication& publication =
        builder_.publish(step.topic, type_of(step, fact.direction), thread, command);
    publication.subject = step.name;
    publication.delay = delay;
    publication.lifetime = delay + kCommandLifetime;
    const Timer timer = timer_of(entry.instance, step, fact.direction, fact.attempt);
    builder_.publish(config_.replies_topic, kTimerType, thread, timer).delay = delay + step.timeout;
}

void Coordinator::write_timers_again(const Entry& entry, Moment now) {
    // A timer may have been buried while nobody was in charge; a second one for the same attempt
    // changes nothing.
    const Instance& instance = entry.instance;
    CHECK(entry.on_bus);
    for (const Direction direction : {Direction::forward, Direction::undo, Direction::cancel}) {
        for (const StepId id : instance.steps_in(direction, LegState::waiting)) {
            const Step& step = entry.definition->step(id);
            const std::uint32_t attempt = instance.leg(id, direction).attempt;
            const Timer timer = timer_of(instance, step, direction, attempt);
            const Thread thread = thread_of(entry, id, direction, {}, now);
            builder_.publish(config_.replies_topic, kTimerType, thread, timer).delay =
                step.delay_before(attempt) + step.timeout;
        }
    }
    if (fact_of(instance, *entry.definition, deadline_of(instance)).has_value()) {
        const Thread thread = thread_of(entry, {});
        builder_.publish(config_.replies_topic, kTimerType, thread, deadline_of(instance)).delay =
            entry.definition->deadline;
    }
}

void Coordinator::settle_only(
    std::string_view saga, const Input& input, std::string_view cause, Moment now, Effects& out) {
    CHECK(input.kind != Input::Kind::rearm);
    out.note(notes::kIgnored,
             {{"saga", saga},
              {"step", input.step},
              {"direction", name_of(input.direction)},
              {"attempt", input.attempt},
              {"epoch", generation()},
              {"cause", cause}});
    open_batch();
    detail_.clear();
    settle(input, bus::Verdict::ack);
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (sent.ok()) {
        pending_.emplace(sent.value(), Pending{});
    }
    // Otherwise it is delivered again, and ignored then.
}

void Coordinator::reject(const bus::Delivery& delivery,
                         const Error& error,
                         Moment now,
                         Effects& out) {
    COVER(out, "coordinator.input-rejected");
    out.note(
        notes::kRejected,
        {{"topic", config_.replies_topic}, {"position", delivery.position}, {"code", error.code}});
    open_batch();
    detail_ = error.text.substr(0, kDetailBytesMax);
    Input input;
    input.kind = Input::Kind::reply;
    input.position = delivery.position;
    input.receipt = delivery.receipt;
    settle(input, bus::Verdict::reject);
    const auto sent = client_.publish(builder_.batch(), config_.durability, now, out);
    if (sent.ok()) {
        pending_.emplace(sent.value(), Pending{});
    }
}

void Coordinator::note_fact(const Entry& entry, const JournalEvent& fact, Effects& out) const {
    const std::string_view saga = entry.instance.id;
    const bool has_step =
        fact.kind == Kind::command || fact.kind == Kind::reply || fact.kind == Kind::timeout;
    const std::string_view step =
        has_step ? entry.definition->step(fact.step).name : std::string_view{};
    const NoteField direction("direction", has_step ? name_of(fact.direction) : "");
    switch (fact.kind) {
        case Kind::started:
            out.note(notes::kStarted,
                     {{"saga", saga},
                      {"epoch", fact.epoch},
                      {"definition", fact.definition},
                      {"hash", fact.definition_hash}});
            break;
        case Kind::command:
            out.note(notes::kCommand,
                     {{"saga", saga},
                      {"step", step},
                      direction,
                      {"attempt", fact.attempt},
                      {"epoch", fact.epoch},
                      {"key", idempotency_key(saga, step, fact.direction)}});
            break;
        case Kind::reply:
            out.note(notes::kReply,
                     {{"saga", saga},
                      {"step", step},
                      direction,
                      {"attempt", fact.attempt},
                      {"epoch", fact.epoch},
                      {"outcome", name_of(fact.outcome)}});
            break;
        case Kind::timeout:
            COVER(out, "saga.step-timeout");
            [[fallthrough]];
        case Kind::deadline:
            out.note(notes::kTimeout,
                     {{"saga", saga},
                      {"step", step},
                      direction,
                      {"attempt", fact.attempt},
                      {"epoch", fact.epoch}});
            break;
        case Kind::decided:
            out.note(notes::kDecided,
                     {{"saga", saga}, {"epoch", fact.epoch}, {"outcome", name_of(fact.course)}});
            break;
        case Kind::finished:
            out.note(notes::kFinished,
                     {{"saga", saga}, {"epoch", fact.epoch}, {"outcome", name_of(fact.state)}});
            break;
    }
}

}  // namespace stormglass::sagas
