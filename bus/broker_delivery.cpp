#include "bus/broker_delivery.hpp"

#include <algorithm>
#include <limits>

#include "bus/notes.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::ack:
            return "ack";
        case Verdict::nack:
            return "nack";
        case Verdict::working:
            return "working";
        case Verdict::reject:
            return "reject";
    }
    CHECK(false);
}

constexpr std::size_t kRecordsPerEntry = 64;     // 600 bytes each at most: fits any segment
constexpr Duration kExtensionMax = minutes(60);  // of a delivery by `working`
constexpr Duration kNackDelayMax = minutes(7 * 24 * 60);

// min(cap, base * 2^(attempt-1)) * U(0.5, 1), in integers.
Duration backoff(const BrokerTimeouts& timeouts, std::uint32_t attempt, std::uint64_t draw) {
    CHECK(attempt > 0);
    std::int64_t delay = timeouts.retry_base.ns;
    for (std::uint32_t n = 1; n < attempt && delay < timeouts.retry_cap.ns; ++n) {
        delay *= 2;
    }
    delay = std::min(delay, timeouts.retry_cap.ns);
    const auto half = static_cast<std::uint64_t>(delay / 2);
    return {delay / 2 + static_cast<std::int64_t>(bounded(draw, half + 1))};
}

}  // namespace

void Deliveries::open_groups() {
    const Machine& machine = core_->machine;
    ScheduleLimits limits;
    limits.visibility = core_->options.timeouts.visibility;
    limits.window_max = core_->options.limits.window_max;
    limits.parked_per_key_max = core_->options.limits.parked_per_key_max;
    for (auto id = static_cast<GroupId>(schedules_.size()); id < machine.group_count(); ++id) {
        schedules_.push_back(
            std::make_unique<Schedule>(machine.group(id), machine.topics(), core_->rules, limits));
    }
}

void Deliveries::join(GroupId group, MemberId member, std::uint32_t credit) {
    CHECK(group < schedules_.size());
    schedules_[group]->join(member, credit);
}

void Deliveries::leave(GroupId group, MemberId member, Moment now, Effects& out) {
    CHECK(group < schedules_.size());
    held_.clear();
    schedules_[group]->leave(member, held_);
    for (const Schedule::Unanswered& of : held_) {
        fail(group, of, entry::AttemptEnd::lapsed, now, out);
    }
}

// ---- what the machine decided ----

void Deliveries::on_applied(const Applied& applied, Noting noting, Moment now, Effects& out) {
    for (const Applied::Delivery& change : applied.deliveries) {
        if (noting == Noting::noted) {
            if (applied.kind == entry::Kind::batch) {
                note_settled(change, out);
            }
            note_dead(change, out);
        }
        if (change.group < schedules_.size()) {
            follow(change, now, out);
        }
    }
}

void Deliveries::note_settled(const Applied::Delivery& change, Effects& out) const {
    const GroupTraits& traits = core_->machine.group(change.group).traits();
    out.note(notes::kSettle,
             {{"index", core_->entry_index},
              {"group", traits.group},
              {"topic", traits.topic},
              {"position", change.position},
              {"attempt", change.attempt},
              {"verdict", name_of(change.verdict)}});
}

void Deliveries::note_dead(const Applied::Delivery& change, Effects& out) {
    if (change.change != Applied::Change::dead && change.change != Applied::Change::lettered) {
        return;
    }
    const GroupState& group = core_->machine.group(change.group);
    const DeadLetter* letter = group.dead(change.position);
    CHECK(letter != nullptr);
    out.note(notes::kDead,
             {{"index", core_->entry_index},
              {"group", letter->group},
              {"topic", letter->topic},
              {"position", letter->position},
              {"attempts", letter->attempts},
              {"reason", bus::name_of(letter->reason)},
              {"digest", letter->digest},
              {"key", letter->key}});
    COVER(out, "bus.dead-letter");
    untraced_.push_back({change.group, change.position, core_->entry_index});
}

