// Introspection: what a bus can say about itself, as plain values taken from its machine. For tools
// and operators; nothing decides by it. Bounded: a group is counted over at most a million
// positions, the rest counts as waiting.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/machine.hpp"

namespace stormglass::bus {

struct TopicInfo {
    std::string name;
    Position length = 0;
    std::uint64_t keys = 0;
};

struct GroupInfo {
    std::string group;
    std::string topic;
    GroupMode mode = GroupMode::at_least_once;
    KeyOrder order = KeyOrder::per_key;
    OnDead on_dead = OnDead::block_key;
    Sharing sharing = Sharing::shared;
    std::uint32_t attempts_max = 0;
    Position length = 0;  // of the topic
    Position floor = 0;   // every position below is settled
    std::uint64_t waiting = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t retrying = 0;
    std::uint64_t parked = 0;  // behind a dead letter of their key
    std::uint64_t dead = 0;
    std::string owner;  // source, of an exclusive group
    Generation generation = 0;

    /// What has not been settled yet.
    std::uint64_t lag() const { return waiting + in_flight + retrying + parked; }
};

struct AttemptInfo {
    std::uint32_t number = 0;
    std::string member;
    WallTime started;
    WallTime ended;
    entry::AttemptEnd end = entry::AttemptEnd::open;
};

struct DeadLetterInfo {
    std::uint64_t id = 0;
    std::string group;
    std::string topic;
    Position position = 0;
    std::string key;
    Reason reason = Reason::max_deliveries;
    std::string code;
    std::string detail;
    std::uint32_t attempts = 0;
    std::uint32_t attempts_omitted = 0;  // from the middle of `history`
    std::vector<AttemptInfo> history;
    WallTime first_failed_at;
    WallTime dead_at;
};

std::vector<TopicInfo> topic_infos(const Machine& machine);
std::vector<GroupInfo> group_infos(const Machine& machine);
/// The dead letters of every group, or of one; oldest position first.
std::vector<DeadLetterInfo> dead_letter_infos(const Machine& machine, std::string_view group);

std::string_view name_of(GroupMode mode);
std::string_view name_of(KeyOrder order);
std::string_view name_of(OnDead on_dead);
std::string_view name_of(Sharing sharing);

}  // namespace stormglass::bus
