// Checks on the log and its groups: lost writes (B4, B27), exactly-once effects (Q5), order per
// key (B10, Q6) and conservation (D1).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "scenarios/checks/rules.hpp"

namespace stormglass::scenarios {
namespace {

std::string at_position(const std::string& topic, bus::Position position) {
    return topic + "[" + std::to_string(position) + "]";
}

std::string_view word(Standing standing) {
    switch (standing) {
        case Standing::settled:
            return "settled";
        case Standing::in_flight:
            return "in flight";
        case Standing::retrying:
            return "waiting for a retry";
        case Standing::parked:
            return "parked";
        case Standing::dead:
            return "dead";
        case Standing::waiting:
            return "never delivered";
        case Standing::nowhere:
            return "forgotten";
    }
    return "?";
}

/// A source's events of one key stand in the topic in the order in which it published them.
void check_producer_order(const RunFacts& facts, CheckResult& result) {
    std::map<std::tuple<std::string, std::string, std::string>,
             std::pair<std::uint32_t, std::uint64_t>>
        newest;
    for (const StoredFact& stored : facts.stored) {
        if (stored.delayed) {
            continue;  // delayed events keep no order among the others
        }
        const std::pair place{stored.epoch, stored.sequence};
        const auto [known, is_new] =
            newest.try_emplace({stored.topic, stored.source, stored.key}, place);
        result.consulted = true;
        if (!is_new && known->second >= place) {
            result.violations.push_back({"Two events of '" + stored.source + "' for key " +
                                             stored.key + " stand in the wrong order.",
                                         "events of one source and key keep their order",
                                         "sequence " + std::to_string(stored.sequence) +
                                             " behind " + std::to_string(known->second.second),
                                         at_position(stored.topic, stored.position),
                                         stored.at,
                                         "broker"});
        }
        known->second = std::max(known->second, place);
    }
}

/// No event of a key is handed out while an earlier one of that key is not done with.
void check_group_order(const GroupFacts& group, CheckResult& result) {
    std::map<std::string, bus::Position> open;  // key -> position under way
    std::map<std::string, bus::Position> newest;
    std::set<bus::Position> over;  // a copy that comes after its settlement is late, not early
    for (const HandoverFact& handover : group.handovers) {
        if (handover.kind == HandoverFact::Kind::received && over.contains(handover.position)) {
            continue;
        }
        const auto under_way = open.find(handover.key);
        if (handover.kind != HandoverFact::Kind::received) {
            const bool done = handover.kind == HandoverFact::Kind::dead || handover.what == "ack" ||
                              handover.what == "reject";
            if (done) {
                over.insert(handover.position);
            }
            if (done && under_way != open.end() && under_way->second == handover.position) {
                open.erase(under_way);
            }
            continue;
        }
        result.consulted = true;
        const auto [last, is_new] = newest.try_emplace(handover.key, handover.position);
        const bool overtakes = under_way != open.end() && handover.position > under_way->second;
        if (overtakes || (!is_new && handover.position < last->second && under_way == open.end() &&
                          handover.attempt == 1)) {
            result.violations.push_back(
                {"Group '" + group.name + "' was handed " +
                     at_position(group.topic, handover.position) + " of key " + handover.key +
                     " out of order.",
                 "one event of a key at a time, in order",
                 "position " + std::to_string(handover.position) + " while " +
                     std::to_string(overtakes ? under_way->second : last->second) +
                     (overtakes ? " was under way" : " had been handed out"),
                 group.name + " " + handover.key,
                 handover.at,
                 {}});
        }
        last->second = std::max(last->second, handover.position);
        open.try_emplace(handover.key, handover.position);
    }
}

void report_position(CheckResult& result,
                     const RunFacts& facts,
                     const GroupFacts& group,
                     bus::Position position,
                     std::string observed) {
    result.violations.push_back(
        {"An event of '" + group.topic + "' is " + observed + " for group '" + group.name + "'.",
         "each event ends as exactly one of: handled, dead, parked",
         at_position(group.topic, position) + " is " + observed,
         group.name + " " + at_position(group.topic, position),
         facts.end_at,
         "broker"});
}

}  // namespace

void check_lost_write(const RunFacts& facts, CheckResult& result) {
    for (const AckedFact& acked : facts.acked) {
        result.consulted = true;
        if (!acked.in_journal) {
            result.violations.push_back(
                {"An event of '" + acked.source + "' was acknowledged and is not in the log.",
                 "an acknowledged event survives every fault inside the declared tolerance",
                 at_position(acked.topic, acked.position) + " does not hold sequence " +
                     std::to_string(acked.sequence),
                 acked.topic,
                 acked.at,
                 "broker"});
        }
    }
}

void check_exactly_once_effect(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        std::map<std::pair<std::size_t, Direction>, std::uint64_t> applied;
        for (const EffectFact& effect : saga.effects) {
            if (effect.outcome != EffectOutcome::applied) {
                continue;
            }
            result.consulted = true;
            if (++applied[{effect.step, effect.direction}] == 2) {
                result.violations.push_back(
                    {std::string(effect.direction == Direction::forward ? "'" : "The undo of '") +
                         facts.steps[effect.step].name + "' of saga " + saga.id +
                         " took effect twice.",
                     "one effect for each idempotency key, however many deliveries",
                     "2 effects under one key",
                     saga.id,
                     effect.at,
                     {}});
            }
        }
    }
    for (const GroupFacts& group : facts.groups) {
        std::vector<std::uint32_t> settled(group.effectively_once ? group.length : 0);
        for (const HandoverFact& handover : group.handovers) {
            const bool counts = handover.kind == HandoverFact::Kind::settled &&
                                handover.what == "ack" && handover.position < settled.size();
            if (counts && ++settled[handover.position] == 2) {
                report_position(result, facts, group, handover.position, "settled twice");
            }
        }
    }
}