// False when the event's bytes are still on their way from the disk.
bool Deliveries::note_trace(GroupId group, Position position, std::uint64_t index, Effects& out) {
    const GroupTraits& traits = core_->machine.group(group).traits();
    const StoredEvent& stored = core_->machine.topics()[traits.topic_id].at(position);
    const std::optional<Bytes> bytes = core_->event_bytes(stored, out);
    if (!bytes.has_value()) {
        return false;
    }
    const auto event = decode_event(*bytes);
    const auto created = event.ok() ? parse_trace_parent(event->trace_parent) : std::nullopt;
    if (!created.has_value()) {
        return true;  // accepted by an older version under other rules: nothing to tell
    }
    const TraceParentText trace =
        write_trace_parent(core_->rules.letter_context(*created, traits.group));
    out.note(notes::kDeadTrace,
             {{"index", index},
              {"group", traits.group},
              {"topic", traits.topic},
              {"position", position},
              {"created", event->trace_parent},
              {"trace", view_of(trace)}});
    return true;
}

void Deliveries::follow(const Applied::Delivery& change, Moment now, Effects& out) {
    Schedule& schedule = *schedules_[change.group];
    switch (change.change) {
        case Applied::Change::acked:
            schedule.settled(change.position);
            return;
        case Applied::Change::nacked:
            retry(change.group,
                  {change.position, change.attempt},
                  "nack",
                  std::min(change.delay, kNackDelayMax),
                  now,
                  out);
            return;
        case Applied::Change::working: {
            const Duration extension =
                change.delay.ns > 0 ? change.delay : core_->options.timeouts.visibility;
            schedule.extend(change.position, now.monotonic + std::min(extension, kExtensionMax));
            return;
        }
        case Applied::Change::dead:
        case Applied::Change::removed:
            schedule.dead(change.position);
            return;
        case Applied::Change::lettered:
            schedule.dying(change.position);
            to_settle_.push_back({change.group, change.position, change.attempt});
            return;
    }
}

// ---- what went unanswered ----

void Deliveries::fail(
    GroupId group, Schedule::Unanswered of, entry::AttemptEnd end, Moment now, Effects& out) {
    if (of.attempt >= core_->machine.group(group).traits().attempts_max) {
        bury(group, of, end, now);
        return;
    }
    failed_.items.push_back({ref(group, of.position, of.attempt), end});
    if (failed_.items.size() == kRecordsPerEntry) {
        propose_records(now);
    }
    retry(group, of, entry::name_of(end), {}, now, out);
}

void Deliveries::bury(GroupId group, Schedule::Unanswered of, entry::AttemptEnd end, Moment now) {
    entry::Dead dead;
    dead.at = core_->time(now);
    dead.of = ref(group, of.position, of.attempt);
    dead.end = end;
    dead.reason = Reason::max_deliveries;
    dead.detail = entry::name_of(end);
    propose_records(now);  // the letter's history comes before the letter
    core_->propose(entry::Kind::dead, dead, Urgency::urgent);
}

void Deliveries::retry(GroupId group,
                       Schedule::Unanswered of,
                       std::string_view cause,
                       Duration at_least,
                       Moment now,
                       Effects& out) {
    const GroupTraits& traits = core_->machine.group(group).traits();
    const std::uint64_t draw =
        out.draw("bus.retry-jitter", {name_hash(traits.group), of.position, of.attempt});
    const Duration wait =
        std::max(at_least, backoff(core_->options.timeouts, std::max(of.attempt, 1U), draw));
    const MonotonicTime due = now.monotonic + wait;
    schedules_[group]->retry(of.position, due);
    out.note(notes::kRetry,
             {{"group", traits.group},
              {"topic", traits.topic},
              {"position", of.position},
              {"attempt", of.attempt},
              {"cause", cause},
              {"due", due.ns}});
}

// ---- handing out ----

void Deliveries::pump(Moment now, Effects& out) {
    for (const Letter& letter : to_settle_) {
        entry::Buried buried;
        buried.at = core_->time(now);
        buried.of = ref(letter.group, letter.position, letter.attempt);
        core_->propose(entry::Kind::buried, buried, Urgency::urgent);
    }
    to_settle_.clear();
    std::erase_if(untraced_, [&](const Untraced& letter) {
        return note_trace(letter.group, letter.position, letter.index, out);
    });
    std::erase_if(jobs_, [&](const Job& job) {
        return !schedules_[job.group]->in_flight(job.handout.position, job.handout.attempt) ||
               send(job, out);
    });
    for (GroupId group = 0; group < schedules_.size(); ++group) {
        while (const auto of = schedules_[group]->take_overdue(now.monotonic)) {
            fail(group, *of, entry::AttemptEnd::timed_out, now, out);
        }
        hand_out(group, now, out);
    }
    propose_records(now);
}

