#include "bus/session.hpp"

#include <algorithm>
#include <limits>

#include "bus/attributes.hpp"
#include "bus/notes.hpp"
#include "bus/reason.hpp"
#include "bus/wire_codec.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr TimerId kAttachTimer{1};
constexpr TimerId kHeartbeatTimer{2};
constexpr TimerId kRetryTimer{3};
constexpr std::size_t kOwnBatchesMax = 16;  // rejections of broken deliveries, beside the owner's

}  // namespace

Session::Session(SessionOptions options, Signing& signing, const Rules& rules)
    : options_(std::move(options)),
      signing_(signing),
      rules_(rules),
      source_hash_(name_hash(options_.source)),
      writer_({options_.source, options_.key_id, options_.bus_id}),
      outbox_(options_.outstanding_max + kOwnBatchesMax),
      memory_(options_.delivery_memory) {
    CHECK(options_.retry_delay.ns > 0);
    CHECK(options_.retry_delay_max >= options_.retry_delay);
    CHECK(options_.heartbeat_interval.ns > 0);
}

void Session::listen(Listener& listener) {
    CHECK(listener_ == nullptr);
    listener_ = &listener;
}

void Session::start(const Recovered&, Moment now, Effects& out) {
    CHECK(listener_ != nullptr);
    CHECK(state_ == State::created);
    // The nonce names this life. Clocks are mixed in so that a host whose draws repeat between
    // lives cannot make two lives share an epoch, and with it sequences.
    nonce_ = chain64(chain64(out.draw("session.nonce"), static_cast<std::uint64_t>(now.wall.ns)),
                     now.monotonic.ns);
    state_ = State::awaiting_epoch;
    attach(now, out);
    out.set_timer(kHeartbeatTimer, now.monotonic + options_.heartbeat_interval);
}

Handled Session::on_message(NodeId from, Bytes frame, Moment now, Effects& out) {
    if (from != options_.broker) {
        on_foreign_frame(from, frame, out);
        return Handled::yes;
    }
    const auto decoded = wire::decode(frame);
    if (!decoded) {
        drop(decoded.error().code, out);
        return Handled::yes;
    }
    on_broker_frame(decoded.value(), now, out);
    return Handled::yes;
}

/// Somebody else speaks for the broker. Whatever it says is not acted on.
void Session::on_foreign_frame(NodeId from, Bytes frame, Effects& out) {
    const auto decoded = wire::decode(frame);
    if (!decoded) {
        out.note(notes::kDropped, {{"code", decoded.error().code}, {"from", from.value}});
        return;
    }
    COVER(out, "bus.session-foreign-frame");
    EventOutline outline;
    if (const auto* deliver = std::get_if<wire::Deliver>(&decoded.value())) {
        outline = outline_of(deliver->event);
    }
    out.note(notes::kAlarm,
             {{"cause", name_of(Reason::replay)},
              {"code", std::string_view("EV_REPLAY")},
              {"from", from.value},
              {"source", outline.source},
              {"epoch", outline.epoch},
              {"sequence", outline.sequence}});
}

void Session::on_broker_frame(const wire::Frame& frame, Moment now, Effects& out) {
    if (const auto* attached = std::get_if<wire::Attached>(&frame)) {
        on_attached(*attached, now, out);
    } else if (const auto* unattached = std::get_if<wire::Unattached>(&frame)) {
        on_unattached(*unattached, now, out);
    } else if (const auto* outcome = std::get_if<wire::Outcome>(&frame)) {
        on_outcome(*outcome, now, out);
    } else if (const auto* deliver = std::get_if<wire::Deliver>(&frame)) {
        on_deliver(*deliver, now, out);
    } else if (const auto* assigned = std::get_if<wire::Assigned>(&frame)) {
        if (is_ours(assigned->attachment, out)) {
            on_assigned(assigned->group, assigned->generation, now, out);
        }
    } else if (const auto* revoked = std::get_if<wire::Revoked>(&frame)) {
        on_revoked(revoked->group, revoked->generation, now, out);
    } else if (const auto* records = std::get_if<wire::Records>(&frame)) {
        on_records(*records, now, out);
    } else {
        drop("EF_KIND", out);  // what only sessions say
    }
}

void Session::attach(Moment now, Effects& out) {
    CHECK(state_ == State::awaiting_epoch);
    ++attach_tries_;
    send(wire::Attach{options_.source, nonce_}, out);
    out.set_timer(kAttachTimer, now.monotonic + backoff(Retry::attach, 0, attach_tries_, out));
}

