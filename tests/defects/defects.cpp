#include "tests/defects/defects.hpp"

#include <vector>

namespace stormglass::tests {
namespace {

/// Name, what it breaks, the check that owns it, the scenario that shows it, and the broken rules.
template <class Rules>
struct Row {
    std::string_view name;
    std::string_view breaks;
    std::string_view check;
    std::string_view scenario;
    const Rules& (*rules)();
};

constexpr Row<bus::Rules> kOfTheBus[] = {
    {"ack-before-persist",
     "acknowledges, applies and delivers what is written but not yet synced",
     "lost-write",
     "broker-crash",
     ack_before_persist},
    {"intervals-before-signature",
     "moves the accepted intervals before it has looked at the signature",
     "detection",
     "forged-events",
     intervals_before_signature},
    {"delivery-forgotten",
     "does not hand out again what was under way when the broker died",
     "dead-letter-conservation",
     "broker-crash",
     delivery_forgotten},
    {"dead-letter-apart",
     "writes the dead letter and the settlement of its delivery in two entries",
     "dead-letter-conservation",
     "poisoned-message",
     dead_letter_apart},
    {"two-coordinators",
     "lets a batch of an outdated owner pass the fence",
     "single-coordinator",
     "partition-during-checkout",
     two_coordinators},
    {"key-overtaken",
     "hands out an event while an earlier one of its key is still under way",
     "order-per-key",
     "lossy-network",
     key_overtaken},
    {"copy-burns-sequence",
     "uses up the sequences of a copy before it asks over which link it came",
     "replay-rejected",
     "replay-attack",
     copy_burns_sequence},
    {"signature-unchecked",
     "takes what comes over a source's own link for the source's own words",
     "binding",
     "forged-events",
     signature_unchecked},
    {"letter-leaves-trace",
     "begins a new trace for every dead letter",
     "trace-complete",
     "tracing-through-faults",
     letter_leaves_trace},
    {"retry-reuses-span",
     "handles a redelivery under the span of the first attempt",
     "trace-causal",
     "tracing-through-faults",
     retry_reuses_span},
};

constexpr Row<sagas::Rules> kOfSagas[] = {
    {"no-inbox-dedupe",
     "handles a repeated command once more instead of answering from the inbox",
     "exactly-once-effect",
     "one-way-payments",
     no_inbox_dedupe},
    {"skip-one-compensation",
     "leaves the last step standing that an abort should take back",
     "compensation-once",
     "calm",
     skip_one_compensation},
    {"compensate-forward",
     "undoes steps in the order in which they were done",
     "reverse-order",
     "calm",
     compensate_forward},
    {"late-do-after-undo",
     "leaves no tombstone when an undo comes before its do",
     "no-step-after-undo",
     "one-way-payments",
     late_do_after_undo},
    {"undo-leaves-trace",
     "undoes a step in a trace of its own",
     "trace-isolation",
     "tracing-through-faults",
     undo_leaves_trace},
};

}  // namespace

scenarios::PlantedDefects planted_defects() {
    static const std::vector<scenarios::PlantedDefect> all = [] {
        std::vector<scenarios::PlantedDefect> made;
        for (const auto& row : kOfTheBus) {
            made.push_back({row.name, row.breaks, row.check, row.scenario, &row.rules(), nullptr});
        }
        for (const auto& row : kOfSagas) {
            made.push_back({row.name, row.breaks, row.check, row.scenario, nullptr, &row.rules()});
        }
        const scenarios::PlantedDefects others = projection_defects();
        made.insert(made.end(), others.begin(), others.end());
        return made;
    }();
    return all;
}

}  // namespace stormglass::tests
