// What the broker does with frames from sessions: bind them to a source, admit them, turn them into
// entries or answers.
#include <algorithm>

#include "bus/attributes.hpp"
#include "bus/broker.hpp"
#include "bus/notes.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {

// A frame of a session over a link that is not its own: a copy or an imposture, whatever it asks.
void Broker::refuse_unbound(NodeId from, std::string_view source, Moment now, Effects& out) {
    SecurityRefusal refusal;
    refusal.from = from;
    refusal.code = "EV_REPLAY";
    refusal.source = source;
    refusal.bytes = frame_bytes_;
    quarantine_.refuse(refusal, now, out);
}

// ---- sessions ----

void Broker::on_frame(
    NodeId from, MemberId member, const wire::Attach& frame, Moment now, Effects& out) {
    if (member == SourceTable::kNone || core_.sources.at(member).source != frame.source) {
        refuse_unbound(from, frame.source, now, out);
        return;
    }
    const ReplayState& replay = core_.machine.replay();
    const ReplayState::Granted current = replay.current(frame.source);
    PendingGrant& pending = grants_[member];
    if (current.any && current.nonce == frame.nonce && !pending.any) {
        welcome(member, current, now, out);
        return;
    }
    const bool over = (current.any && current.nonce == frame.nonce) ||
                      replay.is_previous(frame.source, frame.nonce);
    if (over || pending.any) {
        return;  // a late copy from a life that is over; or one is on its way already
    }
    pending = {frame.nonce, true};
    entry::Grant grant;
    grant.at = core_.time(now);
    grant.source = frame.source;
    grant.nonce = frame.nonce;
    grant.epoch = current.epoch + 1;
    core_.propose(entry::Kind::grant, grant, Urgency::urgent);
}

void Broker::welcome(MemberId member,
                     const ReplayState::Granted& granted,
                     Moment now,
                     Effects& out) {
    const std::uint64_t attachment = members_.attached(member, granted.epoch, now, out);
    core_.send(member, wire::Attached{granted.nonce, granted.epoch, attachment}, out);
}

void Broker::on_frame(
    NodeId from, MemberId member, const wire::Subscribe& frame, Moment now, Effects& out) {
    if (member == SourceTable::kNone) {
        refuse_unbound(from, {}, now, out);
        return;
    }
    if (!members_.touch(member, frame.attachment, now)) {
        core_.send(member, wire::Unattached{frame.attachment}, out);
        return;
    }
    open_topic(frame.subscription.topic, now);
    members_.subscribe(member, frame.subscription, now, out);
}

void Broker::on_frame(
    NodeId from, MemberId member, const wire::Heartbeat& frame, Moment now, Effects& out) {
    if (member == SourceTable::kNone) {
        refuse_unbound(from, {}, now, out);
        return;
    }
    if (!members_.touch(member, frame.attachment, now)) {
        core_.send(member, wire::Unattached{frame.attachment}, out);
        return;
    }
    members_.remind(member, out);
}

void Broker::on_frame(
    NodeId from, MemberId member, const wire::Read& frame, Moment now, Effects& out) {
    if (member == SourceTable::kNone) {
        refuse_unbound(from, {}, now, out);
        return;
    }
    reads_.on_read(member, frame, out);
}

// ---- batches ----

void Broker::on_frame(
    NodeId from, MemberId member, const wire::PublishBatch& frame, Moment now, Effects& out) {
    if (member != SourceTable::kNone) {
        members_.seen(member, frame.epoch, now);
    }
    if (!frame.events.empty()) {
        on_events(from, member, frame, now, out);
    } else if (member == SourceTable::kNone) {
        refuse_unbound(from, {}, now, out);
    } else {
        on_settle_only(member, frame, now, out);
    }
}

void Broker::on_frame(
    NodeId from, MemberId member, const wire::Emit& frame, Moment now, Effects& out) {
    if (!fits(1)) {
        refuse_size(from, member, nullptr, out);
        return;
    }
    emitted_.assign(1, {frame.event, {}});
    AdmissionRequest request;
    request.from = from;
    request.events = emitted_;
    request.now = core_.time(now);
    request.any_epoch = true;
    if (member != SourceTable::kNone &&
        replica_.held_bytes() > core_.options.limits.in_flight_bytes_max) {
        return;  // nobody waits for an answer, and a lost emit is allowed
    }
    const AdmissionVerdict& verdict = admission_.judge(request);
    if (verdict.kind != AdmissionVerdict::Kind::admitted) {
        conclude(request, verdict, nullptr, now, out);
        return;
    }
    wire::PublishBatch batch;
    batch.epoch = verdict.epoch;
    batch.events = emitted_;
    propose_batch(verdict.source, batch, entry::Answer::none, now);
}

