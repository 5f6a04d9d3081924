// Why a saga is where it is, in one sentence for people.
#include <optional>
#include <string>

#include "runtime/check.hpp"
#include "sagas/instance.hpp"

namespace stormglass::sagas {
namespace {

std::string cause_of(const Instance& instance, const Definition& definition) {
    switch (instance.cause) {
        case AbortCause::none:
            return "nothing failed";
        case AbortCause::step_failed:
            return definition.step(instance.cause_step).name + " failed";
        case AbortCause::step_timed_out: {
            const Step& step = definition.step(instance.cause_step);
            return step.name + " gave no answer in " + std::to_string(step.attempts) + " attempts";
        }
        case AbortCause::deadline_passed:
            return "its deadline passed before the point of no return";
    }
    CHECK(false);
}

std::string attempt_of(const Leg& leg, std::optional<std::uint32_t> limit) {
    const std::string attempt = "attempt " + std::to_string(leg.attempt);
    return limit.has_value() ? attempt + " of " + std::to_string(*limit)
                             : attempt + ", repeated until it holds";
}

std::string waits_of(const Instance& instance, const Definition& definition, Direction direction) {
    CHECK(definition.order.size() == instance.forward.size());
    std::string text;
    for (const StepId id : definition.order) {
        const Leg& leg = instance.leg(id, direction);
        if (leg.state != LegState::waiting && leg.state != LegState::retry_due) {
            continue;
        }
        const Step& step = definition.step(id);
        std::optional<std::uint32_t> limit;
        if (direction != Direction::forward) {
            limit = definition.undo_attempts;
        } else if (step.kind == StepKind::compensatable) {
            limit = step.attempts;
        }
        text += (text.empty() ? "" : ", ") + step.name + " (" +
                std::string(type_of(step, direction)) + ", " + attempt_of(leg, limit) + ")";
    }
    return text.empty() ? "nothing" : text;
}

std::string back_waits_of(const Instance& instance, const Definition& definition) {
    // First it is cleared up what was applied, then that is undone.
    return instance.progress().unknown.empty() ? waits_of(instance, definition, Direction::undo)
                                               : waits_of(instance, definition, Direction::cancel);
}

std::string stuck_of(const Instance& instance, const Definition& definition) {
    std::string text;
    for (const StepId id : instance.steps_in(Direction::undo, LegState::exhausted) |
                               instance.steps_in(Direction::cancel, LegState::exhausted)) {
        text += (text.empty() ? "" : ", ") + definition.step(id).name;
    }
    return text;
}

}  // namespace

std::string describe(const Instance& instance, const Definition& definition) {
    CHECK(instance.definition_hash == definition.hash);
    const std::string head = "saga " + instance.id + " of " + definition.name + " is " +
                             std::string(name_of(instance.state));
    switch (instance.state) {
        case SagaState::running:
            return head +
                   (instance.past_return(definition) ? ", past its point of no return" : "") +
                   ": waiting for " + waits_of(instance, definition, Direction::forward);
        case SagaState::compensating:
            return head + " because " + cause_of(instance, definition) + ": waiting for " +
                   back_waits_of(instance, definition);
        case SagaState::completed:
            return head + ": all " + std::to_string(definition.steps.size()) + " steps hold";
        case SagaState::compensated:
            return head + " because " + cause_of(instance, definition) +
                   ": all that was or may have been applied is undone";
        case SagaState::needs_operator:
            return head + ": " + stuck_of(instance, definition) + " could not be taken back in " +
                   std::to_string(definition.undo_attempts) + " attempts, after " +
                   cause_of(instance, definition);
    }
    CHECK(false);
}

}  // namespace stormglass::sagas
