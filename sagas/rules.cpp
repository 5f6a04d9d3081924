#include "sagas/rules.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas {

StepSet Rules::steps_to_compensate(const Definition& definition, const Progress& progress) const {
    CHECK((progress.applied & progress.unknown).empty());
    CHECK((progress.applied & progress.failed).empty());
    return (progress.applied | progress.unknown) & definition.compensatable();
}

StepSet Rules::undone_before(const Definition& definition, StepId step) const {
    const StepSet followers = definition.step(step).followers;
    CHECK(!followers.contains(step));
    return followers;
}

bool Rules::decision_is_fenced() const {
    return true;
}

bool Rules::undo_keeps_trace() const {
    return true;
}

bool Rules::repeat_is_answered_from_inbox() const {
    return true;
}

bool Rules::tombstone_is_left() const {
    return true;
}

bool Rules::tombstone_refuses_do() const {
    return true;
}

bool Rules::epoch_is_admitted(Epoch presented, Epoch newest) const {
    return presented >= newest;
}

}  // namespace stormglass::sagas
