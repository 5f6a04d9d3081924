// The contract of the bus as application code meets it: one atomic batch, groups that deliver,
// settlements that answer, topics that can be read again. `bus::Session` implements it for our own
// bus; adapters for other engines implement the same.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "bus/event.hpp"
#include "runtime/component.hpp"
#include "runtime/result.hpp"

namespace stormglass::bus {

using Position = std::uint64_t;  // place of an event in its topic, dense from 0
using Generation =
    std::uint64_t;  // incarnation of an exclusive group's owner; the fence of its batches

/// When a batch counts as done. The broker refuses what its configuration cannot keep.
enum class Durability : std::uint8_t { written, synced };

/// One event to publish. Views must live until the call that takes the batch returns.
struct Publication {
    std::string_view topic;
    std::string_view type;            // "payment.charge.v1"
    std::string_view partition_key;   // order is kept per key
    std::string_view correlation_id;  // empty: this event is a root and carries its own id
    std::string_view causation_id;    // id of the direct cause; empty exactly for a root
    std::string_view trace_parent;    // context that this event continues; empty: a new trace
    std::string_view trace_state;     // members of others to pass on
    std::string_view subject;
    Bytes payload;
    Duration delay;     // > 0: visible only after this long (a durable timer)
    Duration lifetime;  // > 0: expires this long after now; mandatory for commands
};

/// What must hold, or the whole batch is refused.
struct Condition {
    enum class Kind : std::uint8_t {
        fence,        // no newer epoch than `value` was seen for the fence `name`; moves it up
        key_length,   // topic `name` holds exactly `value` events with partition key `key`
        topic_length  // topic `name` holds exactly `value` events
    };
    Kind kind = Kind::fence;
    std::string_view name;
    std::string_view key;
    std::uint64_t value = 0;
};

enum class Verdict : std::uint8_t { ack, nack, working, reject };

/// The answer to one delivery. `receipt` is the attempt that is answered.
struct Settlement {
    std::string_view group;
    std::string_view topic;
    Position position = 0;
    std::uint32_t receipt = 0;
    Verdict verdict = Verdict::ack;
    Duration delay;           // nack: not before; working: extend by
    std::string_view detail;  // reject, nack: for people, at most 512 bytes
};

struct Batch {
    std::vector<Condition> conditions;
    std::vector<Settlement> settlements;
    std::vector<Publication> publications;

    void clear() {
        conditions.clear();
        settlements.clear();
        publications.clear();
    }
};

using BatchId = Id<struct BatchTag>;
using ReadId = Id<struct ReadTag>;

/// What became of a batch; delivered exactly once per accepted `publish` call in this life.
struct BatchOutcome {
    BatchId id;
    bool accepted = false;
    bool duplicate = false;  // accepted by an earlier try
    std::string_view code;   // of a refusal: EB_FENCED, EB_CONDITION, EB_SETTLED, EV_* ...
    std::span<const Position> positions;  // one per publication; delayed ones: kDelayed
};

constexpr Position kDelayed = ~Position{0};

enum class GroupMode : std::uint8_t {
    at_least_once,
    effectively_once  // a settlement with an outdated receipt refuses its whole batch
};
enum class KeyOrder : std::uint8_t { per_key, none };
/// What later events of a key do when one before them became a dead letter.
enum class OnDead : std::uint8_t { block_key, skip };
/// shared: events are spread over members; exclusive: one member at a time owns all, fenced by a
/// generation.
enum class Sharing : std::uint8_t { shared, exclusive };

struct Subscription {
    std::string_view topic;
    std::string_view group;
    GroupMode mode = GroupMode::at_least_once;
    KeyOrder order = KeyOrder::per_key;
    OnDead on_dead = OnDead::block_key;
    Sharing sharing = Sharing::shared;
    std::uint32_t in_flight_max = 64;
};

/// One delivery. Views live until the callback returns.
struct Delivery {
    std::string_view group;
    Position position = 0;
    std::uint32_t receipt = 0;  // attempt, from 1; also what a Settlement must carry
    Generation generation = 0;  // of the owner, for exclusive groups
    EventView event;
    std::string_view trace_parent;  // of this attempt: what its handler publishes continues it

    std::string_view topic() const { return event.topic(); }
};

struct Record {
    Position position = 0;
    EventView event;
};

/// What a client tells its owner, always from within a step of the same node.
class Listener {
  public:
    virtual ~Listener() = default;

    /// The bus granted an epoch: publishing may begin. Called again after an epoch was lost.
    virtual void on_ready(std::uint32_t epoch, Moment now, Effects& out) = 0;
    virtual void on_outcome(const BatchOutcome& outcome, Moment now, Effects& out) = 0;
    virtual void on_delivery(const Delivery& delivery, Moment now, Effects& out) = 0;
    /// A piece of a read, in order; `last` says that the topic's head was reached.
    virtual void on_records(
        ReadId read, std::span<const Record> records, bool last, Moment now, Effects& out) = 0;
    /// This member owns the exclusive group from now on, under this generation ...
    virtual void on_assigned(std::string_view group,
                             Generation generation,
                             Moment now,
                             Effects& out) = 0;
    /// ... until a newer one exists. May come late or never: only the fence is safe.
    virtual void on_revoked(std::string_view group,
                            Generation generation,
                            Moment now,
                            Effects& out) = 0;
};

class Client : public Component {
  public:
    /// Sends the batch, keeps it, and retries it with the same identity until an outcome is known.
    /// Batches of one client take effect in the order of these calls. Fails at once with
    /// `overloaded` (too many outstanding), `not-ready` (no epoch yet) or the code of a draft's
    /// violation; nothing is kept then.
    virtual Result<BatchId> publish(const Batch& batch,
                                    Durability durability,
                                    Moment now,
                                    Effects& out) = 0;

    /// Fire and forget: never waits, never fails the caller. False when the bounded queue was full
    /// or the event not valid; what was dropped is counted and noted ("bus.emit-dropped").
    virtual bool emit(const Publication& publication, Moment now, Effects& out) = 0;

    /// Idempotent; kept across reconnects. Names must outlive the client.
    virtual void subscribe(const Subscription& subscription, Moment now, Effects& out) = 0;

    /// Reads the topic from `from` to its head of that time, in pieces, each delivered once.
    virtual ReadId read(std::string_view topic, Position from, Moment now, Effects& out) = 0;
};

}  // namespace stormglass::bus
