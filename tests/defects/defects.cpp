#include "tests/defects/defects.hpp"

#include <array>

namespace stormglass::tests {

scenarios::PlantedDefects planted_defects() {
    static const std::array kDefects = {
        scenarios::PlantedDefect{
            "ack-before-persist",
            "acknowledges, applies and delivers what is written but not yet synced",
            "lost-write",
            "broker-crash",
            &ack_before_persist(),
            nullptr},
        scenarios::PlantedDefect{
            "no-inbox-dedupe",
            "handles a repeated command once more instead of answering from the inbox",
            "exactly-once-effect",
            "one-way-payments",
            nullptr,
            &no_inbox_dedupe()},
        scenarios::PlantedDefect{"skip-one-compensation",
                                 "leaves the last step standing that an abort should take back",
                                 "compensation-once",
                                 "calm",
                                 nullptr,
                                 &skip_one_compensation()},
        scenarios::PlantedDefect{"compensate-forward",
                                 "undoes steps in the order in which they were done",
                                 "reverse-order",
                                 "calm",
                                 nullptr,
                                 &compensate_forward()},
        scenarios::PlantedDefect{
            "intervals-before-signature",
            "moves the accepted intervals before it has looked at the signature",
            "detection",
            "forged-events",
            &intervals_before_signature(),
            nullptr},
        scenarios::PlantedDefect{"delivery-forgotten",
                                 "does not hand out again what was under way when the broker died",
                                 "dead-letter-conservation",
                                 "broker-crash",
                                 &delivery_forgotten(),
                                 nullptr},
        scenarios::PlantedDefect{
            "dead-letter-apart",
            "writes the dead letter and the settlement of its delivery in two entries",
            "dead-letter-conservation",
            "poisoned-message",
            &dead_letter_apart(),
            nullptr},
        scenarios::PlantedDefect{"late-do-after-undo",
                                 "leaves no tombstone when an undo comes before its do",
                                 "no-step-after-undo",
                                 "one-way-payments",
                                 nullptr,
                                 &late_do_after_undo()},
        scenarios::PlantedDefect{"two-coordinators",
                                 "lets a batch of an outdated owner pass the fence",
                                 "single-coordinator",
                                 "partition-during-checkout",
                                 &two_coordinators(),
                                 nullptr},
    };
    return kDefects;
}

}  // namespace stormglass::tests
