#include "bus/groups_schedule.hpp"

#include <algorithm>
#include <limits>

#include "runtime/check.hpp"

namespace stormglass::bus {

Schedule::Schedule(const GroupState& state,
                   const Topics& topics,
                   const Rules& rules,
                   const ScheduleLimits& limits)
    : state_(&state),
      topics_(&topics),
      rules_(&rules),
      limits_(limits),
      cursor_(state.floor()) {
    CHECK(limits_.visibility.ns > 0);
}

void Schedule::join(MemberId member, std::uint32_t credit) {
    CHECK(credit > 0);
    if (Member* known = find_member(member)) {
        known->credit = credit;
        return;
    }
    members_.push_back({member, credit, 0});
}

void Schedule::leave(MemberId member, std::vector<Unanswered>& held) {
    const auto at = std::find_if(
        members_.begin(), members_.end(), [&](const Member& m) { return m.id == member; });
    if (at == members_.end()) {
        return;
    }
    const std::size_t before = held.size();
    for (const auto& [deadline, position] : deadlines_) {
        const Item& item = *find(position);
        if (item.member == member) {
            held.push_back({position, item.attempts});
        }
    }
    for (std::size_t i = before; i < held.size(); ++i) {
        Item& item = *find(held[i].position);
        stop(held[i].position, item);
        item.state = State::dying;
    }
    CHECK(at->in_flight == 0);
    members_.erase(at);
}

Schedule::Member* Schedule::find_member(MemberId id) {
    for (Member& member : members_) {
        if (member.id == id) {
            return &member;
        }
    }
    return nullptr;
}

// The member with the fewest deliveries under way; among equals they take turns. Groups have few
// members, so a walk over them is as good as any structure.
Schedule::Member* Schedule::pick_member() {
    Member* best = nullptr;
    for (std::size_t n = 0; n < members_.size(); ++n) {
        Member& member = members_[(turn_ + n) % members_.size()];
        if (member.in_flight < member.credit &&
            (best == nullptr || member.in_flight < best->in_flight)) {
            best = &member;
        }
    }
    if (best != nullptr) {
        turn_ = static_cast<std::size_t>(best - members_.data()) + 1;
    }
    return best;
}

std::optional<Schedule::Handout> Schedule::next(MonotonicTime now) {
    wake(now);
    if (members_.empty() || !may_have_more()) {
        return std::nullopt;
    }
    Member* member = pick_member();
    if (member == nullptr) {
        return std::nullopt;
    }
    while (ready_.empty()) {
        if (!pull()) {
            return std::nullopt;
        }
    }
    const Position position = *ready_.begin();
    ready_.erase(ready_.begin());
    Item& item = *find(position);
    CHECK(item.state == State::ready);
    item.state = State::in_flight;
    item.member = member->id;
    item.at = now + limits_.visibility;
    ++item.attempts;
    ++member->in_flight;
    deadlines_.emplace(item.at, position);
    return Handout{position, item.attempts, member->id};
}

bool Schedule::may_have_more() const {
    return !ready_.empty() || (cursor_ < topic().length() && !paused_);
}

bool Schedule::pull() {
    if (paused_ || cursor_ >= topic().length() || items_.size() >= limits_.window_max) {
        return false;
    }
    pull_one(cursor_++);
    return true;
}

void Schedule::pull_one(Position position) {
    if (state_->settled(position)) {
        return;
    }
    const KeyId key = topic().at(position).key;
    const std::uint32_t attempts = state_->attempts(position);
    if (attempts > 0) {
        // Nobody in this life has handed it out: it was under way when the last one ended.
        const PendingDelivery pending{
            state_->traits().group, state_->traits().topic, position, attempts};
        if (!rules_->redeliver_after_recovery(pending)) {
            return;
        }
    }
    if (state_->blocked(key) && position > state_->blocked_by(key)) {
        park(position, key);
        return;
    }
    Item& item = items_[position];
    item.key = key;
    item.attempts = attempts;
    if (in_lines()) {
        Line& line = lines_[key];
        if (line.first != kNone) {
            find(line.last)->behind = position;
            line.last = position;
            return;
        }
        line = {position, position};
    }
    make_ready(position, item);
}

void Schedule::make_ready(Position position, Item& item) {
    if (item.attempts >= state_->traits().attempts_max) {
        item.state = State::dying;
        exhausted_.push_back({position, item.attempts});
        return;
    }
    item.state = State::ready;
    ready_.insert(position);
}

void Schedule::park(Position position, KeyId key) {
    parked_.push_back(position);
    if (++parked_count_[key] >= limits_.parked_per_key_max) {
        paused_ = true;
    }
}

Schedule::Item* Schedule::find(Position position) {
    const auto at = items_.find(position);
    return at == items_.end() ? nullptr : &at->second;
}

bool Schedule::in_flight(Position position, std::uint32_t attempt) const {
    const auto at = items_.find(position);
    return at != items_.end() && at->second.state == State::in_flight &&
           at->second.attempts == attempt;
}

// Takes the item out of whatever set its state keeps it in.
void Schedule::stop(Position position, Item& item) {
    switch (item.state) {
        case State::in_flight: {
            CHECK(deadlines_.erase({item.at, position}) == 1);
            Member* member = find_member(item.member);
            CHECK(member != nullptr && member->in_flight > 0);
            --member->in_flight;
            return;
        }
        case State::waiting_retry:
            CHECK(retries_.erase({item.at, position}) == 1);
            return;
        case State::ready:
            CHECK(ready_.erase(position) == 1);
            return;
        case State::queued:
        case State::dying:
        case State::gone:
            return;
    }
}

void Schedule::settled(Position position) {
    Item* item = find(position);
    if (item == nullptr) {
        return;  // not looked at yet, or parked
    }
    const bool first = item->state != State::queued;
    stop(position, *item);
    if (!first) {
        item->state = State::gone;  // its line skips it when it comes to it
        return;
    }
    remove(position);
}

void Schedule::remove(Position position) {
    const Item item = *find(position);
    items_.erase(position);
    if (!in_lines()) {
        return;
    }
    Line& line = lines_.at(item.key);
    CHECK(line.first == position);
    line.first = item.behind;
    advance_line(item.key);
}

void Schedule::advance_line(KeyId key) {
    Line& line = lines_.at(key);
    while (line.first != kNone) {
        const Position position = line.first;
        Item& item = *find(position);
        const bool blocked = state_->blocked(key) && position > state_->blocked_by(key);
        if (item.state != State::gone && !blocked) {
            make_ready(position, item);
            return;
        }
        if (item.state != State::gone) {
            park(position, key);
        }
        line.first = item.behind;
        items_.erase(position);
    }
    lines_.erase(key);
}

void Schedule::dead(Position position) {
    settled(position);  // the line it leaves behind parks what the group's policy says
}

void Schedule::retry(Position position, MonotonicTime due) {
    Item* item = find(position);
    if (item == nullptr || item->state == State::queued || item->state == State::gone) {
        return;
    }
    stop(position, *item);
    item->state = State::waiting_retry;
    item->at = due;
    retries_.emplace(due, position);
}

void Schedule::extend(Position position, MonotonicTime deadline) {
    Item* item = find(position);
    if (item == nullptr || item->state != State::in_flight) {
        return;
    }
    CHECK(deadlines_.erase({item->at, position}) == 1);
    item->at = deadline;
    deadlines_.emplace(deadline, position);
}

void Schedule::dying(Position position) {
    Item* item = find(position);
    if (item == nullptr || item->state == State::queued || item->state == State::gone) {
        return;
    }
    stop(position, *item);
    item->state = State::dying;
}

void Schedule::wake(MonotonicTime now) {
    while (!retries_.empty() && retries_.begin()->first <= now) {
        const Position position = retries_.begin()->second;
        retries_.erase(retries_.begin());
        Item& item = *find(position);
        CHECK(item.state == State::waiting_retry);
        make_ready(position, item);
    }
}

std::optional<Schedule::Unanswered> Schedule::take_overdue(MonotonicTime now) {
    if (!exhausted_.empty()) {
        const Unanswered taken = exhausted_.back();
        exhausted_.pop_back();
        return taken;
    }
    if (deadlines_.empty() || deadlines_.begin()->first > now) {
        return std::nullopt;
    }
    const Position position = deadlines_.begin()->second;
    Item& item = *find(position);
    stop(position, item);
    item.state = State::dying;  // until the broker says what comes next
    return Unanswered{position, item.attempts};
}

MonotonicTime Schedule::next_due() const {
    MonotonicTime due{std::numeric_limits<std::uint64_t>::max()};
    if (!exhausted_.empty()) {
        return {0};
    }
    if (!deadlines_.empty()) {
        due = std::min(due, deadlines_.begin()->first);
    }
    if (!retries_.empty()) {
        due = std::min(due, retries_.begin()->first);
    }
    return due;
}

void Schedule::take_parked(std::vector<Position>& parked) {
    parked.insert(parked.end(), parked_.begin(), parked_.end());
    parked_.clear();
}

}  // namespace stormglass::bus