void Broker::on_settle_only(MemberId member,
                            const wire::PublishBatch& frame,
                            Moment now,
                            Effects& out) {
    const std::string& source = core_.sources.at(member).source;
    const ReplayState::Granted current = core_.machine.replay().current(source);
    if (!current.any || frame.epoch > current.epoch) {
        return;  // of an epoch that this broker lost: the next heartbeat hears of it
    }
    if (frame.epoch < current.epoch) {
        out.note(notes::kRefused,
                 {{"code", "EV_EPOCH_STALE"},
                  {"from", core_.sources.at(member).node.value},
                  {"epoch", frame.epoch},
                  {"sequence", 0},
                  {"source", source},
                  {"security", 0}});
        // Numbers of batches are unique over a source's lives: a later one takes this for nothing.
        answer(member, frame.batch, wire::OutcomeStatus::refused, "EV_EPOCH_STALE", out);
        return;
    }
    if (frame.durability == Durability::synced && core_.options.durability == Durability::written) {
        answer(member, frame.batch, wire::OutcomeStatus::refused, "EB_DURABILITY", out);
        return;
    }
    if (replica_.held_bytes() > core_.options.limits.in_flight_bytes_max) {
        answer(member, frame.batch, wire::OutcomeStatus::overloaded, {}, out);
        return;
    }
    if (!fits(0)) {
        refuse_size(core_.sources.at(member).node, member, &frame, out);
        return;
    }
    propose_batch(source, frame, entry::Answer::outcome, now);
}

