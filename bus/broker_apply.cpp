// What the broker does with entries that came back committed: apply, note, answer.
#include "bus/attributes.hpp"
#include "bus/broker.hpp"
#include "bus/notes.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {

void Broker::on_committed(const Committed& committed, Moment now, Effects& out) {
    core_.reader.add(committed.body_at, committed.body);
    core_.entry_index = committed.index;
    const Applied& applied =
        core_.machine.apply({committed.kind, committed.body_at, committed.body});
    if (!applied.understood) {
        core_.failure = Error{"journal.unknown-entry",
                              segment_name(committed.body_at.segment) + " at byte " +
                                  std::to_string(committed.body_at.offset) +
                                  ": an entry that this version does not know; start the version "
                                  "that wrote it"};
        return;
    }
    // An earlier life told what it had applied; what it may have died over is told again.
    const bool noted = committed.replayed != Replayed::surely;
    const bool live = committed.replayed == Replayed::no;
    const auto noting = noted ? Deliveries::Noting::noted : Deliveries::Noting::quiet;
    switch (applied.kind) {
        case entry::Kind::boot:
            if (live) {
                state_ = State::serving;
                std::erase_if(opening_, [&](const std::string& topic) {
                    return core_.machine.topics().has(topic);
                });
            }
            return;
        case entry::Kind::batch:
            on_batch(applied, noted, now, out);
            deliveries_.on_applied(applied, noting, now, out);
            return;
        case entry::Kind::dead:
        case entry::Kind::buried:
            deliveries_.on_applied(applied, noting, now, out);
            return;
        case entry::Kind::grant:
            on_grant(applied, noted, out);
            return;
        case entry::Kind::group:
            if (applied.applied && live) {
                members_.group_created(applied.group, now, out);
            }
            return;
        case entry::Kind::assignment: {
            const entry::Assignment& assignment = core_.machine.assignment();
            if (applied.applied && noted) {
                out.note(notes::kAssigned,
                         {{"index", core_.entry_index},
                          {"group", assignment.group},
                          {"source", assignment.source},
                          {"generation", assignment.generation}});
            }
            if (live) {
                members_.assigned(assignment, applied.applied, now, out);
            }
            return;
        }
        case entry::Kind::release:
            on_release(applied, noted, out);
            return;
        case entry::Kind::delivered:
        case entry::Kind::failed:
        case entry::Kind::refused:
        case entry::Kind::gap:
            return;
    }
}

void Broker::on_batch(const Applied& applied, bool noted, Moment, Effects& out) {
    const entry::Batch& batch = core_.machine.batch();
    if (!batch.events.empty()) {
        admission_.overlay().applied(batch.source, batch.epoch, batch.first);
    }
    if (noted) {
        note_batch(applied, out);
    }
    const MemberId member = core_.sources.by_name(batch.source);
    if (state_ != State::serving || batch.answer == entry::Answer::none ||
        member == SourceTable::kNone) {
        return;
    }
    auto& outcome = std::get<wire::Outcome>(outcome_);
    const bool accepted = applied.refusal == Refusal::none;
    outcome.batch = batch.batch;
    outcome.status = accepted ? wire::OutcomeStatus::accepted : wire::OutcomeStatus::refused;
    outcome.duplicate = applied.duplicate;
    outcome.code = code_of(applied.refusal);
    outcome.positions.clear();
    if (accepted) {
        outcome.positions.assign(applied.positions.begin(), applied.positions.end());
    }
    core_.send(member, outcome_, out);
}

