#include "scenarios/checks/gather_log.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "bus/broker.hpp"
#include "runtime/check.hpp"

namespace stormglass::scenarios {
namespace {

/// What names an event whatever its bytes say.
using Identity = std::tuple<NameId, std::uint32_t, std::uint64_t>;  // source, epoch, sequence

struct StoredAt {
    NameId topic = 0;
    bus::Position position = 0;
    std::uint64_t digest = 0;
};

std::map<Identity, StoredAt> places_in(const Ledger& ledger) {
    std::map<Identity, StoredAt> places;
    for (const Stored& stored : ledger.stored()) {
        places[{stored.source, stored.epoch, stored.sequence}] = {
            stored.topic, stored.position, stored.digest};
    }
    return places;
}

Standing standing_of(bus::PositionClass where) {
    switch (where) {
        case bus::PositionClass::waiting:
            return Standing::waiting;
        case bus::PositionClass::in_flight:
            return Standing::in_flight;
        case bus::PositionClass::retrying:
            return Standing::retrying;
        case bus::PositionClass::parked:
            return Standing::parked;
        case bus::PositionClass::settled:
            return Standing::settled;
        case bus::PositionClass::dead:
            return Standing::dead;
    }
    CHECK(false);
}

GroupFacts group_facts(const bus::Machine& machine, const bus::GroupState& state) {
    const bus::GroupTraits& traits = state.traits();
    GroupFacts group;
    group.name = traits.group;
    group.topic = traits.topic;
    group.ordered = traits.order == bus::KeyOrder::per_key;
    group.effectively_once = traits.mode == bus::GroupMode::effectively_once;
    const auto census = machine.census(state);
    group.length = census.size();
    group.standing.assign(census.size(), Standing::nowhere);
    group.letters.assign(census.size(), 0);
    group.keys.resize(census.size());
    for (const bus::CensusItem& item : census) {
        CHECK(item.position < group.length);
        group.standing[item.position] = standing_of(item.where);
        group.letters[item.position] = state.dead(item.position) != nullptr ? 1 : 0;
    }
    return group;
}

HandoverFact::Kind kind_of(DeliveryRecord::Kind kind) {
    return kind == DeliveryRecord::Kind::settled ? HandoverFact::Kind::settled
           : kind == DeliveryRecord::Kind::dead  ? HandoverFact::Kind::dead
                                                 : HandoverFact::Kind::received;
}

void add_handover(const Ledger& ledger, const DeliveryRecord& record, GroupFacts& group) {
    using Kind = DeliveryRecord::Kind;
    if (record.kind == Kind::delivered || record.kind == Kind::parked ||
        record.position >= group.length) {
        return;
    }
    HandoverFact handover;
    handover.kind = kind_of(record.kind);
    handover.at = record.at;
    handover.position = record.position;
    handover.attempt = record.attempt;
    handover.key = group.keys[record.position];
    if (record.kind != Kind::received) {
        handover.what = ledger.names()[record.what];
    }
    group.handovers.push_back(std::move(handover));
}

}  // namespace

void gather_log(const Ledger& ledger, RunFacts& facts) {
    const auto places = places_in(ledger);
    // Known by their acknowledgement alone: one without is taken for delayed, to be on the safe
    // side.
    std::set<Identity> prompt;
    for (const Acked& acked : ledger.acked()) {
        if (acked.position != bus::kDelayed) {
            prompt.insert({acked.source, acked.epoch, acked.sequence});
        }
    }
    for (const Stored& stored : ledger.stored()) {
        const bool delayed = !prompt.contains({stored.source, stored.epoch, stored.sequence});
        facts.stored.push_back({std::string(ledger.names()[stored.source]),
                                stored.epoch,
                                stored.sequence,
                                std::string(ledger.names()[stored.topic]),
                                stored.position,
                                std::string(ledger.text(stored.key)),
                                stored.at,
                                delayed});
    }
    for (const Acked& acked : ledger.acked()) {
        const auto place = places.find({acked.source, acked.epoch, acked.sequence});
        // A delayed event is acknowledged before it has a position.
        const bool delayed = acked.position == bus::kDelayed;
        const bool there = place != places.end() && place->second.topic == acked.topic &&
                           place->second.position == acked.position;
        facts.acked.push_back({std::string(ledger.names()[acked.source]),
                               acked.epoch,
                               acked.sequence,
                               std::string(ledger.names()[acked.topic]),
                               acked.position,
                               acked.at,
                               there || delayed});
    }
}

void gather_groups(const Ledger& ledger, const bus::Broker& broker, RunFacts& facts) {
    const bus::Machine& machine = broker.machine();
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
    for (bus::GroupId id = 0; id < machine.group_count(); ++id) {
        facts.groups.push_back(group_facts(machine, machine.group(id)));
    }
    for (std::size_t i = 0; i < facts.groups.size(); ++i) {
        places[{facts.groups[i].name, facts.groups[i].topic}] = i;
    }
    for (const Stored& stored : ledger.stored()) {
        for (GroupFacts& group : facts.groups) {
            if (group.topic == ledger.names()[stored.topic] && stored.position < group.length) {
                group.keys[stored.position] = ledger.text(stored.key);
            }
        }
    }
    std::map<std::pair<std::size_t, bus::Position>, std::uint32_t> letters;
    for (const DeliveryRecord& record : ledger.deliveries()) {
        const auto place =
            places.find({ledger.names()[record.group], ledger.names()[record.topic]});
        if (place == places.end()) {
            continue;
        }
        add_handover(ledger, record, facts.groups[place->second]);
        if (record.kind == DeliveryRecord::Kind::dead) {
            ++letters[{place->second, record.position}];
        }
    }
    for (const auto& [where, count] : letters) {
        GroupFacts& group = facts.groups[where.first];
        if (where.second < group.length) {
            group.letters[where.second] = std::max(group.letters[where.second], count);
        }
    }
}

void gather_waits(const Ledger& ledger, RunFacts& facts) {
    const auto add = [&](std::string_view who, std::uint64_t from, std::uint64_t until) {
        ++facts.waits_ended;
        if (until >= from + static_cast<std::uint64_t>(seconds(1).ns)) {
            facts.waits.push_back({std::string(who), from, until});
        }
    };
    std::map<Identity, std::uint64_t> asked;
    for (const Published& event : ledger.published()) {
        asked.try_emplace({event.source, event.epoch, event.sequence}, event.at);
    }
    for (const Acked& acked : ledger.acked()) {
        const auto from = asked.find({acked.source, acked.epoch, acked.sequence});
        if (from != asked.end()) {
            add(ledger.names()[acked.source], from->second, acked.at);
        }
    }
    std::map<std::pair<NameId, bus::Position>, std::uint64_t> stored_at;
    for (const Stored& stored : ledger.stored()) {
        stored_at.try_emplace({stored.topic, stored.position}, stored.at);
    }
    // Only the first attempt counts: a later one waits for a handler.
    std::set<std::tuple<NameId, NameId, bus::Position>> seen;
    for (const DeliveryRecord& record : ledger.deliveries()) {
        const auto from = stored_at.find({record.topic, record.position});
        if (record.kind == DeliveryRecord::Kind::received && from != stored_at.end() &&
            seen.insert({record.group, record.topic, record.position}).second) {
            add(ledger.names()[record.group], from->second, record.at);
        }
    }
}

std::uint64_t count_foreign_events(const Ledger& ledger) {
    std::map<Identity, std::uint64_t> published;
    for (const Published& event : ledger.published()) {
        published[{event.source, event.epoch, event.sequence}] = event.digest;
    }
    std::uint64_t foreign = 0;
    for (const Stored& stored : ledger.stored()) {
        const auto known = published.find({stored.source, stored.epoch, stored.sequence});
        foreign += known == published.end() || known->second != stored.digest ? 1 : 0;
    }
    return foreign;
}

}  // namespace stormglass::scenarios
