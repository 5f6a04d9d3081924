// The publishing half of a session: a batch is checked, written and signed once, and its frame is
// kept and sent until the broker has said what became of it.
#include <algorithm>
#include <cstring>
#include <limits>

#include "bus/attributes.hpp"
#include "bus/notes.hpp"
#include "bus/reason.hpp"
#include "bus/replay_state.hpp"
#include "bus/session.hpp"
#include "bus/wire_codec.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr MonotonicTime kNever{std::numeric_limits<std::uint64_t>::max()};

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= wire::kNameBytesMax;
}

/// What the wire could not carry. The events are checked one by one when they are written.
Result<void> check_batch(const Batch& batch) {
    if (batch.conditions.empty() && batch.settlements.empty() && batch.publications.empty()) {
        return Error{"EB_EMPTY", "the batch asks for nothing"};
    }
    if (batch.conditions.size() > wire::kBatchItemsMax ||
        batch.settlements.size() > wire::kBatchItemsMax ||
        batch.publications.size() > wire::kBatchItemsMax) {
        return Error{"EB_LIMIT", "more than 1,024 conditions, settlements or publications"};
    }
    for (const Condition& condition : batch.conditions) {
        if (!is_name(condition.name) || condition.key.size() > wire::kNameBytesMax) {
            return Error{"EB_NAME", "a condition's name or key is empty or over 128 bytes"};
        }
    }
    for (const Settlement& settlement : batch.settlements) {
        if (!is_name(settlement.group) || !is_name(settlement.topic)) {
            return Error{"EB_NAME", "a settlement's group or topic is empty or over 128 bytes"};
        }
        if (settlement.detail.size() > wire::kDetailBytesMax) {
            return Error{"EB_LIMIT", "a settlement's detail is over 512 bytes"};
        }
        if (settlement.delay.ns < 0) {
            return Error{"EB_DELAY", "a settlement's delay is negative"};
        }
    }
    return {};
}

/// Bytes of the frame beside its events, at most.
std::size_t frame_size_beside_events(const Batch& batch) {
    constexpr std::size_t kFixed = 64;
    constexpr std::size_t kPerItem = 3 * wire::kNameBytesMax;
    std::size_t size = kFixed + batch.publications.size() * 12;
    size += batch.conditions.size() * kPerItem;
    for (const Settlement& settlement : batch.settlements) {
        size += kPerItem + settlement.detail.size();
    }
    return size;
}

/// Walks the events of a kept frame: u64 delay, u32 size, bytes each.
class KeptEvents {
  public:
    explicit KeptEvents(const KeptBatch& kept) : frame_(kept.frame), at_(kept.events_at) {}

    Bytes next() {
        CHECK(frame_.size() - at_ >= 12);
        std::uint32_t size = 0;
        std::memcpy(&size, frame_.data() + at_ + 8, 4);
        CHECK(frame_.size() - at_ - 12 >= size);
        const Bytes event = frame_.subspan(at_ + 12, size);
        at_ += 12 + size;
        return event;
    }

  private:
    Bytes frame_;
    std::size_t at_;
};

