// The rules on which the promises of sagas rest, one function each. They stand together so that a
// reader finds them, and so that a test can break exactly one and see which check notices.
#pragma once

#include "sagas/definition.hpp"
#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

/// What an aborting coordinator knows of the steps that it has commanded.
struct Progress {
    StepSet applied;  // answered ok
    StepSet unknown;  // commanded, not answered: may have been applied, or may still be
    StepSet failed;   // answered failed or refused: certainly not applied
};

class Rules {
  public:
    virtual ~Rules() = default;

    // Coordinator.

    /// Which steps an abort takes back: all that were, or may have been, applied. The latter are
    /// cancelled first, which tells which of them were.
    virtual StepSet steps_to_compensate(const Definition& definition,
                                        const Progress& progress) const;

    /// Which compensations must hold before that of `step` is sent: those of all steps that came
    /// after it.
    virtual StepSet undone_before(const Definition& definition, StepId step) const;

    /// Whether a decision's batch carries the fence of the coordinator's epoch. It always does:
    /// nothing else stops a predecessor that does not know that it was replaced.
    virtual bool decision_is_fenced() const;

    /// Whether undoing a step goes on in the trace of the saga. It always does: what was done and
    /// what was undone must be found together.
    virtual bool undo_keeps_trace() const;

    // Participant.

    /// Whether a command whose idempotency key has a binding answer gets that answer again instead
    /// of being handled.
    virtual bool repeat_is_answered_from_inbox() const;

    /// Whether a cancel or undo of what was never done leaves a tombstone for a do that is late.
    virtual bool tombstone_is_left() const;

    /// Whether a do that meets a tombstone is refused.
    virtual bool tombstone_refuses_do() const;

    /// Whether a command of the coordinator's epoch `presented` is handled when one of epoch
    /// `newest` was seen for the same saga.
    virtual bool epoch_is_admitted(Epoch presented, Epoch newest) const;
};

/// The rules as they should be; what everybody uses but the tests of the checks.
const Rules& sound_rules();

}  // namespace stormglass::sagas