void check_order_per_key(const RunFacts& facts, CheckResult& result) {
    check_producer_order(facts, result);
    for (const GroupFacts& group : facts.groups) {
        if (group.ordered) {
            check_group_order(group, result);
        }
    }
}

// No single node or link keeps producers and consumers apart for long: what a highly available bus
// promises, and a bus of one broker cannot.
void check_bus_available(const RunFacts& facts, CheckResult& result) {
    constexpr Duration kPatience = seconds(5);  // some retries of a session, a failover and more
    result.consulted = facts.waits_ended > 0;
    const WaitFact* longest = nullptr;
    std::uint64_t late = 0;
    for (const WaitFact& wait : facts.waits) {
        const auto waited = static_cast<std::int64_t>(wait.until - wait.from);
        late += waited > kPatience.ns ? 1 : 0;
        if (longest == nullptr || wait.until - wait.from > longest->until - longest->from) {
            longest = &wait;
        }
    }
    if (late == 0) {
        return;
    }
    const std::uint64_t ms = (longest->until - longest->from) / 1'000'000;
    result.violations.push_back(
        {"'" + longest->who + "' waited " + std::to_string(ms / 1'000) +
             " seconds for the only broker.",
         "an event is acknowledged, and reaches a consumer, within 5 s whatever single link fails",
         std::to_string(late) + " events were late, the latest by " + std::to_string(ms) + " ms",
         longest->who,
         longest->until,
         {}});
}

void check_dead_letter_conservation(const RunFacts& facts, CheckResult& result) {
    for (const GroupFacts& group : facts.groups) {
        for (bus::Position position = 0; position < group.length; ++position) {
            const Standing standing = group.standing[position];
            const std::uint32_t letters = group.letters[position];
            result.consulted = true;
            if (letters > 1) {
                report_position(result, facts, group, position, "dead more than once");
            } else if (letters == 1 && standing != Standing::dead) {
                report_position(
                    result, facts, group, position, "dead and also " + std::string(word(standing)));
            } else if (letters == 0 && standing == Standing::dead) {
                report_position(result, facts, group, position, "dead without a letter");
            } else if (standing != Standing::settled && standing != Standing::dead &&
                       standing != Standing::parked) {
                report_position(result, facts, group, position, std::string(word(standing)));
            }
        }
    }
}

}  // namespace stormglass::scenarios