void Broker::note_batch(const Applied& applied, Effects& out) {
    const entry::Batch& batch = core_.machine.batch();
    for (const Applied::Stored& stored : applied.stored) {
        const entry::BatchEvent& event = batch.events[stored.event];
        out.note(notes::kStored,
                 {{"index", core_.entry_index},
                  {"topic", event.topic},
                  {"position", stored.position},
                  {"source", batch.source},
                  {"epoch", batch.epoch},
                  {"sequence", batch.first + stored.event},
                  {"digest", event.digest.high},
                  {"key", event.key},
                  {"event", event.event}});
    }
    if (applied.refusal == Refusal::none || applied.duplicate) {
        return;
    }
    out.note(notes::kRefused,
             {{"index", core_.entry_index},
              {"code", code_of(applied.refusal)},
              {"from", node_of(batch.source).value},
              {"epoch", batch.epoch},
              {"sequence", batch.first},
              {"source", batch.source},
              {"security", 0}});
    if (applied.refusal == Refusal::fenced) {
        out.note(notes::kFenced,
                 {{"index", core_.entry_index},
                  {"name", applied.fence_name},
                  {"presented", applied.fence_presented},
                  {"current", applied.fence_current},
                  {"source", batch.source}});
    }
}

void Broker::on_grant(const Applied& applied, bool noted, Effects& out) {
    const entry::Grant& grant = core_.machine.grant();
    const MemberId member = core_.sources.by_name(grant.source);
    if (member == SourceTable::kNone) {
        return;  // declared no more
    }
    const SourceOptions& source = core_.sources.at(member);
    if (applied.applied && noted) {
        out.note(notes::kGranted,
                 {{"index", core_.entry_index},
                  {"source", grant.source},
                  {"epoch", grant.epoch},
                  {"from", source.node.value}});
    }
    PendingGrant& pending = grants_[member];
    if (pending.any && pending.nonce == grant.nonce) {
        pending.any = false;
        if (applied.applied) {
            just_granted_.push_back(member);
        }
    }
    CHECK(grants_.size() == core_.sources.size());
}

void Broker::on_release(const Applied& applied, bool noted, Effects& out) {
    if (releasing_ > 0) {
        --releasing_;
    }
    COVER(out, "bus.delayed-released");
    if (noted) {
        for (const Applied::Stored& stored : applied.stored) {
            released_unnoted_.push_back({stored, core_.entry_index});
        }
    }
}

// An event that waited may be long out of the cache: its note waits for its bytes.
void Broker::note_released(Effects& out) {
    std::erase_if(released_unnoted_, [&](const Released& released) {
        const Applied::Stored& stored = released.stored;
        const Topic& topic = core_.machine.topics()[stored.topic];
        const StoredEvent& event = topic.at(stored.position);
        const std::optional<Bytes> bytes = core_.event_bytes(event, out);
        if (!bytes.has_value()) {
            return false;
        }
        const EventOutline outline = outline_of(*bytes);
        out.note(notes::kStored,
                 {{"index", released.index},
                  {"topic", topic.name()},
                  {"position", stored.position},
                  {"source", outline.source},
                  {"epoch", outline.epoch},
                  {"sequence", outline.sequence},
                  {"digest", event.digest},
                  {"key", topic.key_name(event.key)},
                  {"event", *bytes}});
        return true;
    });
}

NodeId Broker::node_of(std::string_view source) const {
    const MemberId member = core_.sources.by_name(source);
    return member == SourceTable::kNone ? NodeId{} : core_.sources.at(member).node;
}

// Everything is read back; serving begins once the entry that says so is applied.
void Broker::on_serving(const RecoveryStats& stats, Moment now, Effects& out) {
    core_.clock.not_before(core_.machine.latest(), now);
    if (stats.entries > 0) {
        COVER(out, "bus.recovered");
    }
    out.note(notes::kRecovered,
             {{"entries", stats.entries}, {"bytes", stats.bytes}, {"cut", stats.cut}});
    deliveries_.open_groups();
    entry::Boot boot;
    boot.at = core_.time(now);
    for (const std::string& topic : core_.options.topics) {
        boot.topics.push_back(topic);
    }
    core_.propose(entry::Kind::boot, boot, Urgency::urgent);
}

void Broker::on_halted(const Error& why, Moment, Effects& out) {
    halt(why, out);
}

}  // namespace stormglass::bus
