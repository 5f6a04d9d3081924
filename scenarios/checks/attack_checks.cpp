// R1, R3 and R6: an attack changes nothing, binds nothing, and is noticed each time.
#include "scenarios/checks/rules.hpp"

namespace stormglass::scenarios {

void check_replay_rejected(const RunFacts& facts, CheckResult& result) {
    const AttackFacts& attack = facts.attack;
    result.consulted = attack.compared && attack.injected > 0;
    if (result.consulted && attack.domain_digest != attack.domain_digest_without) {
        result.violations.push_back(
            {"The attack changed what the system did: " + attack.difference + ".",
             "state with the attack equals state without it",
             attack.difference,
             "attack",
             facts.end_at,
             "broker"});
    }
}

void check_binding(const RunFacts& facts, CheckResult& result) {
    const AttackFacts& attack = facts.attack;
    result.consulted = attack.altered > 0;
    if (attack.foreign_events > 0) {
        result.violations.push_back({"The log holds an event that its source never wrote.",
                                     "a changed or forged event is refused",
                                     std::to_string(attack.foreign_events) +
                                         " events with other bytes than any source published",
                                     "attack",
                                     facts.end_at,
                                     "broker"});
    }
}

void check_detection(const RunFacts& facts, CheckResult& result) {
    const AttackFacts& attack = facts.attack;
    const std::uint64_t expected = attack.injected - attack.tampered - attack.unguarded;
    result.consulted = attack.present && expected > 0;
    if (attack.alarms != expected) {
        result.violations.push_back(
            {"Not every injected frame raised exactly one alarm.",
             "one alarm for each frame that reached a guard",
             std::to_string(expected) + " frames, " + std::to_string(attack.alarms) + " alarms",
             "attack",
             facts.end_at,
             "broker"});
    }
    if (attack.tampered > 0 && attack.own_refusals == 0) {
        result.violations.push_back(
            {"Events were changed on their source's own link and nobody said so.",
             "bytes that their source never wrote are refused and reported",
             std::to_string(attack.tampered) + " frames, no refusal",
             "attack",
             facts.end_at,
             "broker"});
    }
    if (attack.own_alarms > attack.tampered) {
        result.consulted = true;
        result.violations.push_back(
            {"An honest copy on a source's own link raised an alarm.",
             "no alarm for retries and network duplicates",
             std::to_string(attack.own_alarms - attack.tampered) + " false alarms",
             "alarm",
             facts.end_at,
             "broker"});
    }
}

}  // namespace stormglass::scenarios
