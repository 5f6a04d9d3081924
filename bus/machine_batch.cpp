// The one write: how the machine judges and applies a batch.
#include <limits>

#include "bus/machine.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

Refusal refusal_of(ReplayVerdict verdict) {
    switch (verdict) {
        case ReplayVerdict::fresh:
        case ReplayVerdict::duplicate:
        case ReplayVerdict::pending:
            return Refusal::none;
        case ReplayVerdict::reused:
            return Refusal::seq_reused;
        case ReplayVerdict::abandoned:
            return Refusal::seq_gap;
        case ReplayVerdict::stale_epoch:
            return Refusal::epoch_stale;
        case ReplayVerdict::epoch_jump:
            return Refusal::epoch_jump;
        case ReplayVerdict::sequence_jump:
            return Refusal::sequence_invalid;
        case ReplayVerdict::too_many_holes:
            return Refusal::overloaded;
    }
    CHECK(false);
}

}  // namespace

SequenceRun Machine::run_of_batch() {
    digests_.clear();
    for (const entry::BatchEvent& event : batch_.events) {
        digests_.push_back(event.digest);
    }
    return {batch_.source, batch_.epoch, batch_.first, digests_};
}

void Machine::apply_batch(const CommittedEntry& committed) {
    const SequenceRun run = run_of_batch();
    if (!batch_.link_bound || (batch_.events.empty() != (batch_.first == 0))) {
        applied_.refusal = Refusal::unbound;  // ingress lets none of these through
        return;
    }
    if (answered_before()) {
        return;
    }
    if (const Refusal refusal = judge_replay(run); refusal != Refusal::none) {
        applied_.refusal = refusal;  // nothing was used: not these sequences, not by these events
        return;
    }
    applied_.refusal = judge_batch();
    if (!batch_.events.empty()) {
        replay_.accept(run);
    }
    if (applied_.refusal == Refusal::none) {
        for (const Condition& condition : batch_.conditions) {
            if (condition.kind == Condition::Kind::fence) {
                std::uint64_t& current = fences_[std::string(condition.name)];
                current = std::max(current, condition.value);
            }
        }
        store_events(committed);
        for (const Settlement& settlement : batch_.settlements) {
            settle(settlement);
        }
    }
    remember(applied_.refusal);
}

// A retry gets the answer of the first time, positions and refusal alike.
bool Machine::answered_before() {
    if (batch_.events.empty()) {
        const Refusal* before = replay_.find_settle_only(batch_.source, batch_.epoch, batch_.batch);
        if (before == nullptr) {
            return false;
        }
        applied_.duplicate = true;
        applied_.refusal = *before;
        return true;
    }
    const SequenceRun run{batch_.source, batch_.epoch, batch_.first, digests_};
    if (replay_.judge(run) != ReplayVerdict::duplicate) {
        return false;
    }
    applied_.duplicate = true;
    for (std::size_t i = 0; i < digests_.size(); ++i) {
        const Used* used = replay_.find(batch_.source, batch_.epoch, batch_.first + i);
        CHECK(used != nullptr);
        applied_.refusal = used->refusal;
        applied_.positions.push_back(used->position);
    }
    return true;
}

Refusal Machine::judge_replay(const SequenceRun& run) {
    if (!batch_.events.empty()) {
        return refusal_of(replay_.judge(run));
    }
    const ReplayState::Granted now = replay_.current(batch_.source);
    if (!now.any || batch_.epoch > now.epoch) {
        return Refusal::epoch_jump;  // never granted
    }
    return batch_.epoch < now.epoch ? Refusal::epoch_stale : Refusal::none;
}

Refusal Machine::judge_batch() {
    for (const Condition& condition : batch_.conditions) {
        if (const Refusal refusal = judge_condition(condition); refusal != Refusal::none) {
            return refusal;
        }
    }
    for (const Settlement& settlement : batch_.settlements) {
        if (const Refusal refusal = judge_settlement(settlement); refusal != Refusal::none) {
            return refusal;
        }
    }
    for (const entry::BatchEvent& event : batch_.events) {
        if (!topics_.has(event.topic)) {
            return Refusal::topic_unknown;
        }
    }
    return Refusal::none;
}

Refusal Machine::judge_condition(const Condition& condition) {
    if (condition.kind == Condition::Kind::fence) {
        const std::uint64_t current = fence(condition.name);
        if (rules_->fence_admits(condition.value, current)) {
            return Refusal::none;
        }
        applied_.fence_name = condition.name;
        applied_.fence_current = current;
        applied_.fence_presented = condition.value;
        return Refusal::fenced;
    }
    const Topic* topic = topics_.find(condition.name);
    if (topic == nullptr) {
        return Refusal::topic_unknown;
    }
    const std::uint64_t length = condition.kind == Condition::Kind::topic_length
                                     ? topic->length()
                                     : topic->key_length(condition.key);
    return length == condition.value ? Refusal::none : Refusal::condition;
}

