// Fire and forget: an event leaves at once, or waits in a bounded queue for its link, or is
// dropped, counted and noted. Its sequence is taken when it leaves, so a drop here is no gap at the
// broker.
#include "bus/notes.hpp"
#include "bus/session.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {

Session::HeldEmit::HeldEmit(const Publication& publication, WallTime now)
    : topic(publication.topic),
      type(publication.type),
      partition_key(publication.partition_key),
      correlation_id(publication.correlation_id),
      causation_id(publication.causation_id),
      trace_parent(publication.trace_parent),
      trace_state(publication.trace_state),
      subject(publication.subject),
      payload(publication.payload.begin(), publication.payload.end()),
      lifetime(publication.lifetime),
      time(now) {}

Publication Session::HeldEmit::view() const {
    Publication publication;
    publication.topic = topic;
    publication.type = type;
    publication.partition_key = partition_key;
    publication.correlation_id = correlation_id;
    publication.causation_id = causation_id;
    publication.trace_parent = trace_parent;
    publication.trace_state = trace_state;
    publication.subject = subject;
    publication.payload = payload;
    publication.lifetime = lifetime;
    return publication;
}

bool Session::emit(const Publication& publication, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (!epoch_) {
        return drop_emit(publication, "not-ready", out);
    }
    if (publication.delay.ns != 0) {
        return drop_emit(publication, "invalid", out);  // a timer needs a promise; this makes none
    }
    if (state_ == State::attached && link_up_) {
        return emit_now(publication, now.wall, out);
    }
    if (!writer_.draft(publication, {*epoch_, next_sequence_}, now.wall, out)) {
        return drop_emit(publication, "invalid", out);
    }
    if (held_emits_.size() >= options_.emit_queue_max) {
        COVER(out, "bus.session-emit-queue-full");
        return drop_emit(publication, "queue-full", out);
    }
    held_emits_.emplace_back(publication, now.wall);
    return true;
}

bool Session::emit_now(const Publication& publication, WallTime time, Effects& out) {
    CHECK(state_ == State::attached);
    const auto draft = writer_.draft(publication, {*epoch_, next_sequence_}, time, out);
    if (!draft) {
        return drop_emit(publication, "invalid", out);
    }
    events_.clear();
    encode_event(draft.value(), signing_, events_);
    send(wire::Emit{events_}, out);
    out.note(notes::kEmit,
             {{"source", options_.source},
              {"epoch", *epoch_},
              {"sequence", next_sequence_},
              {"topic", publication.topic}});
    note_published(publication.topic, next_sequence_, events_, out);
    ++next_sequence_;
    return true;
}

bool Session::drop_emit(const Publication& publication, std::string_view cause, Effects& out) {
    ++emits_dropped_;
    out.note(notes::kEmitDropped,
             {{"source", options_.source}, {"cause", cause}, {"topic", publication.topic}});
    return false;
}

void Session::flush_emits(Effects& out) {
    CHECK(state_ == State::attached);
    for (; link_up_ && !held_emits_.empty(); held_emits_.pop_front()) {
        emit_now(held_emits_.front().view(), held_emits_.front().time, out);
    }
}

}  // namespace stormglass::bus
