// The machine seen from outside: hashes for comparing states, and the census for conservation.
#include "bus/machine.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

std::uint64_t Machine::domain_digest_from(std::uint64_t seed, GroupState::Detail detail) const {
    std::uint64_t hash = chain64(seed, topics_.size());
    for (TopicId id = 0; id < topics_.size(); ++id) {
        hash = topics_[id].digest(hash);
    }
    for (const auto& [due, delayed] : delayed_) {
        hash = chain64(chain64(hash, delayed.topic), delayed.event.digest);
    }
    hash = replay_.digest(hash);
    for (const auto& [key, id] : group_ids_) {
        hash = groups_[id]->digest(hash, detail);
    }
    for (const auto& [name, value] : fences_) {
        hash = chain64(chain64(hash, name_hash(name)), value);
    }
    for (const auto& [name, owner] : owners_) {
        hash = chain64(chain64(hash, name_hash(name)), name_hash(owner.source));
        hash = chain64(chain64(hash, owner.epoch), owner.generation);
    }
    return hash;
}

std::uint64_t Machine::domain_digest() const {
    return domain_digest_from(1, GroupState::Detail::decisions);
}

std::uint64_t Machine::digest() const {
    std::uint64_t hash = domain_digest_from(2, GroupState::Detail::everything);
    hash = chain64(hash, static_cast<std::uint64_t>(latest_.ns));
    for (const auto& [due, delayed] : delayed_) {
        hash = chain64(hash, static_cast<std::uint64_t>(due.first));
    }
    for (const auto& [key, count] : quarantine_) {
        hash = chain64(chain64(hash, name_hash(key.first)), count);
        hash = chain64(hash, static_cast<std::uint64_t>(key.second));
    }
    return hash;
}

std::vector<CensusItem> Machine::census(const GroupState& group) const {
    const Topic& topic = topics_[group.traits().topic_id];
    std::vector<CensusItem> items;
    for (Position position = 0; position < topic.length(); ++position) {
        const bool dead = group.dead(position) != nullptr;
        if (dead) {
            items.push_back({position, PositionClass::dead});
        }
        if (group.settled(position)) {
            if (!dead) {
                items.push_back({position, PositionClass::settled});
            }
            continue;
        }
        // A letter without its settlement shows up twice: that is what conservation forbids.
        PositionClass where = PositionClass::waiting;
        const KeyId key = topic.at(position).key;
        if (group.attempts(position) > 0) {
            where =
                group.attempt_open(position) ? PositionClass::in_flight : PositionClass::retrying;
        } else if (!dead && group.blocked(key) && position > group.blocked_by(key)) {
            where = PositionClass::parked;
        }
        items.push_back({position, where});
    }
    CHECK(items.size() >= topic.length());
    return items;
}

}  // namespace stormglass::bus