void Session::on_attached(const wire::Attached& frame, Moment now, Effects& out) {
    if (frame.nonce != nonce_ || frame.epoch > 0x7fffffff) {
        drop("EB_NONCE", out);  // an answer to an earlier life
        return;
    }
    if (state_ == State::attached || frame.attachment == attachment_ ||
        (epoch_ && frame.epoch < *epoch_)) {
        drop("EB_STALE", out);  // a copy, or an answer that another has overtaken
        return;
    }
    state_ = State::attached;
    attachment_ = frame.attachment;
    attach_tries_ = 0;
    out.cancel_timer(kAttachTimer);
    const bool granted = epoch_ != frame.epoch;
    if (granted) {
        if (epoch_) {
            COVER(out, "bus.session-new-epoch");
        }
        epoch_ = frame.epoch;
        next_sequence_ = 1;
        next_batch_ = 1;
    } else {
        COVER(out, "bus.session-resumed");
    }
    memory_.clear();  // a broker that forgot us counts attempts as its journal says
    send_everything(now, out);
    if (granted) {
        listener_->on_ready(frame.epoch, now, out);
    }
}

void Session::on_unattached(const wire::Unattached& frame, Moment now, Effects& out) {
    if (state_ != State::attached || frame.attachment != attachment_) {
        drop("EB_STALE", out);
        return;
    }
    state_ = State::awaiting_epoch;
    attach_tries_ = 0;
    attach(now, out);
}

void Session::on_link(NodeId peer, LinkState state, Moment now, Effects& out) {
    if (peer != options_.broker || state_ == State::created) {
        return;
    }
    link_up_ = state != LinkState::down;
    if (!link_up_) {
        return;
    }
    if (state_ == State::awaiting_epoch) {
        if (state == LinkState::up) {
            attach(now, out);
        }
    } else if (state == LinkState::up) {
        send_everything(now, out);  // what was in flight may be lost
    } else {
        flush_emits(out);
    }
}

void Session::on_timer(TimerId timer, Moment now, Effects& out) {
    if (timer == kHeartbeatTimer) {
        out.set_timer(kHeartbeatTimer, now.monotonic + options_.heartbeat_interval);
        if (state_ == State::attached) {
            send(wire::Heartbeat{attachment_}, out);
        }
    } else if (timer == kAttachTimer) {
        if (state_ == State::awaiting_epoch) {
            attach(now, out);
        }
    } else {
        CHECK(timer == kRetryTimer);
        wake_at_.reset();
        if (state_ == State::attached) {
            send_due(now, out);
        }
    }
}

/// All that the broker may not know: subscriptions, batches in their order, reads, emits.
void Session::send_everything(Moment now, Effects& out) {
    CHECK(state_ == State::attached);
    for (Member& member : members_) {
        member.confirmed = false;
        member.tries = 0;
        send_subscribe(member, now, out);
    }
    for (std::size_t i = 0; i < outbox_.size(); ++i) {
        outbox_.at(i).tries = 0;
        send_batch(outbox_.at(i), now, out);
    }
    for (Reading& reading : readings_) {
        reading.tries = 0;
        send_read(reading, now, out);
    }
    flush_emits(out);
}

void Session::send_due(Moment now, Effects& out) {
    CHECK(state_ == State::attached);
    const auto due = [&](const auto& item) { return item.retry_at <= now.monotonic; };
    for (std::size_t i = 0; i < outbox_.size(); ++i) {
        KeptBatch& kept = outbox_.at(i);
        if (due(kept)) {
            send_batch(kept, now, out);
        } else {
            wake_at(kept.retry_at, out);
        }
    }
    for (Reading& reading : readings_) {
        if (due(reading)) {
            send_read(reading, now, out);
        } else {
            wake_at(reading.retry_at, out);
        }
    }
    for (Member& member : members_) {
        if (member.confirmed) {
            continue;
        }
        if (due(member)) {
            send_subscribe(member, now, out);
        } else {
            wake_at(member.retry_at, out);
        }
    }
}

void Session::send(const wire::Frame& frame, Effects& out) {
    frame_.clear();
    wire::encode(frame, frame_);
    out.send(options_.broker, frame_, wire::about(frame, options_.source));
}

void Session::drop(std::string_view code, Effects& out) {
    out.note(notes::kDropped, {{"code", code}, {"from", options_.broker.value}});
}

/// How long to wait after the n-th try: doubling up to the cap and, from the second on, with half
/// of it drawn, so that sessions which lost their broker together do not come back together.
Duration Session::backoff(Retry what, std::uint64_t id, std::uint32_t tries, Effects& out) {
    CHECK(tries > 0);
    Duration delay = options_.retry_delay;
    for (std::uint32_t i = 1; i < tries && delay < options_.retry_delay_max; ++i) {
        delay = delay * 2;
    }
    delay = std::min(delay, options_.retry_delay_max);
    if (tries == 1) {
        return delay;
    }
    const Subject about{chain64(source_hash_, static_cast<std::uint64_t>(what)), id, tries};
    const auto half = static_cast<std::uint64_t>(delay.ns / 2);
    const std::uint64_t jitter = bounded(out.draw("session.backoff", about), half + 1);
    return delay - Duration{static_cast<std::int64_t>(jitter)};
}

/// One timer serves all retries: it is set to the earliest, and never cancelled.
void Session::wake_at(MonotonicTime at, Effects& out) {
    if (!wake_at_ || at < *wake_at_) {
        wake_at_ = at;
        out.set_timer(kRetryTimer, at);
    }
}

}  // namespace stormglass::bus
