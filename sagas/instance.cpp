#include "sagas/instance.hpp"

#include <algorithm>
#include <utility>

#include "runtime/check.hpp"

namespace stormglass::sagas {
namespace {

using Kind = JournalEvent::Kind;

Error impossible(std::string_view code, const Instance& instance, const JournalEvent& fact) {
    return {code,
            "saga " + instance.id + ": " + std::string(name_of(fact.kind)) +
                " cannot follow what is known (" + std::string(name_of(instance.state)) + ", " +
                std::to_string(instance.facts) + " facts)"};
}

Leg& leg_of(Instance& instance, StepId step, Direction direction) {
    CHECK(step.value < instance.forward.size());
    switch (direction) {
        case Direction::forward:
            return instance.forward[step.value];
        case Direction::undo:
            return instance.undo[step.value];
        case Direction::cancel:
            return instance.cancel[step.value];
    }
    CHECK(false);
}

bool open(const Leg& leg) {
    return leg.state == LegState::waiting || leg.state == LegState::retry_due;
}

/// Whether a failure of this leg is an answer for good. It is for what may fail: the participant
/// then gives the same answer to every later attempt.
bool failure_is_final(const Definition& definition, StepId step, Direction direction) {
    return direction == Direction::forward && definition.step(step).kind != StepKind::retriable;
}

/// Attempts before giving up; nothing: never.
std::optional<std::uint32_t> attempts_of(const Definition& definition,
                                         StepId step,
                                         Direction direction) {
    if (direction != Direction::forward) {
        return definition.undo_attempts;
    }
    const Step& found = definition.step(step);
    // The pivot is the point of no return: once sent, only its own answer can end it.
    return found.kind == StepKind::compensatable ? std::optional(found.attempts) : std::nullopt;
}

SagaState state_for(Direction direction) {
    return direction == Direction::forward ? SagaState::running : SagaState::compensating;
}

bool takes_reply(const Instance& instance,
                 const Definition& definition,
                 const JournalEvent& reply) {
    const Leg& leg = instance.leg(reply.step, reply.direction);
    if (instance.state != state_for(reply.direction) || reply.attempt > leg.attempt) {
        return false;  // Late, or of an attempt that was never sent.
    }
    const bool ends_cancel =
        reply.direction == Direction::cancel && reply.outcome == Outcome::refused;
    if (reply.outcome == Outcome::ok || ends_cancel) {
        // What was given up on the way back may still be answered in the end.
        return open(leg) ||
               (leg.state == LegState::exhausted && reply.direction != Direction::forward);
    }
    if (failure_is_final(definition, reply.step, reply.direction)) {
        return open(leg);
    }
    return leg.state == LegState::waiting && reply.attempt == leg.attempt;
}

bool takes_timeout(const Instance& instance, const JournalEvent& timeout) {
    const Leg& leg = instance.leg(timeout.step, timeout.direction);
    return instance.state == state_for(timeout.direction) && leg.state == LegState::waiting &&
           timeout.attempt == leg.attempt;
}

bool takes_deadline(const Instance& instance, const Definition& definition) {
    return instance.state == SagaState::running && !instance.course.has_value() &&
           instance.cause == AbortCause::none && !instance.past_return(definition);
}

bool takes_command(const Instance& instance,
                   const Definition& definition,
                   const JournalEvent& command) {
    const Leg& leg = instance.leg(command.step, command.direction);
    if (instance.state != state_for(command.direction) || command.attempt != leg.attempt + 1) {
        return false;
    }
    if (leg.state != LegState::idle && leg.state != LegState::retry_due) {
        return false;
    }
    if (command.direction != Direction::forward) {
        const Progress known = instance.progress();
        const StepSet open_to =
            command.direction == Direction::undo ? known.applied : known.unknown;
        return definition.compensatable().contains(command.step) && open_to.contains(command.step);
    }
    const StepSet held = instance.steps_in(Direction::forward, LegState::ok);
    return instance.cause == AbortCause::none &&
           held.contains_all(definition.step(command.step).after);
}

bool takes_decision(const Instance& instance,
                    const Definition& definition,
                    const JournalEvent& decision) {
    if (instance.state != SagaState::running || instance.course.has_value()) {
        return false;
    }
    if (decision.course == Course::commit) {
        return instance.committed_by_steps(definition);
    }
    return instance.cause != AbortCause::none && !instance.past_return(definition);
}

bool takes_end(const Instance& instance, const Definition& definition, SagaState state) {
    const auto back = [&instance](LegState leg) {
        return instance.steps_in(Direction::undo, leg) | instance.steps_in(Direction::cancel, leg);
    };
    switch (state) {
        case SagaState::completed:
            return instance.state == SagaState::running && instance.course == Course::commit &&
                   instance.steps_in(Direction::forward, LegState::ok) == definition.all();
        case SagaState::compensated:
            return instance.state == SagaState::compensating && back(LegState::waiting).empty() &&
                   back(LegState::retry_due).empty() && back(LegState::exhausted).empty();
        case SagaState::needs_operator:
            return instance.state == SagaState::compensating && !back(LegState::exhausted).empty();
        case SagaState::running:
        case SagaState::compensating:
            return false;
    }
    CHECK(false);
}

bool takes(const Instance& instance, const Definition& definition, const JournalEvent& fact) {
    const bool has_step = fact.step.value < definition.steps.size();
    switch (fact.kind) {
        case Kind::started:
            return false;
        case Kind::command:
            return has_step && takes_command(instance, definition, fact);
        case Kind::reply:
            return has_step && takes_reply(instance, definition, fact);
        case Kind::timeout:
            return has_step && takes_timeout(instance, fact);
        case Kind::deadline:
            return takes_deadline(instance, definition);
        case Kind::decided:
            return takes_decision(instance, definition, fact);
        case Kind::finished:
            return takes_end(instance, definition, fact.state);
    }
    CHECK(false);
}

void turn_back(Instance& instance, AbortCause cause, StepId step) {
    CHECK(cause != AbortCause::none);
    if (instance.cause == AbortCause::none) {
        instance.cause = cause;
        instance.cause_step = step;
    }
}

/// An attempt that came to nothing: try again, or give up.
void come_to_nothing(Instance& instance, const Definition& definition, const JournalEvent& fact) {
    Leg& leg = leg_of(instance, fact.step, fact.direction);
    const auto attempts = attempts_of(definition, fact.step, fact.direction);
    if (!attempts.has_value() || leg.attempt < *attempts) {
        leg.state = LegState::retry_due;
        return;
    }
    leg.state = LegState::exhausted;
    if (fact.direction == Direction::forward) {
        turn_back(instance, AbortCause::step_timed_out, fact.step);
    }
}

void take_reply(Instance& instance, const Definition& definition, const JournalEvent& reply) {
    Leg& leg = leg_of(instance, reply.step, reply.direction);
    if (reply.direction == Direction::cancel && reply.outcome != Outcome::failed) {
        const bool applied = reply.outcome == Outcome::ok;
        leg.state = applied ? LegState::ok : LegState::failed;
        leg_of(instance, reply.step, Direction::forward).state = leg.state;
        return;
    }
    if (reply.outcome == Outcome::ok) {
        leg.state = LegState::ok;
        return;
    }
    if (failure_is_final(definition, reply.step, reply.direction)) {
        leg.state = LegState::failed;
        turn_back(instance, AbortCause::step_failed, reply.step);
        return;
    }
    come_to_nothing(instance, definition, reply);
}

}  // namespace

std::string_view type_of(const Step& step, Direction direction) {
    switch (direction) {
        case Direction::forward:
            return step.command;
        case Direction::undo:
            return step.compensate;
        case Direction::cancel:
            return kCancelType;
    }
    CHECK(false);
}

JournalEvent fact_about(const Instance& instance, JournalEvent::Kind kind) {
    JournalEvent fact;
    fact.kind = kind;
    fact.saga = instance.id;
    return fact;
}

std::string_view name_of(LegState state) {
    switch (state) {
        case LegState::idle:
            return "idle";
        case LegState::waiting:
            return "waiting";
        case LegState::retry_due:
            return "retry-due";
        case LegState::ok:
            return "ok";
        case LegState::failed:
            return "failed";
        case LegState::exhausted:
            return "exhausted";
    }
    CHECK(false);
}

const std::vector<Leg>& Instance::legs(Direction direction) const {
    switch (direction) {
        case Direction::forward:
            return forward;
        case Direction::undo:
            return undo;
        case Direction::cancel:
            return cancel;
    }
    CHECK(false);
}

const Leg& Instance::leg(StepId step, Direction direction) const {
    const auto& found = legs(direction);
    CHECK(step.value < found.size());
    return found[step.value];
}

StepSet Instance::steps_in(Direction direction, LegState wanted) const {
    const auto& all = legs(direction);
    CHECK(all.size() <= kStepsMax);
    StepSet found;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].state == wanted) {
            found.insert({static_cast<std::uint8_t>(i)});
        }
    }
    return found;
}

