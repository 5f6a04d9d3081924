// Deliveries: hands events of every group to its members, and follows each until it is settled.
// What is volatile about a delivery is here; what is decided about it comes from the machine.
#pragma once

#include <memory>
#include <vector>

#include "bus/broker_core.hpp"
#include "bus/groups_schedule.hpp"

namespace stormglass::bus {

class Deliveries {
  public:
    explicit Deliveries(BrokerCore& core) : core_(&core) {}

    /// Follows the machine's groups; call when serving begins and when a group was created.
    void open_groups();

    void join(GroupId group, MemberId member, std::uint32_t credit);
    /// What the member held is tried again.
    void leave(GroupId group, MemberId member, Moment now, Effects& out);

    /// What an entry changed, noted unless an earlier life has.
    enum class Noting : std::uint8_t { quiet, noted };
    void on_applied(const Applied& applied, Noting noting, Moment now, Effects& out);

    /// Time-outs, retries, hand-outs: call at the end of a step.
    void pump(Moment now, Effects& out);

    /// When `pump` has something to do without an input.
    MonotonicTime next_due() const;

    /// Deliveries that wait for bytes from the disk.
    std::size_t waiting_for_bytes() const { return jobs_.size(); }

    /// Deliveries under way to members, over all groups.
    std::size_t in_flight() const;

  private:
    struct Job {
        GroupId group = 0;
        Schedule::Handout handout;
    };

    /// A letter whose trace is not noted yet: it stands in the event's bytes.
    struct Untraced {
        GroupId group = 0;
        Position position = 0;
        std::uint64_t index = 0;  // of the letter's entry
    };

    struct Letter {
        GroupId group = 0;
        Position position = 0;
        std::uint32_t attempt = 0;
    };

    void note_settled(const Applied::Delivery& change, Effects& out) const;
    void note_dead(const Applied::Delivery& change, Effects& out);
    bool note_trace(GroupId group, Position position, std::uint64_t index, Effects& out);
    void follow(const Applied::Delivery& change, Moment now, Effects& out);
    void fail(
        GroupId group, Schedule::Unanswered of, entry::AttemptEnd end, Moment now, Effects& out);
    void bury(GroupId group, Schedule::Unanswered of, entry::AttemptEnd end, Moment now);
    void retry(GroupId group,
               Schedule::Unanswered of,
               std::string_view cause,
               Duration at_least,
               Moment now,
               Effects& out);
    void hand_out(GroupId group, Moment now, Effects& out);
    bool send(const Job& job, Effects& out);
    void propose_records(Moment now);
    entry::AttemptRef ref(GroupId group, Position position, std::uint32_t attempt) const;

    BrokerCore* core_;
    std::vector<std::unique_ptr<Schedule>> schedules_;  // by GroupId
    std::vector<Job> jobs_;                             // in order of hand-out
    std::vector<Untraced> untraced_;
    std::vector<Letter> to_settle_;  // letters whose settlement comes apart
    entry::Delivered delivered_;
    entry::Failed failed_;
    std::vector<Schedule::Unanswered> held_;
    std::vector<Position> parked_;
};

}  // namespace stormglass::bus
