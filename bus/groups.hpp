// What the journal says of one group on one topic: which positions are settled, which were handed
// out how often, which died, and which keys wait behind a dead letter. Who gets what when is not
// here but in the schedule (groups_schedule.hpp), which every life makes anew.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>

#include "bus/dead_letter.hpp"
#include "bus/replay_state_intervals.hpp"

namespace stormglass::bus {

using KeyId = std::uint32_t;     // of a partition key in its topic
using TopicId = std::uint32_t;   // in order of declaration
using GroupId = std::uint32_t;   // of a (group, topic), in order of creation
using MemberId = std::uint32_t;  // a broker's number for a source; in one life only

/// What was fixed when the group was created.
struct GroupTraits {
    std::string group;
    std::string topic;
    TopicId topic_id = 0;
    GroupMode mode = GroupMode::at_least_once;
    KeyOrder order = KeyOrder::per_key;
    OnDead on_dead = OnDead::block_key;
    Sharing sharing = Sharing::shared;
    std::uint32_t attempts_max = 0;
};

class GroupState {
  public:
    explicit GroupState(GroupTraits traits);
    GroupState(const GroupState&) = delete;
    GroupState& operator=(const GroupState&) = delete;

    const GroupTraits& traits() const { return traits_; }

    bool settled(Position position) const { return settled_.contains(position); }

    /// Every position below is settled.
    Position floor() const { return settled_.first_missing(0); }

    /// Recorded deliveries of an unsettled position; 0 for one never handed out.
    std::uint32_t attempts(Position position) const;
    /// Whether the last recorded delivery has not ended yet.
    bool attempt_open(Position position) const;

    const DeadLetter* dead(Position position) const;

    /// Whether later events of the key wait behind a dead letter.
    bool blocked(KeyId key) const { return blocked_.contains(key); }

    /// The dead letter that the key waits behind. Requires: blocked.
    Position blocked_by(KeyId key) const { return blocked_.at(key); }

    const std::map<Position, DeadLetter>& dead_letters() const { return dead_; }

    // Changes, called by the machine alone.

    /// Records a delivery. Ignored when older than what is recorded, or settled.
    void on_delivered(Position position, const Attempt& attempt);
    /// Records how an attempt ended; ignored unless it is the current one.
    void on_ended(Position position, std::uint32_t attempt, entry::AttemptEnd end, WallTime at);
    void settle(Position position);
    /// Keeps the letter; `settle` is a step of its own (Rules::burial).
    void bury(DeadLetter letter, KeyId key);

    /// The attempts of a position so far, for its letter.
    AttemptHistory history(Position position) const;

    /// Mixes what was decided into a hash: settled, dead, blocked; attempts only if asked.
    enum class Detail : std::uint8_t { decisions, everything };
    std::uint64_t digest(std::uint64_t seed, Detail detail) const;

  private:
    struct Open {
        Attempt current;
        std::unique_ptr<AttemptHistory> earlier;  // only once there is more than one
    };

    GroupTraits traits_;
    std::pmr::unsynchronized_pool_resource pool_;  // map nodes come and go with every delivery
    std::pmr::map<Position, Open> open_{&pool_};
    IntervalSet settled_;
    std::map<Position, DeadLetter> dead_;
    std::map<KeyId, Position> blocked_;
};

}  // namespace stormglass::bus
