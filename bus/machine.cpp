#include "bus/machine.hpp"

#include <algorithm>
#include <limits>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::size_t kQuarantinedMax = 10'000;  // places kept; older ones are only counted

using GroupKeyView = std::pair<std::string_view, std::string_view>;

}  // namespace

void Applied::clear(entry::Kind of) {
    kind = of;
    understood = true;
    refusal = Refusal::none;
    duplicate = false;
    applied = true;
    positions.clear();
    stored.clear();
    deliveries.clear();
    fence_name = {};
}

const Applied& Machine::apply(const CommittedEntry& committed) {
    applied_.clear(committed.kind);
    const auto take = [&](auto& entry, auto step) {
        if (!entry::decode(committed.body, entry)) {
            applied_.understood = false;
            return;
        }
        at(entry.at);
        step();
    };
    switch (committed.kind) {
        case entry::Kind::boot:
            take(boot_, [&] { apply_boot(); });
            return applied_;
        case entry::Kind::grant:
            take(grant_, [&] { apply_grant(); });
            return applied_;
        case entry::Kind::group:
            take(group_, [&] { apply_group(); });
            return applied_;
        case entry::Kind::assignment:
            take(assignment_, [&] { apply_assignment(); });
            return applied_;
        case entry::Kind::batch:
            take(batch_, [&] { apply_batch(committed); });
            return applied_;
        case entry::Kind::delivered:
            take(delivered_, [&] { apply_delivered(); });
            return applied_;
        case entry::Kind::failed:
            take(failed_, [&] { apply_failed(); });
            return applied_;
        case entry::Kind::dead:
            take(dead_, [&] { apply_dead(); });
            return applied_;
        case entry::Kind::buried:
            take(buried_, [&] { apply_buried(); });
            return applied_;
        case entry::Kind::release:
            take(release_, [&] { apply_release(); });
            return applied_;
        case entry::Kind::refused:
            take(refused_, [&] { apply_refused(committed); });
            return applied_;
        case entry::Kind::gap:
            take(gap_, [&] { apply_gap(); });
            return applied_;
    }
    applied_.understood = false;  // a kind that a later version wrote
    return applied_;
}

void Machine::apply_boot() {
    for (const std::string_view topic : boot_.topics) {
        topics_.declare(topic);
    }
}

void Machine::apply_grant() {
    const ReplayState::Granted now = replay_.current(grant_.source);
    if (now.any && grant_.epoch <= now.epoch) {
        applied_.applied = false;  // two grants were under way; the first one stands
        return;
    }
    replay_.grant(grant_.source, grant_.nonce, grant_.epoch);
    intern(grant_.source);
}

void Machine::apply_group() {
    const Topic* topic = topics_.find(group_.topic);
    const GroupKeyView key(group_.group, group_.topic);
    if (topic == nullptr || group_ids_.contains(key) || group_.attempts_max == 0) {
        applied_.applied = false;
        return;
    }
    GroupTraits traits;
    traits.group = group_.group;
    traits.topic = group_.topic;
    traits.topic_id = topics_.id_of(group_.topic);
    traits.mode = group_.mode;
    traits.order = group_.order;
    traits.on_dead = group_.on_dead;
    traits.sharing = group_.sharing;
    traits.attempts_max = group_.attempts_max;
    applied_.group = group_count();
    group_ids_.emplace(key, applied_.group);
    groups_.push_back(std::make_unique<GroupState>(std::move(traits)));
}

void Machine::apply_assignment() {
    const std::uint64_t current = fence(assignment_.group);
    if (assignment_.generation <= current) {
        applied_.applied = false;  // a batch or another assignment has moved the fence further
        return;
    }
    fences_[std::string(assignment_.group)] = assignment_.generation;
    owners_[std::string(assignment_.group)] = {
        std::string(assignment_.source), assignment_.epoch, assignment_.generation};
}

void Machine::apply_delivered() {
    for (const entry::DeliveredItem& item : delivered_.items) {
        GroupId id = 0;
        if (GroupState* group = find_group(item.of.group, item.of.topic, id)) {
            Attempt attempt;
            attempt.number = item.of.attempt;
            attempt.member = intern(item.member);
            attempt.started = delivered_.at;
            group->on_delivered(item.of.position, attempt);
        }
    }
}

void Machine::apply_failed() {
    for (const entry::FailedItem& item : failed_.items) {
        GroupId id = 0;
        if (GroupState* group = find_group(item.of.group, item.of.topic, id)) {
            group->on_ended(item.of.position, item.of.attempt, item.end, failed_.at);
        }
    }
}

void Machine::apply_dead() {
    GroupId id = 0;
    GroupState* group = find_group(dead_.of.group, dead_.of.topic, id);
    const bool there = group != nullptr &&
                       dead_.of.position < topics_[group->traits().topic_id].length() &&
                       !group->settled(dead_.of.position);
    if (!there) {
        applied_.applied = false;  // acknowledged while this entry was on its way
        return;
    }
    group->on_ended(dead_.of.position, dead_.of.attempt, dead_.end, dead_.at);
    bury(*group, id, dead_);
}