Progress Instance::progress() const {
    Progress known;
    known.applied = steps_in(Direction::forward, LegState::ok);
    known.failed = steps_in(Direction::forward, LegState::failed);
    known.unknown = steps_in(Direction::forward, LegState::waiting) |
                    steps_in(Direction::forward, LegState::retry_due) |
                    steps_in(Direction::forward, LegState::exhausted);
    CHECK((known.applied & known.unknown).empty());
    return known;
}

bool Instance::past_return(const Definition& definition) const {
    if (!definition.pivot.has_value()) {
        return false;
    }
    const LegState pivot = leg(*definition.pivot, Direction::forward).state;
    CHECK(pivot != LegState::exhausted);
    return pivot != LegState::idle && pivot != LegState::failed;
}

bool Instance::committed_by_steps(const Definition& definition) const {
    const StepSet held = steps_in(Direction::forward, LegState::ok);
    return definition.pivot.has_value() ? held.contains(*definition.pivot)
                                        : held == definition.all();
}

Instance begin(const Definition& definition, const JournalEvent& started) {
    CHECK(started.kind == Kind::started);
    CHECK(started.definition_hash == definition.hash);
    Instance instance;
    instance.id = started.saga;
    instance.definition_hash = definition.hash;
    instance.trace_parent = started.trace_parent;
    instance.forward.resize(definition.steps.size());
    instance.undo.resize(definition.steps.size());
    instance.cancel.resize(definition.steps.size());
    instance.facts = 1;
    return instance;
}

