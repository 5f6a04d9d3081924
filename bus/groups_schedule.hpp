// Who gets which event of a group when: order per key, credit, fair spread, retries, deadlines.
// Volatile: each life of the broker makes it anew from what the journal says (groups.hpp). All of
// it costs O(log n) a delivery; a topic is never scanned, only followed.
#pragma once

#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <set>
#include <vector>

#include "bus/machine_topics.hpp"
#include "bus/rules.hpp"
#include "runtime/time.hpp"

namespace stormglass::bus {

struct ScheduleLimits {
    Duration visibility = seconds(2);           // a delivery without an answer is tried again
    std::size_t window_max = 16'384;            // events looked at and not settled, a group
    std::uint32_t parked_per_key_max = 10'000;  // more pause the group
};

class Schedule {
  public:
    /// `state` and `topics` must outlive it.
    Schedule(const GroupState& state,
             const Topics& topics,
             const Rules& rules,
             const ScheduleLimits& limits);
    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;

    /// A member that may hold up to `credit` deliveries at a time; joining again changes that.
    void join(MemberId member, std::uint32_t credit);

    /// One delivery that ended without an answer.
    struct Unanswered {
        Position position = 0;
        std::uint32_t attempt = 0;
    };

    /// Takes the member out; what it held is added to `held` and waits for `retry` or `dying`.
    void leave(MemberId member, std::vector<Unanswered>& held);

    struct Handout {
        Position position = 0;
        std::uint32_t attempt = 0;
        MemberId member = 0;
    };

    /// The next delivery, if an event and a member with credit are at hand.
    std::optional<Handout> next(MonotonicTime now);

    /// Whether this very delivery is still under way.
    bool in_flight(Position position, std::uint32_t attempt) const;

    // What the machine decided.
    void settled(Position position);
    /// The group gave up on it; later events of its key are parked if the group says so.
    void dead(Position position);

    // What the broker decided.
    void retry(Position position, MonotonicTime due);
    void extend(Position position, MonotonicTime deadline);
    /// Its dead letter is on its way: not delivered again.
    void dying(Position position);

    /// Takes the next delivery that ran out of time by `now` (or out of attempts before this life);
    /// it waits for `retry` or `dying` then.
    std::optional<Unanswered> take_overdue(MonotonicTime now);

    /// When `take_overdue` or `next` may have something new; the latest time when never.
    MonotonicTime next_due() const;

    /// Positions parked since the last call.
    void take_parked(std::vector<Position>& parked);

    /// A key has so many parked events that the group stands still.
    bool paused() const { return paused_; }

    /// Whether `next` has a chance: an event is ready or there are some not looked at.
    bool may_have_more() const;

    std::size_t in_flight_count() const { return deadlines_.size(); }

  private:
    enum class State : std::uint8_t { queued, ready, in_flight, waiting_retry, dying, gone };

    struct Item {
        State state = State::queued;
        KeyId key = 0;
        std::uint32_t attempts = 0;
        MemberId member = 0;
        MonotonicTime at;         // deadline or due
        Position behind = kNone;  // next event of the key
    };

    /// The events of one key that were looked at, first in front; only it may be out.
    struct Line {
        Position first = kNone;
        Position last = kNone;
    };

    struct Member {
        MemberId id = 0;
        std::uint32_t credit = 0;
        std::uint32_t in_flight = 0;
    };

    using Timed = std::pair<MonotonicTime, Position>;
    static constexpr Position kNone = ~Position{0};

    /// Whether events of a key stand in line, one out at a time.
    bool in_lines() const {
        return state_->traits().order == KeyOrder::per_key && rules_->key_waits_its_turn();
    }

    Member* pick_member();
    Member* find_member(MemberId id);
    bool pull();
    void pull_one(Position position);
    void make_ready(Position position, Item& item);
    void park(Position position, KeyId key);
    void stop(Position position, Item& item);
    void remove(Position position);
    void advance_line(KeyId key);
    void wake(MonotonicTime now);
    Item* find(Position position);

    const Topic& topic() const { return topics_->operator[](state_->traits().topic_id); }

    const GroupState* state_;
    const Topics* topics_;
    const Rules* rules_;
    ScheduleLimits limits_;
    Position cursor_ = 0;  // the first position not looked at
    bool paused_ = false;

    std::pmr::unsynchronized_pool_resource pool_;  // nodes come and go with every delivery
    std::pmr::map<Position, Item> items_{&pool_};
    std::pmr::map<KeyId, Line> lines_{&pool_};
    std::pmr::map<KeyId, std::uint32_t> parked_count_{&pool_};
    std::pmr::set<Position> ready_{&pool_};
    std::pmr::set<Timed> retries_{&pool_};
    std::pmr::set<Timed> deadlines_{&pool_};
    std::vector<Position> parked_;
    std::vector<Unanswered> exhausted_;  // no attempts left when this life began
    std::vector<Member> members_;
    std::size_t turn_ = 0;
};

}  // namespace stormglass::bus
