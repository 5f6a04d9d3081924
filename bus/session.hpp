// Session: the client of our own bus. It attaches under an epoch, signs and numbers what its owner
// publishes, sends it again with the same bytes until an outcome is known, and hands on what the
// broker delivers after checking it end to end. What it says to the broker: wire.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "bus/rules.hpp"
#include "bus/session_memory.hpp"
#include "bus/session_outbox.hpp"
#include "bus/session_writer.hpp"
#include "bus/wire.hpp"
#include "runtime/signing.hpp"

namespace stormglass::bus {

/// A key and the one source that may sign with it.
struct KeyBinding {
    std::string key_id;
    std::string source;
};

/// Whether each published event is noted by its digest, so that what was sent can be held against
/// what was stored. Costs a digest an event.
enum class EventNotes : std::uint8_t { kept, left_out };

struct SessionOptions {
    std::string source;  // absolute URI of this producer instance
    std::string key_id;
    NodeId broker;
    std::string bus_id;

    std::size_t outstanding_max = 256;  // batches without outcome; then `overloaded`
    std::size_t emit_queue_max = 256;   // events that wait for a link; then drops
    std::size_t delivery_memory = 1024;
    std::uint32_t read_bytes_max = 256 << 10;  // of one piece
    EventNotes event_notes = EventNotes::kept;

    Duration retry_delay = milliseconds(100);  // doubles with each try ...
    Duration retry_delay_max = seconds(5);     // ... up to here
    /// Refusals of bytes that the session never sent (changed on the way) that it takes for a
    /// batch before it believes them: broker and session may disagree about the key for good.
    std::uint32_t doubts_max = 5;
    Duration heartbeat_interval = milliseconds(300);  // thrice in a broker's second of patience
    Duration expiry_tolerance = seconds(1);           // by how much two wall clocks may differ

    /// Checked on every delivery; empty: any key that `Signing` knows may sign for any source, and
    /// only the broker's admission binds the two.
    std::vector<KeyBinding> key_bindings;
};

class Session final : public Client {
  public:
    /// Requires: options that make valid events (source, key id, bus id).
    Session(SessionOptions options, Signing& signing, const Rules& rules = sound_rules());
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Whom to tell. Once, before `start`; must outlive the session.
    void listen(Listener& listener);

    void start(const Recovered& disk, Moment now, Effects& out) override;
    Handled on_message(NodeId from, Bytes frame, Moment now, Effects& out) override;
    void on_timer(TimerId timer, Moment now, Effects& out) override;
    void on_link(NodeId peer, LinkState state, Moment now, Effects& out) override;

    Result<BatchId> publish(const Batch& batch,
                            Durability durability,
                            Moment now,
                            Effects& out) override;
    bool emit(const Publication& publication, Moment now, Effects& out) override;
    void subscribe(const Subscription& subscription, Moment now, Effects& out) override;
    ReadId read(std::string_view topic, Position from, Moment now, Effects& out) override;

    std::optional<std::uint32_t> epoch() const { return epoch_; }

    /// Batches without an outcome.
    std::size_t outstanding() const { return outbox_.size(); }

    std::uint64_t emits_dropped() const { return emits_dropped_; }

  private:
    /// What the session is waiting for from its broker.
    enum class State : std::uint8_t { created, awaiting_epoch, attached };

    /// What a retry's draw is about.
    enum class Retry : std::uint64_t { attach = 1, batch, read, subscribe };

    struct Member {
        Subscription subscription;
        bool confirmed = false;  // something came from that group
        std::uint32_t tries = 0;
        MonotonicTime retry_at;
    };

    struct Ownership {
        std::string_view group;
        Generation assigned = 0;
        Generation revoked = 0;
    };

    struct Reading {
        ReadId id;
        std::uint64_t wire_id = 0;  // 0: not asked yet
        std::string topic;
        Position next = 0;
        std::uint32_t tries = 0;
        MonotonicTime retry_at;
    };

    /// A publication that waits to be emitted, with texts of its own.
    struct HeldEmit {
        explicit HeldEmit(const Publication& publication, WallTime now);
        Publication view() const;