Result<void> apply(Instance& instance, const Definition& definition, const JournalEvent& fact) {
    CHECK(instance.definition_hash == definition.hash);
    CHECK(instance.forward.size() == definition.steps.size());
    if (fact.saga != instance.id) {
        return impossible("SJ_FOREIGN", instance, fact);
    }
    if (!takes(instance, definition, fact)) {
        return impossible("SJ_ORDER", instance, fact);
    }
    switch (fact.kind) {
        case Kind::started:
            CHECK(false);
        case Kind::command:
            leg_of(instance, fact.step, fact.direction) = {LegState::waiting, fact.attempt};
            break;
        case Kind::reply:
            take_reply(instance, definition, fact);
            break;
        case Kind::timeout:
            come_to_nothing(instance, definition, fact);
            break;
        case Kind::deadline:
            turn_back(instance, AbortCause::deadline_passed, {});
            break;
        case Kind::decided:
            instance.course = fact.course;
            if (fact.course == Course::abort) {
                instance.state = SagaState::compensating;
            }
            break;
        case Kind::finished:
            instance.state = fact.state;
            break;
    }
    ++instance.facts;
    CHECK(instance.state != SagaState::compensating || instance.course == Course::abort);
    return {};
}

std::optional<JournalEvent> fact_of(const Instance& instance,
                                    const Definition& definition,
                                    const Reply& reply) {
    CHECK(instance.definition_hash == definition.hash);
    const auto step = definition.find(reply.step);
    if (!step.has_value() || reply.saga != instance.id) {
        return std::nullopt;
    }
    JournalEvent fact = fact_about(instance, Kind::reply);
    fact.step = *step;
    fact.direction = reply.direction;
    fact.attempt = reply.attempt;
    fact.outcome = reply.outcome;
    return takes_reply(instance, definition, fact) ? std::optional(fact) : std::nullopt;
}

std::optional<JournalEvent> fact_of(const Instance& instance,
                                    const Definition& definition,
                                    const Timer& timer) {
    CHECK(instance.definition_hash == definition.hash);
    if (timer.saga != instance.id) {
        return std::nullopt;
    }
    if (timer.kind == Timer::Kind::deadline) {
        return takes_deadline(instance, definition)
                   ? std::optional(fact_about(instance, Kind::deadline))
                   : std::nullopt;
    }
    const auto step = definition.find(timer.step);
    if (!step.has_value()) {
        return std::nullopt;
    }
    JournalEvent fact = fact_about(instance, Kind::timeout);
    fact.step = *step;
    fact.direction = timer.direction;
    fact.attempt = timer.attempt;
    return takes_timeout(instance, fact) ? std::optional(fact) : std::nullopt;
}

}  // namespace stormglass::sagas
