// What a saga does next: the facts that its state makes due. Pure, like instance.cpp.
#include "runtime/check.hpp"
#include "sagas/instance.hpp"

namespace stormglass::sagas {
namespace {

using Kind = JournalEvent::Kind;

JournalEvent command_of(const Instance& instance, StepId step, Direction direction) {
    JournalEvent fact = fact_about(instance, Kind::command);
    fact.step = step;
    fact.direction = direction;
    fact.attempt = instance.leg(step, direction).attempt + 1;
    CHECK(fact.attempt >= 1);
    return fact;
}

void next_forward(const Instance& instance,
                  const Definition& definition,
                  std::vector<JournalEvent>& due) {
    CHECK(instance.state == SagaState::running);
    CHECK(instance.cause == AbortCause::none);
    const StepSet held = instance.steps_in(Direction::forward, LegState::ok);
    for (const StepId id : definition.order) {
        const Step& step = definition.step(id);
        const LegState state = instance.leg(id, Direction::forward).state;
        const bool may_start = state == LegState::idle && held.contains_all(step.after);
        if (may_start || state == LegState::retry_due) {
            CHECK(step.kind != StepKind::retriable || held.contains(*definition.pivot));
            due.push_back(command_of(instance, id, Direction::forward));
        }
    }
}

JournalEvent end_of(const Instance& instance, SagaState state) {
    CHECK(is_final(state));
    JournalEvent end = fact_about(instance, Kind::finished);
    end.state = state;
    return end;
}

bool is_under_way(const Instance& instance, StepId step, Direction direction) {
    const LegState state = instance.leg(step, direction).state;
    return state == LegState::waiting || state == LegState::retry_due;
}

/// Asks what became of steps that may have been applied.
void next_cancel(const Instance& instance,
                 const Definition& definition,
                 StepSet unknown,
                 std::vector<JournalEvent>& due) {
    CHECK(!unknown.empty());
    bool under_way = false;
    for (auto it = definition.order.rbegin(); it != definition.order.rend(); ++it) {
        if (!unknown.contains(*it)) {
            continue;
        }
        const LegState state = instance.leg(*it, Direction::cancel).state;
        if (state == LegState::idle || state == LegState::retry_due) {
            due.push_back(command_of(instance, *it, Direction::cancel));
        }
        under_way = under_way || state != LegState::exhausted;
    }
    if (!under_way) {
        // Undoing the rest could be overtaken by what is unknown: people decide.
        due.push_back(end_of(instance, SagaState::needs_operator));
    }
}

void next_undo(const Instance& instance,
               const Definition& definition,
               const Rules& rules,
               std::vector<JournalEvent>& due) {
    CHECK(instance.cause != AbortCause::none);
    CHECK(!instance.past_return(definition));
    const Progress known = instance.progress();
    const StepSet targets = rules.steps_to_compensate(definition, known);
    CHECK(definition.compensatable().contains_all(targets));
    if (const StepSet unknown = targets & known.unknown; !unknown.empty()) {
        next_cancel(instance, definition, unknown, due);
        return;
    }
    const StepSet undone = instance.steps_in(Direction::undo, LegState::ok);
    bool under_way = false;
    for (auto it = definition.order.rbegin(); it != definition.order.rend(); ++it) {
        if (!targets.contains(*it)) {
            continue;
        }
        const LegState state = instance.leg(*it, Direction::undo).state;
        const StepSet first = rules.undone_before(definition, *it) & targets;
        const bool may_start = state == LegState::idle && undone.contains_all(first);
        if (may_start || state == LegState::retry_due) {
            due.push_back(command_of(instance, *it, Direction::undo));
        }
        under_way = under_way || may_start || is_under_way(instance, *it, Direction::undo);
    }
    if (!under_way) {
        due.push_back(end_of(
            instance,
            undone.contains_all(targets) ? SagaState::compensated : SagaState::needs_operator));
    }
}

}  // namespace

void next(const Instance& instance,
          const Definition& definition,
          const Rules& rules,
          std::vector<JournalEvent>& due) {
    CHECK(instance.definition_hash == definition.hash);
    if (instance.state == SagaState::compensating) {
        next_undo(instance, definition, rules, due);
        return;
    }
    if (instance.state != SagaState::running) {
        return;
    }
    if (!instance.course.has_value()) {
        JournalEvent decision = fact_about(instance, Kind::decided);
        if (instance.committed_by_steps(definition)) {
            decision.course = Course::commit;
            due.push_back(decision);
        } else if (instance.cause != AbortCause::none) {
            CHECK(!instance.past_return(definition));
            decision.course = Course::abort;
            due.push_back(decision);
            next_undo(instance, definition, rules, due);
            return;
        }
    }
    next_forward(instance, definition, due);
    if (instance.steps_in(Direction::forward, LegState::ok) == definition.all()) {
        due.push_back(end_of(instance, SagaState::completed));
    }
}

}  // namespace stormglass::sagas
