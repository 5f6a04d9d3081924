#include "bus/groups.hpp"

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

GroupState::GroupState(GroupTraits traits) : traits_(std::move(traits)) {
    CHECK(!traits_.group.empty() && !traits_.topic.empty());
    CHECK(traits_.attempts_max > 0);
}

std::uint32_t GroupState::attempts(Position position) const {
    const auto at = open_.find(position);
    return at == open_.end() ? 0 : at->second.current.number;
}

bool GroupState::attempt_open(Position position) const {
    const auto at = open_.find(position);
    return at != open_.end() && at->second.current.end == entry::AttemptEnd::open;
}

const DeadLetter* GroupState::dead(Position position) const {
    const auto at = dead_.find(position);
    return at == dead_.end() ? nullptr : &at->second;
}

void GroupState::on_delivered(Position position, const Attempt& attempt) {
    if (settled(position)) {
        return;  // settled by an earlier attempt while this one was on its way to the journal
    }
    Open& open = open_[position];
    if (attempt.number <= open.current.number) {
        return;
    }
    if (open.current.number > 0) {
        if (open.earlier == nullptr) {
            open.earlier = std::make_unique<AttemptHistory>();
        }
        open.earlier->add(open.current);
    }
    open.current = attempt;
    CHECK(open.current.end == entry::AttemptEnd::open);
}

void GroupState::on_ended(Position position,
                          std::uint32_t attempt,
                          entry::AttemptEnd end,
                          WallTime at) {
    CHECK(end != entry::AttemptEnd::open);
    const auto found = open_.find(position);
    if (found == open_.end() || found->second.current.number != attempt) {
        return;
    }
    found->second.current.end = end;
    found->second.current.ended = at;
}

void GroupState::settle(Position position) {
    CHECK(!settled(position));
    settled_.insert(position, position);
    open_.erase(position);
}

void GroupState::bury(DeadLetter letter, KeyId key) {
    CHECK(letter.group == traits_.group && letter.topic == traits_.topic);
    const Position position = letter.position;
    if (traits_.order == KeyOrder::per_key && traits_.on_dead == OnDead::block_key) {
        blocked_.emplace(key, position);
    }
    dead_.emplace(position, std::move(letter));
}

AttemptHistory GroupState::history(Position position) const {
    const auto at = open_.find(position);
    if (at == open_.end()) {
        return {};
    }
    AttemptHistory history;
    if (at->second.earlier != nullptr) {
        history = *at->second.earlier;
    }
    history.add(at->second.current);
    return history;
}

std::uint64_t GroupState::digest(std::uint64_t seed, Detail detail) const {
    std::uint64_t hash = chain64(seed, name_hash(traits_.group));
    hash = chain64(hash, name_hash(traits_.topic));
    for (const Interval& interval : settled_.intervals()) {
        hash = chain64(chain64(hash, interval.first), interval.last);
    }
    for (const auto& [position, letter] : dead_) {
        hash = chain64(chain64(hash, position), letter.digest);
        hash = chain64(hash, static_cast<std::uint64_t>(letter.reason));
    }
    for (const auto& [key, position] : blocked_) {
        hash = chain64(hash, position);
    }
    if (detail == Detail::everything) {
        for (const auto& [position, open] : open_) {
            hash = chain64(chain64(hash, position), open.current.number);
            hash = chain64(hash, static_cast<std::uint64_t>(open.current.end));
        }
    }
    return hash;
}

}  // namespace stormglass::bus