/// Whether one of the batch's events, as they were written, has had its time.
bool is_expired(const KeptBatch& kept, WallTime now) {
    KeptEvents events(kept);
    for (std::uint32_t i = 0; i < kept.count; ++i) {
        const auto event = decode_event(events.next());
        CHECK(event.ok());  // our own
        const auto expiry = parse_time(event->expiry_time);
        if (expiry.ok() && expiry.value() <= now) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<BatchId> Session::publish(const Batch& batch,
                                 Durability durability,
                                 Moment now,
                                 Effects& out) {
    const auto scope = enter(out);
    if (!epoch_) {
        return Error{"not-ready", "the bus has not granted an epoch yet"};
    }
    if (outbox_.size() >= options_.outstanding_max) {
        COVER(out, "bus.session-overloaded");
        return Error{"overloaded", "too many batches without an outcome"};
    }
    if (auto checked = check_batch(batch); !checked) {
        return std::move(checked).error();
    }
    if (auto written = write_events(batch, now, out); !written) {
        return std::move(written).error();
    }
    if (events_.size() + frame_size_beside_events(batch) > wire::kFrameBytesMax) {
        return Error{"EB_LIMIT", "the batch is over 4 MiB"};
    }
    KeptBatch& kept = keep(batch, durability);
    out.note(notes::kPublish,
             {{"batch", kept.batch},
              {"source", options_.source},
              {"epoch", kept.epoch},
              {"first", kept.first},
              {"count", kept.count}});
    for (std::size_t i = 0; i < batch_frame_.events.size(); ++i) {
        note_published(
            batch.publications[i].topic, kept.first + i, batch_frame_.events[i].event, out);
    }
    const BatchId id{kept.batch};
    if (state_ == State::attached) {
        send_batch(kept, now, out);
    }
    return id;
}

void Session::note_published(std::string_view topic,
                             std::uint64_t sequence,
                             Bytes event,
                             Effects& out) {
    if (options_.event_notes == EventNotes::left_out) {
        return;
    }
    out.note(notes::kPublished,
             {{"source", options_.source},
              {"epoch", *epoch_},
              {"sequence", sequence},
              {"topic", topic},
              {"digest", short_digest(signing_.digest(event)).high}});
}

/// Writes all publications into `events_`, or fails and leaves the sequence as it was.
Result<void> Session::write_events(const Batch& batch, Moment now, Effects& out) {
    events_.clear();
    event_ends_.clear();
    std::uint64_t sequence = next_sequence_;
    for (const Publication& publication : batch.publications) {
        const auto draft = writer_.draft(publication, {*epoch_, sequence}, now.wall, out);
        if (!draft) {
            return draft.error();
        }
        encode_event(draft.value(), signing_, events_);
        event_ends_.push_back(events_.size());
        ++sequence;
    }
    return {};
}

/// Takes the written events and the rest of the batch into the outbox, as one frame.
KeptBatch& Session::keep(const Batch& batch, Durability durability) {
    CHECK(event_ends_.size() == batch.publications.size());
    CHECK(next_batch_ < std::numeric_limits<std::uint32_t>::max());
    // Unique over lives and epochs: an outcome that comes late must not meet another batch.
    const std::uint64_t id = (std::uint64_t{*epoch_} << 32) | next_batch_++;
    KeptBatch& kept = outbox_.add(id);
    kept.epoch = *epoch_;
    kept.count = static_cast<std::uint32_t>(batch.publications.size());
    kept.first = kept.count > 0 ? next_sequence_ : 0;
    kept.retry_at = kNever;  // until it is sent
    kept.sent_follows = outbox_.follows(outbox_.size() - 1);
    next_sequence_ += kept.count;
    batch_frame_.batch = id;
    batch_frame_.epoch = *epoch_;
    batch_frame_.durability = durability;
    batch_frame_.follows = kept.sent_follows;
    batch_frame_.conditions = batch.conditions;
    batch_frame_.settlements = batch.settlements;
    batch_frame_.events.clear();
    std::size_t begin = 0;
    for (std::size_t i = 0; i < event_ends_.size(); ++i) {
        const Bytes event = Bytes(events_).subspan(begin, event_ends_[i] - begin);
        batch_frame_.events.push_back({event, batch.publications[i].delay});
        begin = event_ends_[i];
    }
    wire::encode_batch(batch_frame_, kept.frame);
    kept.events_at = kept.frame.size() - events_.size() - 12 * event_ends_.size();
    return kept;
}

void Session::send_batch(KeptBatch& kept, Moment now, Effects& out) {
    CHECK(state_ == State::attached);
    const std::uint64_t follows = outbox_.follows(outbox_.index_of(kept));
    if (follows != kept.sent_follows) {
        wire::set_follows(kept.frame, follows);
        kept.sent_follows = follows;
    }
    if (kept.early) {
        kept.early = false;
        CHECK(early_ > 0);
        --early_;
    }
    ++kept.tries;
    out.send(
        options_.broker, kept.frame, wire::about_batch(options_.source, kept.epoch, kept.batch));
    kept.retry_at = now.monotonic + backoff(Retry::batch, kept.batch, kept.tries, out);
    wake_at(kept.retry_at, out);
}

void Session::on_outcome(const wire::Outcome& frame, Moment now, Effects& out) {
    KeptBatch* kept = outbox_.find(frame.batch);
    if (kept == nullptr) {
        drop("EB_UNKNOWN_BATCH", out);  // a copy: the outcome was told
        return;
    }
    switch (frame.status) {
        case wire::OutcomeStatus::early:
            if (state_ != State::attached) {
                return;  // all of it will be sent when the broker knows us again
            }
            if (outbox_.follows(outbox_.index_of(*kept)) != kept->sent_follows) {
                kept->tries = 0;
                send_batch(*kept, now, out);  // what it waited for was concluded meanwhile
            } else if (!kept->early) {
                COVER(out, "bus.session-early");
                kept->early = true;
                ++early_;
            }
            return;
        case wire::OutcomeStatus::overloaded:
            // The retry that is due anyway comes later with each try; nothing is sent sooner.
            COVER(out, "bus.session-broker-overloaded");
            return;
        case wire::OutcomeStatus::accepted:
            if (frame.positions.size() != kept->count) {
                drop("EF_FIELD", out);
                return;
            }
            break;
        case wire::OutcomeStatus::refused:
            if (doubts(*kept, frame.code, now, out)) {
                return;  // the retry that is due anyway carries the true bytes
            }
            break;
    }
    conclude(*kept, frame, now, out);
}

/// The events were checked and signed before they were sent: a refusal of their form, key or
/// signature speaks of other bytes. Whoever changed them on the way must not take the event away.
bool Session::doubts(KeptBatch& kept, std::string_view code, Moment now, Effects& out) {
    if (kept.count == 0 || kept.doubts >= options_.doubts_max || !is_about_bytes(code) ||
        (code == "EV_EXPIRED" && is_expired(kept, now.wall))) {
        return false;
    }
    ++kept.doubts;
    COVER(out, "bus.session-doubted-refusal");
    out.note(notes::kDoubted, {{"batch", kept.batch}, {"source", options_.source}, {"code", code}});
    return true;
}

void Session::conclude(const KeptBatch& kept,
                       const wire::Outcome& frame,
                       Moment now,
                       Effects& out) {
    const bool accepted = frame.status == wire::OutcomeStatus::accepted;
    const Concern concern = kept.concern;
    if (concern == Concern::listener) {
        KeptEvents events(kept);
        for (std::uint32_t i = 0; accepted && i < kept.count; ++i) {
            out.note(notes::kAcked,
                     {{"batch", kept.batch},
                      {"source", options_.source},
                      {"epoch", kept.epoch},
                      {"sequence", kept.first + i},
                      {"topic", outline_of(events.next()).topic()},
                      {"position", frame.positions[i]},
                      {"duplicate", frame.duplicate}});
        }
        out.note(notes::kBatchDone,
                 {{"batch", kept.batch},
                  {"source", options_.source},
                  {"accepted", accepted},
                  {"code", frame.code},
                  {"duplicate", frame.duplicate}});
    }
    if (kept.early) {
        CHECK(early_ > 0);
        --early_;
    }
    outbox_.remove(frame.batch);
    send_early_followers(now, out);
    if (concern == Concern::listener) {
        BatchOutcome outcome;
        outcome.id = {frame.batch};
        outcome.accepted = accepted;
        outcome.duplicate = frame.duplicate;
        outcome.code = frame.code;
        outcome.positions = frame.positions;
        listener_->on_outcome(outcome, now, out);
    }
}

/// What was too early may pass now: those whose predecessor is gone, and those behind them.
void Session::send_early_followers(Moment now, Effects& out) {
    if (early_ == 0 || state_ != State::attached) {
        return;
    }
    bool chained = false;
    for (std::size_t i = 0; i < outbox_.size(); ++i) {
        KeptBatch& kept = outbox_.at(i);
        const bool moved = kept.early && outbox_.follows(i) != kept.sent_follows;
        if (kept.early && (moved || chained)) {
            kept.tries = 0;  // the bus moves on: no reason to hold back
            send_batch(kept, now, out);
            chained = true;
        } else if (kept.count > 0) {
            chained = false;
        }
    }
}

/// Answers a delivery on the session's own behalf. Left out when there is no room: the delivery
/// then times out at the broker and comes again.
void Session::settle_by_itself(const Settlement& settlement, Moment now, Effects& out) {
    if (outbox_.full()) {
        return;
    }
    Batch batch;
    batch.settlements.push_back(settlement);
    events_.clear();
    event_ends_.clear();
    KeptBatch& kept = keep(batch, Durability::synced);
    kept.concern = Concern::session;
    send_batch(kept, now, out);
}

}  // namespace stormglass::bus