// Requires: the position exists and is not settled.
void Machine::bury(GroupState& group, GroupId id, const entry::Dead& dead) {
    const Position position = dead.of.position;
    CHECK(!group.settled(position));
    const Topic& topic = topics_[group.traits().topic_id];
    const StoredEvent& event = topic.at(position);
    if (group.dead(position) == nullptr) {
        DeadLetter letter;
        letter.group = group.traits().group;
        letter.topic = group.traits().topic;
        letter.position = position;
        letter.id = dead_letter_id(letter.group, letter.topic, position);
        letter.event_at = event.at;
        letter.digest = event.digest;
        letter.key = topic.key_name(event.key);
        letter.reason = dead.reason;
        letter.code = dead.code;
        letter.detail = dead.detail;
        letter.attempts = std::max(dead.of.attempt, group.attempts(position));
        letter.history = group.history(position);
        letter.first_failed_at = letter.history.first_failed_at();
        letter.dead_at = dead.at;
        group.bury(std::move(letter), event.key);
    }
    Applied::Delivery change;
    change.group = id;
    change.position = position;
    change.attempt = dead.of.attempt;
    change.change = Applied::Change::lettered;
    if (rules_->burial() == Burial::with_settlement) {
        group.settle(position);
        change.change = Applied::Change::dead;
    }
    applied_.deliveries.push_back(change);
}

void Machine::apply_buried() {
    GroupId id = 0;
    GroupState* group = find_group(buried_.of.group, buried_.of.topic, id);
    if (group == nullptr || group->settled(buried_.of.position) ||
        group->dead(buried_.of.position) == nullptr) {
        applied_.applied = false;
        return;
    }
    group->settle(buried_.of.position);
    Applied::Delivery change;
    change.group = id;
    change.position = buried_.of.position;
    change.attempt = buried_.of.attempt;
    change.change = Applied::Change::removed;
    applied_.deliveries.push_back(change);
}

void Machine::apply_release() {
    for (std::uint32_t n = 0; n < release_.count && !delayed_.empty(); ++n) {
        const auto first = delayed_.begin();
        if (first->first.first > release_.at.ns) {
            return;
        }
        const Delayed& delayed = first->second;
        const Position position = topics_[delayed.topic].append(delayed.event);
        applied_.stored.push_back({delayed.topic, position, delayed.event.at, 0});
        delayed_.erase(first);
    }
}

void Machine::apply_refused(const CommittedEntry& committed) {
    ++quarantine_[{std::string(refused_.source), refused_.reason}];
    if (refused_.bytes.empty()) {
        return;
    }
    if (quarantined_.size() == kQuarantinedMax) {
        quarantined_.erase(quarantined_.begin(), quarantined_.begin() + kQuarantinedMax / 2);
    }
    Location place = committed.body_at;
    place.offset += static_cast<std::uint32_t>(refused_.bytes.data() - committed.body.data());
    place.size = static_cast<std::uint32_t>(refused_.bytes.size());
    CHECK(place.offset + place.size <= committed.body_at.offset + committed.body_at.size);
    quarantined_.push_back(place);
}

void Machine::apply_gap() {
    if (replay_.accepted(gap_.source, gap_.epoch) == nullptr ||
        replay_.current(gap_.source).epoch != gap_.epoch) {
        applied_.applied = false;
        return;
    }
    replay_.abandon(gap_.source, gap_.epoch, gap_.upto);
}

const GroupState* Machine::find_group(std::string_view group, std::string_view topic) const {
    const auto at = group_ids_.find(GroupKeyView(group, topic));
    return at == group_ids_.end() ? nullptr : groups_[at->second].get();
}

GroupState* Machine::find_group(std::string_view group, std::string_view topic, GroupId& id) {
    const auto at = group_ids_.find(GroupKeyView(group, topic));
    if (at == group_ids_.end()) {
        return nullptr;
    }
    id = at->second;
    return groups_[id].get();
}

GroupId Machine::group_id(std::string_view group, std::string_view topic) const {
    const auto at = group_ids_.find(GroupKeyView(group, topic));
    CHECK(at != group_ids_.end());
    return at->second;
}

const GroupOwner* Machine::owner(std::string_view group) const {
    const auto at = owners_.find(group);
    return at == owners_.end() ? nullptr : &at->second;
}

std::uint64_t Machine::fence(std::string_view name) const {
    const auto at = fences_.find(name);
    return at == fences_.end() ? 0 : at->second;
}

WallTime Machine::next_due() const {
    constexpr WallTime kNever{std::numeric_limits<std::int64_t>::max()};
    return delayed_.empty() ? kNever : WallTime{delayed_.begin()->first.first};
}

std::uint32_t Machine::due_count(WallTime now, std::uint32_t most) const {
    std::uint32_t count = 0;
    for (auto it = delayed_.begin(); it != delayed_.end() && count < most; ++it) {
        if (it->first.first > now.ns) {
            break;
        }
        ++count;
    }
    return count;
}

std::uint32_t Machine::intern(std::string_view name) {
    const auto at = name_ids_.find(name);
    if (at != name_ids_.end()) {
        return at->second;
    }
    const auto id = static_cast<std::uint32_t>(names_.size());
    name_ids_.emplace(std::string(name), id);
    names_.emplace_back(name);
    return id;
}

}  // namespace stormglass::bus