        std::string topic, type, partition_key, correlation_id, causation_id, trace_parent,
            trace_state, subject;
        ByteBuffer payload;
        Duration lifetime;
        WallTime time;
    };

    // session.cpp: attaching, frames, timers
    void attach(Moment now, Effects& out);
    void on_attached(const wire::Attached& frame, Moment now, Effects& out);
    void on_unattached(const wire::Unattached& frame, Moment now, Effects& out);
    void on_broker_frame(const wire::Frame& frame, Moment now, Effects& out);
    void on_foreign_frame(NodeId from, Bytes frame, Effects& out);
    void send_everything(Moment now, Effects& out);
    void send_due(Moment now, Effects& out);
    void send(const wire::Frame& frame, Effects& out);
    void drop(std::string_view code, Effects& out);
    Duration backoff(Retry what, std::uint64_t id, std::uint32_t tries, Effects& out);
    void wake_at(MonotonicTime at, Effects& out);

    // session_publish.cpp: batches and their outcomes
    Result<void> write_events(const Batch& batch, Moment now, Effects& out);
    void note_published(std::string_view topic, std::uint64_t sequence, Bytes event, Effects& out);
    KeptBatch& keep(const Batch& batch, Durability durability);
    void send_batch(KeptBatch& kept, Moment now, Effects& out);
    void send_early_followers(Moment now, Effects& out);
    void on_outcome(const wire::Outcome& frame, Moment now, Effects& out);
    bool doubts(KeptBatch& kept, std::string_view code, Moment now, Effects& out);
    void conclude(const KeptBatch& kept, const wire::Outcome& frame, Moment now, Effects& out);
    void settle_by_itself(const Settlement& settlement, Moment now, Effects& out);

    // session_emit.cpp
    bool emit_now(const Publication& publication, WallTime time, Effects& out);
    bool drop_emit(const Publication& publication, std::string_view cause, Effects& out);
    void flush_emits(Effects& out);

    // session_deliver.cpp: subscriptions, deliveries, ownership
    void send_subscribe(Member& member, Moment now, Effects& out);
    bool is_ours(std::uint64_t attachment, Effects& out);
    Member* addressee(const wire::Deliver& frame, Effects& out);
    void on_deliver(const wire::Deliver& frame, Moment now, Effects& out);
    void reject(const wire::Deliver& frame, const Error& why, Moment now, Effects& out);
    void on_assigned(std::string_view group, Generation generation, Moment now, Effects& out);
    void on_revoked(std::string_view group, Generation generation, Moment now, Effects& out);
    Member* member_of(std::string_view group, std::string_view topic);
    Ownership& ownership_of(std::string_view group);
    Result<EventView> check_event(Bytes bytes, std::string_view topic);
    void alarm(std::string_view code, Bytes event, Effects& out);

    // session_read.cpp
    void send_read(Reading& reading, Moment now, Effects& out);
    void on_records(const wire::Records& frame, Moment now, Effects& out);

    SessionOptions options_;
    Signing& signing_;
    const Rules& rules_;
    Listener* listener_ = nullptr;
    std::uint64_t source_hash_;

    State state_ = State::created;
    bool link_up_ = true;
    std::uint64_t nonce_ = 0;
    std::uint32_t attach_tries_ = 0;
    std::optional<std::uint32_t> epoch_;
    std::uint64_t attachment_ = 0;          // the last one: it stands while the state says so
    std::optional<MonotonicTime> wake_at_;  // when the retry timer is set to

    EventWriter writer_;
    std::uint64_t next_sequence_ = 1;
    std::uint32_t next_batch_ = 1;
    Outbox outbox_;
    std::size_t early_ = 0;  // kept batches that the broker called early

    std::deque<HeldEmit> held_emits_;
    std::uint64_t emits_dropped_ = 0;

    std::vector<Member> members_;
    std::vector<Ownership> ownerships_;
    DeliveryMemory memory_;

    std::vector<Reading> readings_;
    std::uint32_t next_read_ = 1;

    // Reused buffers.
    ByteBuffer frame_;
    ByteBuffer events_;
    std::vector<std::size_t> event_ends_;
    wire::PublishBatch batch_frame_;
    std::vector<Record> records_;
};

}  // namespace stormglass::bus
