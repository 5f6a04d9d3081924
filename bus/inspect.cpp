#include "bus/inspect.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kWalkMax = 1'000'000;  // positions of one group; beyond, all is waiting

void count_positions(const GroupState& group, const Topic& topic, GroupInfo& info) {
    const Position end = std::min<Position>(info.length, info.floor + kWalkMax);
    for (Position position = info.floor; position < end; ++position) {
        if (group.settled(position)) {
            continue;
        }
        const KeyId key = topic.at(position).key;
        if (group.attempts(position) > 0) {
            ++(group.attempt_open(position) ? info.in_flight : info.retrying);
        } else if (group.blocked(key) && position > group.blocked_by(key)) {
            ++info.parked;
        } else {
            ++info.waiting;
        }
    }
    info.waiting += info.length - end;
}

DeadLetterInfo info_of(const Machine& machine, const DeadLetter& letter) {
    DeadLetterInfo info;
    info.id = letter.id;
    info.group = letter.group;
    info.topic = letter.topic;
    info.position = letter.position;
    info.key = letter.key;
    info.reason = letter.reason;
    info.code = letter.code;
    info.detail = letter.detail;
    info.attempts = letter.attempts;
    info.attempts_omitted = letter.history.omitted();
    for (const Attempt& attempt : letter.history.kept()) {
        info.history.push_back({attempt.number,
                                std::string(machine.name(attempt.member)),
                                attempt.started,
                                attempt.ended,
                                attempt.end});
    }
    info.first_failed_at = letter.first_failed_at;
    info.dead_at = letter.dead_at;
    return info;
}

}  // namespace

std::vector<TopicInfo> topic_infos(const Machine& machine) {
    std::vector<TopicInfo> infos;
    for (TopicId id = 0; id < machine.topics().size(); ++id) {
        const Topic& topic = machine.topics()[id];
        infos.push_back({topic.name(), topic.length(), topic.key_count()});
    }
    return infos;
}

std::vector<GroupInfo> group_infos(const Machine& machine) {
    std::vector<GroupInfo> infos;
    for (GroupId id = 0; id < machine.group_count(); ++id) {
        const GroupState& group = machine.group(id);
        const GroupTraits& traits = group.traits();
        const Topic& topic = machine.topics()[traits.topic_id];
        GroupInfo info;
        info.group = traits.group;
        info.topic = traits.topic;
        info.mode = traits.mode;
        info.order = traits.order;
        info.on_dead = traits.on_dead;
        info.sharing = traits.sharing;
        info.attempts_max = traits.attempts_max;
        info.length = topic.length();
        info.floor = std::min(group.floor(), info.length);
        info.dead = group.dead_letters().size();
        count_positions(group, topic, info);
        if (const GroupOwner* owner = machine.owner(traits.group)) {
            info.owner = owner->source;
            info.generation = owner->generation;
        }
        infos.push_back(std::move(info));
    }
    return infos;
}

std::vector<DeadLetterInfo> dead_letter_infos(const Machine& machine, std::string_view group) {
    std::vector<DeadLetterInfo> infos;
    for (GroupId id = 0; id < machine.group_count(); ++id) {
        const GroupState& state = machine.group(id);
        if (!group.empty() && state.traits().group != group) {
            continue;
        }
        for (const auto& [position, letter] : state.dead_letters()) {
            CHECK(position == letter.position);
            infos.push_back(info_of(machine, letter));
        }
    }
    return infos;
}

std::string_view name_of(GroupMode mode) {
    return mode == GroupMode::at_least_once ? "at-least-once" : "effectively-once";
}

std::string_view name_of(KeyOrder order) {
    return order == KeyOrder::per_key ? "per-key" : "none";
}

std::string_view name_of(OnDead on_dead) {
    return on_dead == OnDead::block_key ? "block-key" : "skip";
}

std::string_view name_of(Sharing sharing) {
    return sharing == Sharing::shared ? "shared" : "exclusive";
}

}  // namespace stormglass::bus