void Deliveries::hand_out(GroupId group, Moment now, Effects& out) {
    Schedule& schedule = *schedules_[group];
    const GroupTraits& traits = core_->machine.group(group).traits();
    while (const auto handout = schedule.next(now.monotonic)) {
        CHECK(handout->attempt <= traits.attempts_max);
        delivered_.items.push_back({ref(group, handout->position, handout->attempt),
                                    core_->sources.at(handout->member).source});
        if (delivered_.items.size() == kRecordsPerEntry) {
            propose_records(now);
        }
        if (handout->attempt > 1) {
            COVER(out, "bus.redelivered");
        }
        const Job job{group, *handout};
        if (!send(job, out)) {
            jobs_.push_back(job);
        }
    }
    parked_.clear();
    schedule.take_parked(parked_);
    for (const Position position : parked_) {
        const Topic& topic = core_->machine.topics()[traits.topic_id];
        out.note(notes::kParked,
                 {{"group", traits.group},
                  {"topic", traits.topic},
                  {"position", position},
                  {"key", topic.key_name(topic.at(position).key)}});
    }
    if (schedule.paused() && !parked_.empty()) {
        out.note("bus.group-paused", {{"group", traits.group}, {"topic", traits.topic}});
    }
}

// False when its bytes are still on their way from the disk.
bool Deliveries::send(const Job& job, Effects& out) {
    const GroupTraits& traits = core_->machine.group(job.group).traits();
    const Topic& topic = core_->machine.topics()[traits.topic_id];
    const StoredEvent& event = topic.at(job.handout.position);
    const std::optional<Bytes> bytes = core_->event_bytes(event, out);
    if (!bytes.has_value()) {
        return false;
    }
    wire::Deliver frame;
    frame.group = traits.group;
    frame.position = job.handout.position;
    frame.attempt = job.handout.attempt;
    frame.event = *bytes;
    frame.attachment = core_->attachments.at(job.handout.member);
    if (traits.sharing == Sharing::exclusive) {
        const GroupOwner* owner = core_->machine.owner(traits.group);
        CHECK(owner != nullptr);
        frame.generation = owner->generation;
    }
    core_->send(job.handout.member, frame, out);
    out.note(notes::kDeliver,
             {{"group", traits.group},
              {"topic", traits.topic},
              {"position", job.handout.position},
              {"attempt", job.handout.attempt},
              {"member", core_->sources.at(job.handout.member).source},
              {"key", topic.key_name(event.key)}});
    return true;
}

// Records ride with the next entry that asks for the disk: they need not delay a delivery.
void Deliveries::propose_records(Moment now) {
    if (!delivered_.items.empty()) {
        delivered_.at = core_->time(now);
        core_->propose(entry::Kind::delivered, delivered_, Urgency::lazy);
        delivered_.items.clear();
    }
    if (!failed_.items.empty()) {
        failed_.at = core_->time(now);
        core_->propose(entry::Kind::failed, failed_, Urgency::lazy);
        failed_.items.clear();
    }
}

entry::AttemptRef Deliveries::ref(GroupId group, Position position, std::uint32_t attempt) const {
    const GroupTraits& traits = core_->machine.group(group).traits();
    return {traits.group, traits.topic, position, attempt};
}

MonotonicTime Deliveries::next_due() const {
    MonotonicTime due{std::numeric_limits<std::uint64_t>::max()};
    for (const auto& schedule : schedules_) {
        due = std::min(due, schedule->next_due());
    }
    return due;
}

std::size_t Deliveries::in_flight() const {
    std::size_t count = 0;
    for (const auto& schedule : schedules_) {
        count += schedule->in_flight_count();
    }
    return count;
}

}  // namespace stormglass::bus
