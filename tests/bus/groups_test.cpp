// The schedule of a group against a plain model: whatever happens, at most one event of a key is
// out, in order, nobody holds more than its credit, and everything is handed out in the end.
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "bus/groups_schedule.hpp"

namespace stormglass::bus {
namespace {

GroupTraits traits(KeyOrder order, OnDead on_dead, std::uint32_t attempts_max = 1'000) {
    GroupTraits made;
    made.group = "g";
    made.topic = "orders";
    made.order = order;
    made.on_dead = on_dead;
    made.attempts_max = attempts_max;
    return made;
}

// A topic, a group and its schedule, driven as the broker drives them.
class Driven {
  public:
    explicit Driven(GroupTraits made, ScheduleLimits limits = {})
        : topic_(topics.declare("orders")),
          state(std::move(made)),
          schedule(state, topics, sound_rules(), limits) {}

    void publish(std::uint64_t key) {
        StoredEvent event;
        event.at.size = 1;
        event.key = topics[topic_].intern("key-" + std::to_string(key));
        topics[topic_].append(event);
    }

    const Topic& topic() const { return topics[topic_]; }

    void ack(Position position) {
        state.settle(position);
        schedule.settled(position);
    }

    void die(Position position) {
        DeadLetter letter;
        letter.group = "g";
        letter.topic = "orders";
        letter.position = position;
        state.bury(letter, topic().at(position).key);
        state.settle(position);
        schedule.dead(position);
    }

    Topics topics;
    TopicId topic_;
    GroupState state;
    Schedule schedule;
    MonotonicTime now{1};
};

class Run {
  public:
    Run(KeyOrder order, OnDead on_dead)
        : order_(order),
          on_dead_(on_dead),
          driven_(traits(order, on_dead)) {}

    void step() {
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
                driven_.publish(*rc::gen::inRange<std::uint64_t>(0, 4));
                return;
            case 1:
                join();
                return;
            case 2:
                leave();
                return;
            case 3:
                driven_.now = driven_.now + milliseconds(*rc::gen::inRange(0, 1'500));
                time_out();
                return;
            default:
                answer_or_take();
        }
    }

    // All members answer everything: each event ends settled, dead or parked.
    void finish() {
        members_[1] = 4;
        driven_.schedule.join(1, 4);
        for (int idle = 0; idle < 3; ++idle) {
            driven_.now = driven_.now + seconds(60);
            time_out();
            while (take()) {
                idle = 0;
                while (!out_.empty()) {
                    ack(out_.begin()->first);
                }
            }
        }
        for (Position position = 0; position < driven_.topic().length(); ++position) {
            const KeyId key = driven_.topic().at(position).key;
            const bool parked = dead_keys_.contains(key) && position > dead_keys_.at(key);
            RC_ASSERT((driven_.state.settled(position) || parked));
        }
    }

  private:
    void join() {
        const auto member = *rc::gen::inRange<MemberId>(1, 4);
        const auto credit = *rc::gen::inRange<std::uint32_t>(1, 4);
        members_[member] = credit;
        driven_.schedule.join(member, credit);
    }

    void leave() {
        const auto member = *rc::gen::inRange<MemberId>(1, 4);
        std::vector<Schedule::Unanswered> held;
        driven_.schedule.leave(member, held);
        members_.erase(member);
        std::size_t expected = 0;
        for (const auto& [position, handout] : out_) {
            expected += handout.member == member ? 1 : 0;
        }
        RC_ASSERT(held.size() == expected);
        for (const Schedule::Unanswered& of : held) {
            out_.erase(of.position);
            driven_.schedule.retry(of.position, driven_.now + milliseconds(300));
        }
    }

    void time_out() {
        while (const auto of = driven_.schedule.take_overdue(driven_.now)) {
            RC_ASSERT(out_.contains(of->position));
            RC_ASSERT(out_.at(of->position).attempt == of->attempt);
            out_.erase(of->position);
            driven_.schedule.retry(of->position, driven_.now + milliseconds(300));
        }
    }

    void answer_or_take() {
        if (out_.empty() || *rc::gen::arbitrary<bool>()) {
            take();
            return;
        }
        auto at = out_.begin();
        std::advance(at, *rc::gen::inRange<std::size_t>(0, out_.size()));
        const Position position = at->first;
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                out_.erase(position);
                driven_.schedule.retry(position, driven_.now + milliseconds(200));
                return;
            case 1: {
                const KeyId key = driven_.topic().at(position).key;
                out_.erase(position);
                if (on_dead_ == OnDead::block_key && order_ == KeyOrder::per_key) {
                    dead_keys_.emplace(key, position);
                }
                driven_.die(position);
                return;
            }
            default:
                ack(position);
        }
    }

    void ack(Position position) {
        out_.erase(position);
        last_[driven_.topic().at(position).key] = position;
        driven_.ack(position);
    }