// An entry that declares the topic goes before the one that needs it.
void Broker::open_topic(std::string_view topic, Moment now) {
    const BrokerOptions& options = core_.options;
    const Topics& topics = core_.machine.topics();
    if (options.unknown_topic == UnknownTopic::refused || topics.has(topic) ||
        std::find(opening_.begin(), opening_.end(), topic) != opening_.end()) {
        return;
    }
    const bool legal = std::all_of(topic.begin(), topic.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
    if (topic.empty() || topic.size() > kTopicBytesMax || !legal ||
        topics.size() + opening_.size() >= options.topics.size() + options.limits.topics_max) {
        return;
    }
    opening_.emplace_back(topic);
    entry::Boot boot;
    boot.at = core_.time(now);
    boot.topics.push_back(topic);
    core_.propose(entry::Kind::boot, boot, Urgency::urgent);
}

// Whether what the frame under way asks for fits into one entry.
bool Broker::fits(std::size_t events) const {
    constexpr std::size_t kFixed = 1'024;  // the source's name and the entry's own fields
    constexpr std::size_t kEach = 40;      // digest, places and sizes of an event
    return frame_bytes_.size() + events * kEach + kFixed <= replica_.body_bytes_max();
}

void Broker::refuse_size(NodeId from,
                         MemberId member,
                         const wire::PublishBatch* answer_to,
                         Effects& out) {
    const std::string_view source =
        member == SourceTable::kNone ? std::string_view{} : core_.sources.at(member).source;
    out.note(notes::kRefused,
             {{"code", "EV_LIMIT"},
              {"from", from.value},
              {"epoch", 0},
              {"sequence", 0},
              {"source", source},
              {"security", 0}});
    if (member != SourceTable::kNone && answer_to != nullptr) {
        answer(member, answer_to->batch, wire::OutcomeStatus::refused, "EV_LIMIT", out);
    }
}

void Broker::on_events(
    NodeId from, MemberId member, const wire::PublishBatch& frame, Moment now, Effects& out) {
    if (member != SourceTable::kNone) {
        if (frame.durability == Durability::synced &&
            core_.options.durability == Durability::written) {
            answer(member, frame.batch, wire::OutcomeStatus::refused, "EB_DURABILITY", out);
            return;
        }
        if (replica_.held_bytes() > core_.options.limits.in_flight_bytes_max) {
            answer(member, frame.batch, wire::OutcomeStatus::overloaded, {}, out);
            return;
        }
    }
    if (!fits(frame.events.size())) {
        refuse_size(from, member, &frame, out);
        return;
    }
    AdmissionRequest request;
    request.from = from;
    request.events = frame.events;
    request.follows = frame.follows;
    request.now = core_.time(now);
    request.epoch = frame.epoch;
    const AdmissionVerdict& verdict = admission_.judge(request);
    if (verdict.kind == AdmissionVerdict::Kind::admitted) {
        propose_batch(verdict.source, frame, entry::Answer::outcome, now);
        return;
    }
    conclude(request, verdict, &frame, now, out);
}

// Requires: admitted; or a batch without events of a source's current epoch.
void Broker::propose_batch(std::string_view source,
                           const wire::PublishBatch& frame,
                           entry::Answer wanted,
                           Moment now) {
    entry::Batch& batch = batch_entry_;
    batch.at = core_.time(now);
    batch.source = source;
    batch.epoch = frame.epoch;
    batch.batch = frame.batch;
    batch.answer = wanted;
    batch.conditions.assign(frame.conditions.begin(), frame.conditions.end());
    batch.settlements.assign(frame.settlements.begin(), frame.settlements.end());
    batch.events.clear();
    batch.first = 0;
    if (!frame.events.empty()) {
        CHECK(admission_.events().size() == frame.events.size());
        batch.first = admission_.events()[0].sequence;
    }
    for (std::size_t i = 0; i < frame.events.size(); ++i) {
        const EventView& event = admission_.events()[i];
        open_topic(event.topic(), now);
        batch.events.push_back({frame.events[i].event,
                                frame.events[i].delay,
                                admission_.digests()[i],
                                event.topic(),
                                event.partition_key});
    }
    core_.propose(entry::Kind::batch, batch, Urgency::urgent);
}

void Broker::conclude(const AdmissionRequest& request,
                      const AdmissionVerdict& verdict,
                      const wire::PublishBatch* answer_to,
                      Moment now,
                      Effects& out) {
    using Kind = AdmissionVerdict::Kind;
    CHECK(verdict.kind != Kind::admitted);
    const MemberId member = core_.sources.by_node(request.from);
    const bool waits = answer_to != nullptr && verdict.bound;
    if (verdict.kind == Kind::duplicate || verdict.kind == Kind::pending) {
        out.note(notes::kDuplicate,
                 {{"epoch", verdict.epoch},
                  {"sequence", verdict.first},
                  {"source", verdict.source},
                  {"from", request.from.value}});
        if (waits && verdict.kind == Kind::duplicate) {
            answer_duplicate(member, answer_to->batch, out);
        }
        return;
    }
    if (verdict.kind == Kind::early || verdict.kind == Kind::overloaded) {
        if (waits) {
            const auto status = verdict.kind == Kind::early ? wire::OutcomeStatus::early
                                                            : wire::OutcomeStatus::overloaded;
            answer(member, answer_to->batch, status, {}, out);
        }
        return;
    }
    if (verdict.alarm == AdmissionVerdict::Alarm::yes) {
        SecurityRefusal refusal;
        refusal.from = request.from;
        refusal.code = verdict.code;
        refusal.source = verdict.source;
        refusal.epoch = verdict.epoch;
        refusal.sequence = verdict.first;
        refusal.bytes = request.events[verdict.event].event;
        quarantine_.refuse(refusal, now, out);
    } else {
        out.note(notes::kRefused,
                 {{"code", verdict.code},
                  {"from", request.from.value},
                  {"epoch", verdict.epoch},
                  {"sequence", verdict.first},
                  {"source", verdict.source},
                  {"security", 0}});
    }
    const bool answered = verdict.kind == Kind::refused || verdict.kind == Kind::dropped;
    if (answer_to != nullptr && member != SourceTable::kNone && answered) {
        answer(member, answer_to->batch, wire::OutcomeStatus::refused, verdict.code, out);
    }
}

// ---- answers ----

void Broker::answer_duplicate(MemberId member, std::uint64_t batch, Effects& out) {
    const SequenceRun run = admission_.run();
    auto& outcome = std::get<wire::Outcome>(outcome_);
    outcome.batch = batch;
    outcome.duplicate = true;
    outcome.code = {};
    outcome.positions.clear();
    for (std::size_t i = 0; i < run.digests.size(); ++i) {
        const Used* used = core_.machine.replay().find(run.source, run.epoch, run.first + i);
        CHECK(used != nullptr);
        outcome.code = code_of(used->refusal);
        outcome.positions.push_back(used->position);
    }
    const bool accepted = outcome.code.empty();
    outcome.status = accepted ? wire::OutcomeStatus::accepted : wire::OutcomeStatus::refused;
    if (!accepted) {
        outcome.positions.clear();
    }
    core_.send(member, outcome_, out);
    COVER(out, "bus.duplicate-answered");
}

void Broker::answer(MemberId member,
                    std::uint64_t batch,
                    wire::OutcomeStatus status,
                    std::string_view code,
                    Effects& out) {
    auto& outcome = std::get<wire::Outcome>(outcome_);
    outcome.batch = batch;
    outcome.status = status;
    outcome.duplicate = false;
    outcome.code = code;
    outcome.positions.clear();
    core_.send(member, outcome_, out);
}

}  // namespace stormglass::bus
