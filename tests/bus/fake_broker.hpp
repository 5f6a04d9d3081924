// A broker of sixty lines for tests of the session: it keeps a journal of what it admitted, and may
// at any time be overloaded, forget its sessions or lose a grant. It is strict where a session
// could cheat: other bytes for an admitted sequence fail the test.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bus/wire.hpp"
#include "tests/bus/frames.hpp"
#include "tests/bus/samples.hpp"

namespace stormglass::bus::tests {

class FakeBroker {
  public:
    explicit FakeBroker(std::uint64_t seed) : stream_(seed) {}

    struct Stored {
        std::string payload;
        std::uint32_t epoch = 0;
        std::uint64_t sequence = 0;
    };

    /// Answers one frame, or not.
    std::vector<ByteBuffer> hear(Bytes bytes) {
        answers_.clear();
        const auto frame = wire::decode(bytes);
        RC_ASSERT(frame.ok());
        if (const auto* attach = std::get_if<wire::Attach>(&frame.value())) {
            on_attach(*attach);
        } else if (const auto* batch = std::get_if<wire::PublishBatch>(&frame.value())) {
            on_batch(*batch);
        } else if (const auto* heartbeat = std::get_if<wire::Heartbeat>(&frame.value())) {
            if (heartbeat->attachment != attachment_) {
                answer(wire::Unattached{heartbeat->attachment});
            }
        } else if (const auto* read = std::get_if<wire::Read>(&frame.value())) {
            on_read(*read);
        } else if (const auto* emit = std::get_if<wire::Emit>(&frame.value())) {
            const auto event = decode_event(emit->event);
            if (attachment_ != 0 && event->epoch == epoch_ &&
                admitted_.emplace(std::pair{event->epoch, event->sequence}, Admitted{}).second) {
                emitted.push_back({std::string(as_text(event->payload)), epoch_, event->sequence});
            }
        }
        return answers_;
    }

    /// A new life: sessions are forgotten, the journal is not; perhaps the newest grant is.
    void crash(bool lose_grant) {
        attachment_ = 0;
        if (lose_grant) {
            nonce_ = 0;
        }
    }

    bool calm = false;  // neither overloaded nor forgetful any more
    std::vector<Stored> log;
    std::vector<ByteBuffer> events;  // of the log
    std::vector<Stored> emitted;

  private:
    struct Admitted {
        std::string bytes;
        Position position = 0;
    };

    void on_attach(const wire::Attach& attach) {
        if (nonce_ != attach.nonce) {
            nonce_ = attach.nonce;
            ++epoch_;
        }
        if (attachment_ == 0) {
            attachment_ = ++attachments_;
        }
        answer(wire::Attached{nonce_, epoch_, attachment_});
    }

    void on_batch(const wire::PublishBatch& batch) {
        if (attachment_ == 0) {
            return;  // the next heartbeat hears of it
        }
        std::vector<EventView> views;
        for (const wire::WireEvent& event : batch.events) {
            const auto view = decode_event(event.event);
            RC_ASSERT(view.ok());
            RC_ASSERT(view->epoch == batch.epoch);
            views.push_back(view.value());
        }
        const auto key = [&](std::uint64_t sequence) { return std::pair{batch.epoch, sequence}; };
        if (!views.empty() && admitted_.contains(key(views[0].sequence))) {
            answer_again(batch, views);
        } else if (batch.epoch != epoch_) {
            outcome(batch, wire::OutcomeStatus::refused, "EV_EPOCH_STALE", {});
        } else if (batch.follows != 0 && !admitted_.contains(key(batch.follows))) {
            outcome(batch, wire::OutcomeStatus::early, "", {});
        } else if (!views.empty() && as_text(views[0].payload).starts_with("refuse")) {
            outcome(batch, wire::OutcomeStatus::refused, "EV_QUOTA", {});
        } else if (!calm && stream_.below(8) == 0) {
            outcome(batch, wire::OutcomeStatus::overloaded, "", {});
        } else {
            admit(batch, views);
        }
    }

    void admit(const wire::PublishBatch& batch, const std::vector<EventView>& views) {
        std::vector<Position> positions;
        for (const EventView& view : views) {
            const Position position = log.size();
            const std::string payload(as_text(view.payload));
            admitted_[{view.epoch, view.sequence}] = {std::string(as_text(view.bytes)), position};
            log.push_back({payload, view.epoch, view.sequence});
            events.emplace_back(view.bytes.begin(), view.bytes.end());
            positions.push_back(position);
        }
        outcome(batch, wire::OutcomeStatus::accepted, "", positions);
    }

    void answer_again(const wire::PublishBatch& batch, const std::vector<EventView>& views) {
        std::vector<Position> positions;
        for (const EventView& view : views) {
            const auto before = admitted_.find({view.epoch, view.sequence});
            RC_ASSERT(before != admitted_.end());
            RC_ASSERT(before->second.bytes == as_text(view.bytes));
            positions.push_back(before->second.position);
        }
        answer(wire::Outcome{
            batch.batch, wire::OutcomeStatus::accepted, true, "", std::move(positions)});
    }

    void on_read(const wire::Read& read) {
        wire::Records records{read.read, read.from, true, {}};
        for (Position at = read.from; at < events.size(); ++at) {
            if (records.records.size() == 3) {
                records.last = false;
                break;
            }
            records.records.push_back({at, events[at]});
        }
        answer(records);
    }

    void outcome(const wire::PublishBatch& batch,
                 wire::OutcomeStatus status,
                 std::string_view code,
                 std::vector<Position> positions) {
        answer(wire::Outcome{batch.batch, status, false, code, std::move(positions)});
    }

    void answer(const wire::Frame& frame) { wire::encode(frame, answers_.emplace_back()); }

    Stream stream_;
    std::uint64_t nonce_ = 0;
    std::uint32_t epoch_ = 0;
    std::uint64_t attachment_ = 0;  // 0: knows no session
    std::uint64_t attachments_ = 0;
    std::map<std::pair<std::uint32_t, std::uint64_t>, Admitted> admitted_;
    std::vector<ByteBuffer> answers_;
};

}  // namespace stormglass::bus::tests