    bool take() {
        const auto handout = driven_.schedule.next(driven_.now);
        if (!handout.has_value()) {
            return false;
        }
        const KeyId key = driven_.topic().at(handout->position).key;
        RC_ASSERT(!driven_.state.settled(handout->position));
        // RapidCheck takes expressions apart and evaluates both sides of an `||`.
        const auto dead = dead_keys_.find(key);
        RC_ASSERT((dead == dead_keys_.end() || handout->position < dead->second));
        std::uint32_t held = 0;
        for (const auto& [position, other] : out_) {
            RC_ASSERT(position != handout->position);
            const KeyId other_key = driven_.topic().at(position).key;
            RC_ASSERT((order_ == KeyOrder::none || other_key != key));
            held += other.member == handout->member ? 1 : 0;
        }
        RC_ASSERT(members_.contains(handout->member));
        RC_ASSERT(held < members_.at(handout->member));
        RC_ASSERT(attempts_[handout->position] + 1 == handout->attempt);
        attempts_[handout->position] = handout->attempt;
        if (order_ == KeyOrder::per_key && last_.contains(key)) {
            RC_ASSERT(handout->position > last_.at(key));
        }
        out_[handout->position] = *handout;
        return true;
    }

    KeyOrder order_;
    OnDead on_dead_;
    Driven driven_;
    std::map<MemberId, std::uint32_t> members_;
    std::map<Position, Schedule::Handout> out_;
    std::map<Position, std::uint32_t> attempts_;
    std::map<KeyId, Position> last_;
    std::map<KeyId, Position> dead_keys_;
};

RC_GTEST_PROP(Schedule, keeps_order_credit_and_forgets_nothing, ()) {
    Run run(*rc::gen::element(KeyOrder::per_key, KeyOrder::none),
            *rc::gen::element(OnDead::block_key, OnDead::skip));
    for (int steps = *rc::gen::inRange(0, 200); steps > 0; --steps) {
        run.step();
    }
    run.finish();
}

TEST(Schedule, takes_turns_among_equals) {
    Driven driven(traits(KeyOrder::per_key, OnDead::skip));
    for (std::uint64_t n = 0; n < 9; ++n) {
        driven.publish(n);
    }
    for (const MemberId member : {1U, 2U, 3U}) {
        driven.schedule.join(member, 10);
    }
    std::map<MemberId, int> count;
    while (const auto handout = driven.schedule.next(driven.now)) {
        ++count[handout->member];
    }
    EXPECT_EQ(count, (std::map<MemberId, int>{{1, 3}, {2, 3}, {3, 3}}));
}

TEST(Schedule, an_event_without_attempts_left_is_not_handed_out_again) {
    Driven driven(traits(KeyOrder::per_key, OnDead::skip, 2));
    driven.publish(1);
    Attempt attempt;
    attempt.number = 2;
    driven.state.on_delivered(0, attempt);  // by the life before
    driven.schedule.join(1, 1);
    EXPECT_FALSE(driven.schedule.next(driven.now).has_value());
    const auto of = driven.schedule.take_overdue(driven.now);
    ASSERT_TRUE(of.has_value());
    EXPECT_EQ(of->attempt, 2U);
}

TEST(Schedule, pauses_when_too_many_are_parked_behind_a_key) {
    ScheduleLimits limits;
    limits.parked_per_key_max = 3;
    Driven driven(traits(KeyOrder::per_key, OnDead::block_key), limits);
    for (int n = 0; n < 6; ++n) {
        driven.publish(1);
    }
    driven.publish(2);
    driven.schedule.join(1, 10);
    EXPECT_EQ(driven.schedule.next(driven.now)->position, 0U);
    driven.die(0);
    static_cast<void>(driven.schedule.next(driven.now));
    std::vector<Position> parked;
    driven.schedule.take_parked(parked);
    EXPECT_GE(parked.size(), 3U);
    EXPECT_TRUE(driven.schedule.paused());
}

TEST(Schedule, looks_at_no_more_than_its_window) {
    ScheduleLimits limits;
    limits.window_max = 8;
    Driven driven(traits(KeyOrder::per_key, OnDead::skip), limits);
    for (int n = 0; n < 100; ++n) {
        driven.publish(n < 50 ? 1 : static_cast<std::uint64_t>(n));
    }
    driven.schedule.join(1, 100);
    EXPECT_TRUE(driven.schedule.next(driven.now).has_value());
    EXPECT_FALSE(driven.schedule.next(driven.now).has_value());
    for (Position position = 0; position < 50; ++position) {
        driven.ack(position);
        while (driven.schedule.next(driven.now).has_value()) {
        }
    }
    EXPECT_EQ(driven.schedule.in_flight_count(), 8U);
}

TEST(Schedule, a_settlement_before_its_turn_takes_an_event_out_of_its_line) {
    Driven driven(traits(KeyOrder::per_key, OnDead::skip));
    for (int n = 0; n < 3; ++n) {
        driven.publish(1);
    }
    driven.schedule.join(1, 10);
    EXPECT_EQ(driven.schedule.next(driven.now)->position, 0U);
    EXPECT_FALSE(driven.schedule.next(driven.now).has_value());
    driven.ack(1);  // answered under a receipt of the life before
    driven.ack(0);
    EXPECT_EQ(driven.schedule.next(driven.now)->position, 2U);
}

}  // namespace
}  // namespace stormglass::bus