Refusal Machine::judge_settlement(const Settlement& settlement) const {
    const GroupState* group = find_group(settlement.group, settlement.topic);
    if (group == nullptr) {
        return Refusal::unknown_group;
    }
    if (settlement.position >= topics_[group->traits().topic_id].length()) {
        return Refusal::unknown_position;
    }
    if (group->traits().mode == GroupMode::at_least_once) {
        return Refusal::none;  // a late answer changes nothing, and harms nothing
    }
    const bool outdated = settlement.receipt < group->attempts(settlement.position);
    return outdated || group->settled(settlement.position) ? Refusal::settled : Refusal::none;
}

void Machine::store_events(const CommittedEntry& committed) {
    for (std::size_t i = 0; i < batch_.events.size(); ++i) {
        const entry::BatchEvent& event = batch_.events[i];
        const TopicId id = topics_.id_of(event.topic);
        Topic& topic = topics_[id];
        StoredEvent stored;
        stored.at.segment = committed.body_at.segment;
        stored.at.offset = committed.body_at.offset +
                           static_cast<std::uint32_t>(event.event.data() - committed.body.data());
        stored.at.size = static_cast<std::uint32_t>(event.event.size());
        stored.key = topic.intern(event.key);
        stored.digest = event.digest.high;
        CHECK(stored.at.offset + stored.at.size <=
              committed.body_at.offset + committed.body_at.size);
        if (event.delay.ns > 0) {
            constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
            const std::int64_t due =
                batch_.at.ns > kLatest - event.delay.ns ? kLatest : batch_.at.ns + event.delay.ns;
            delayed_.emplace(DueKey(due, ++delayed_ever_), Delayed{id, stored});
            applied_.positions.push_back(kDelayed);
            continue;
        }
        const Position position = topic.append(stored);
        applied_.positions.push_back(position);
        applied_.stored.push_back({id, position, stored.at, i});
    }
}

void Machine::remember(Refusal refusal) {
    if (batch_.events.empty()) {
        replay_.record_settle_only(batch_.source, batch_.epoch, batch_.batch, refusal);
        return;
    }
    const SequenceRun run{batch_.source, batch_.epoch, batch_.first, digests_};
    for (std::size_t i = 0; i < batch_.events.size(); ++i) {
        Used used;
        used.digest = digests_[i];
        used.refusal = refusal;
        if (refusal == Refusal::none) {
            used.position = applied_.positions[i];
            used.topic = static_cast<std::uint16_t>(topics_.id_of(batch_.events[i].topic));
        } else {
            applied_.positions.push_back(0);
        }
        replay_.record(run, i, used);
    }
}

void Machine::settle(const Settlement& settlement) {
    GroupId id = 0;
    GroupState* group = find_group(settlement.group, settlement.topic, id);
    CHECK(group != nullptr);
    if (group->settled(settlement.position)) {
        return;
    }
    const bool current = settlement.receipt >= group->attempts(settlement.position);
    switch (settlement.verdict) {
        case Verdict::ack:
            group->settle(settlement.position);
            note_change(id, settlement, Applied::Change::acked);
            return;
        case Verdict::working:
            if (current) {
                note_change(id, settlement, Applied::Change::working);
            }
            return;
        case Verdict::nack:
        case Verdict::reject:
            if (current) {
                fail_or_bury(*group, id, settlement);
            }
            return;
    }
}

// A nack of the last attempt and a reject are dead letters, within the batch that says so.
void Machine::fail_or_bury(GroupState& group, GroupId id, const Settlement& settlement) {
    const bool reject = settlement.verdict == Verdict::reject;
    const auto end = reject ? entry::AttemptEnd::rejected : entry::AttemptEnd::nacked;
    group.on_ended(settlement.position, settlement.receipt, end, batch_.at);
    if (!reject && settlement.receipt < group.traits().attempts_max) {
        note_change(id, settlement, Applied::Change::nacked);
        return;
    }
    entry::Dead dead;
    dead.at = batch_.at;
    dead.of = {settlement.group, settlement.topic, settlement.position, settlement.receipt};
    dead.end = end;
    dead.reason = reject ? reason_of_reject(settlement.detail) : Reason::max_deliveries;
    dead.detail = settlement.detail;
    bury(group, id, dead);
    applied_.deliveries.back().verdict = settlement.verdict;
}

void Machine::note_change(GroupId id, const Settlement& settlement, Applied::Change change) {
    applied_.deliveries.push_back({id,
                                   settlement.position,
                                   settlement.receipt,
                                   change,
                                   settlement.delay,
                                   settlement.verdict});
}

}  // namespace stormglass::bus
