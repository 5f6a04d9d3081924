#include "scenarios/checks/check.hpp"

#include <algorithm>
#include <array>

#include "scenarios/checks/rules.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::array kRows = {
    CheckRow{"lost-write",
             "B4",
             "an acknowledged event is in the log at the end, where it was acknowledged",
             "ack-before-persist",
             check_lost_write},
    CheckRow{"exactly-once-effect",
             "Q5",
             "one effect for each idempotency key, however many deliveries",
             "no-inbox-dedupe",
             check_exactly_once_effect},
    CheckRow{"order-per-key",
             "Q6",
             "events of one source and key keep their order, and a group handles one at a time",
             "key-overtaken",
             check_order_per_key},
    CheckRow{"bus-available",
             "B30",
             "no single node or link keeps an event from its acknowledgement or its consumer",
             "",  // no sound bus of one broker passes it: it is a control
             check_bus_available},
    CheckRow{"step-once",
             "S3",
             "a step takes effect at most once, and once in a completed saga",
             "no-inbox-dedupe",
             check_step_once},
    CheckRow{"compensation-once",
             "S4",
             "in a compensated saga each step that took effect is undone once",
             "skip-one-compensation",
             check_compensation_once},
    CheckRow{"no-step-after-undo",
             "S5",
             "after the first compensation no step takes effect for good",
             "late-do-after-undo",
             check_no_step_after_undo},
    CheckRow{"reverse-order",
             "S7",
             "compensations take effect in the reverse order of their steps",
             "compensate-forward",
             check_reverse_order},
    CheckRow{"parallel-join",
             "S8",
             "a step starts only after all its predecessors; nothing takes effect after the end",
             "late-do-after-undo",
             check_parallel_join},
    CheckRow{"termination",
             "S11",
             "every started saga ends once, within the time to settle",
             "delivery-forgotten",
             check_termination},
    CheckRow{"decision-durable",
             "S12",
             "a decision is written before its command is sent, is never lost and never changes",
             "ack-before-persist",
             check_decision_durable},
    CheckRow{"single-coordinator",
             "S13",
             "one owner of a saga at any time; an older one writes nothing any more",
             "two-coordinators",
             check_single_coordinator},
    CheckRow{"outcome-equals-ledger",
             "S16",
             "completed means that every step stands, compensated that none does",
             "skip-one-compensation",
             check_outcome_equals_ledger},
    CheckRow{"convergence",
             "P1",
             "after the last fault every read model reaches the head of the log, with its rows",
             "stop-at-unreadable",
             check_convergence},
    CheckRow{"rebuild-equals-incremental",
             "P2",
             "folded from zero, from a snapshot or event by event, rows are equal",
             "snapshot-omits-table",
             check_rebuild_equals_incremental},
    CheckRow{"apply-once-in-order",
             "P3",
             "a read model takes each event once, in order, and stores rows and position together",
             "state-without-position",
             check_apply_once_in_order},
    CheckRow{"read-your-writes",
             "P5",
             "a read sees what its reader has written, waits, or is refused",
             "read-before-token",
             check_read_your_writes},
    CheckRow{"consistent-prefix",
             "P7",
             "whatever can be seen of a read model is the fold of some prefix of the log",
             "table-by-table",
             check_consistent_prefix},
    CheckRow{"bounded-staleness",
             "P8",
             "outside of faults an event is shown within the declared bound",
             "batch-waits-for-size",
             check_bounded_staleness},
    CheckRow{"no-invention",
             "P10",
             "each row goes back to the log, and what was deleted stays deleted",
             "deletion-not-stored",
             check_no_invention},
    CheckRow{"dead-letter-conservation",
             "D1",
             "each event ends as exactly one of handled, dead, parked, in every group",
             "delivery-forgotten",
             check_dead_letter_conservation},
    CheckRow{"replay-rejected",
             "R1",
             "state with the attack equals state without it",
             "copy-burns-sequence",
             check_replay_rejected},
    CheckRow{"binding",
             "R3",
             "a changed or forged event never enters the log",
             "signature-unchecked",
             check_binding},
    CheckRow{"legitimate-replay",
             "R5",
             "folding old events once more causes no effects outside",
             "rebuild-fires-effects",
             check_legitimate_replay},
    CheckRow{"detection",
             "R6",
             "each injected frame raises one alarm, honest copies raise none",
             "intervals-before-signature",
             check_detection},
    CheckRow{"trace-complete",
             "T1",
             "each span leads to the one root of its trace, and each dead letter has a span",
             "letter-leaves-trace",
             check_trace_complete},
    CheckRow{"trace-causal",
             "T2",
             "no span starts before its parent; each attempt has a span, linked to its event",
             "retry-reuses-span",
             check_trace_causal},
    CheckRow{"trace-isolation",
             "T3",
             "no span has its parent in another trace; what is undone stays with its saga",
             "undo-leaves-trace",
             check_trace_isolation},
};

}  // namespace

std::string_view SagaFacts::outcome() const {
    for (const DecisionFact& fact : decisions) {
        if (fact.kind == DecisionFact::Kind::finished) {
            return fact.outcome;
        }
    }
    return {};
}

std::span<const CheckRow> check_rows() {
    return kRows;
}

const CheckRow* find_check(std::string_view slug) {
    const auto found = std::find_if(
        kRows.begin(), kRows.end(), [slug](const CheckRow& row) { return row.slug == slug; });
    return found == kRows.end() ? nullptr : &*found;
}

}  // namespace stormglass::scenarios
