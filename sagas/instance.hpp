// One saga as a pure state machine: facts go in through `apply`, what must happen next comes out
// of `next` as further facts. No clock, no bus: the same journal gives the same instance anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sagas/definition.hpp"
#include "sagas/messages.hpp"
#include "sagas/rules.hpp"

namespace stormglass::sagas {

/// How one direction of one step stands. A cancel that is `ok` found its step applied, one that is
/// `failed` found it not applied; the step's own leg then says so too.
enum class LegState : std::uint8_t {
    idle,       // never commanded
    waiting,    // commanded, reply or timer due
    retry_due,  // the last attempt came to nothing, the next command is due
    ok,
    failed,    // certainly not applied, and it stays so
    exhausted  // outcome unknown (do, cancel) or not undone (undo), and no attempt is left
};

std::string_view name_of(LegState state);

struct Leg {
    LegState state = LegState::idle;
    std::uint32_t attempt = 0;  // the last one commanded; 0: none
};

/// Why a saga turns back.
enum class AbortCause : std::uint8_t { none, step_failed, step_timed_out, deadline_passed };

struct Instance {
    std::string id;
    std::uint64_t definition_hash = 0;
    std::string trace_parent;
    SagaState state = SagaState::running;
    std::optional<Course> course;  // once decided, never changes
    AbortCause cause = AbortCause::none;
    StepId cause_step;
    std::vector<Leg> forward;  // one per step
    std::vector<Leg> undo;
    std::vector<Leg> cancel;
    std::uint64_t facts = 0;  // journal events applied

    const std::vector<Leg>& legs(Direction direction) const;
    const Leg& leg(StepId step, Direction direction) const;
    StepSet steps_in(Direction direction, LegState state) const;
    Progress progress() const;
    /// The pivot was sent and has not failed: only its own reply may turn the saga back.
    bool past_return(const Definition& definition) const;
    /// What its steps say: the pivot holds or, without one, all of them do.
    bool committed_by_steps(const Definition& definition) const;
};

/// A new instance from its first fact; the payload stays with the caller. Requires:
/// `started.definition_hash == definition.hash`.
Instance begin(const Definition& definition, const JournalEvent& started);

/// Takes one fact after `started` in. Fails with SJ_* and changes nothing when the fact cannot
/// follow what is known: the journal is input to whoever rebuilds from it.
Result<void> apply(Instance& instance, const Definition& definition, const JournalEvent& fact);

/// The fact that a reply is to this instance; nothing if it is late, repeated or foreign.
std::optional<JournalEvent> fact_of(const Instance& instance,
                                    const Definition& definition,
                                    const Reply& reply);

/// The fact that a timer is to this instance; nothing if what it watched is over.
std::optional<JournalEvent> fact_of(const Instance& instance,
                                    const Definition& definition,
                                    const Timer& timer);

/// Appends the facts that are due now (commands, a decision, the end), in order; nothing when the
/// saga waits or is over. Applying them leaves nothing due.
void next(const Instance& instance,
          const Definition& definition,
          const Rules& rules,
          std::vector<JournalEvent>& due);

/// One sentence: why it is where it is.
std::string describe(const Instance& instance, const Definition& definition);

/// A fact of that saga, yet without what it says.
JournalEvent fact_about(const Instance& instance, JournalEvent::Kind kind);

/// The type of the event that asks for it.
std::string_view type_of(const Step& step, Direction direction);

}  // namespace stormglass::sagas
