// The frames between a session and a broker: what they say, and their binary form.
// A frame is: u8 format, u8 kind, u32 body length, u32 CRC32C of all before and after it, body; all
// integers are little-endian. Every field is bounded before it is used; a decoder never throws,
// never reads past its input, and allocates nothing that an unchecked length asked for.
// docs/wire_format.md.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "bus/client.hpp"

namespace stormglass::bus::wire {

// ---- session -> broker ----

/// Asks for an epoch. `nonce` names this life of the source: the same nonce gets the same epoch.
struct Attach {
    std::string_view source;
    std::uint64_t nonce = 0;
};

/// One publication of a batch on the wire: the signed event and, if delayed, by how much.
struct WireEvent {
    Bytes event;
    Duration delay;
};

struct PublishBatch {
    std::uint64_t batch = 0;  // the session's name for it; echoed in the outcome
    std::uint32_t epoch = 0;
    Durability durability = Durability::synced;
    /// Sequence of the last publication sent before this batch and still without an outcome
    /// (0: none): the broker answers `early` until that one has been admitted.
    std::uint64_t follows = 0;
    std::vector<Condition> conditions;
    std::vector<Settlement> settlements;
    std::vector<WireEvent> events;
};

/// Fire and forget: the same admission, no answer.
struct Emit {
    Bytes event;
};

struct Subscribe {
    std::uint64_t attachment = 0;
    Subscription subscription;
};

/// "Still here": keeps the memberships of this source alive.
struct Heartbeat {
    std::uint64_t attachment = 0;
};

struct Read {
    std::uint64_t read = 0;
    std::string_view topic;
    Position from = 0;
    std::uint32_t bytes_max = 0;
};

// ---- broker -> session ----

/// The attachment names this acquaintance of broker and session. A broker draws one whenever it
/// comes to know a session, after its own restart too, and both name it in all that rests on it:
/// what was held up on the way and speaks of an earlier one is known for what it is.
struct Attached {
    std::uint64_t nonce = 0;
    std::uint32_t epoch = 0;
    std::uint64_t attachment = 0;
};

/// The broker knows no such session (it restarted, or the membership lapsed): attach again.
struct Unattached {
    std::uint64_t attachment = 0;
};

enum class OutcomeStatus : std::uint8_t { accepted, refused, early, overloaded };

struct Outcome {
    std::uint64_t batch = 0;
    OutcomeStatus status = OutcomeStatus::refused;
    bool duplicate = false;
    std::string_view code;
    std::vector<Position> positions;
};

struct Deliver {
    std::string_view group;
    Position position = 0;
    std::uint32_t attempt = 0;
    Generation generation = 0;
    Bytes event;
    std::uint64_t attachment = 0;
};

struct Assigned {
    std::string_view group;
    Generation generation = 0;
    std::uint64_t attachment = 0;
};

struct Revoked {
    std::string_view group;
    Generation generation = 0;
};

struct WireRecord {
    Position position = 0;
    Bytes event;
};

struct Records {
    std::uint64_t read = 0;
    Position from = 0;  // as asked
    bool last = false;  // the head was reached
    std::vector<WireRecord> records;
};

using Frame = std::variant<Attach,
                           PublishBatch,
                           Emit,
                           Subscribe,
                           Heartbeat,
                           Read,
                           Attached,
                           Unattached,
                           Outcome,
                           Deliver,
                           Assigned,
                           Revoked,
                           Records>;

// Bounds, checked by encoder (CHECK) and decoder (refusal) alike.
constexpr std::size_t kFrameBytesMax = 4 << 20;
constexpr std::size_t kEventBytesMax = 64 << 10;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kDetailBytesMax = 512;
constexpr std::size_t kBatchItemsMax = 1024;  // of conditions, settlements and events each
constexpr std::size_t kRecordsMax = 4096;

/// Appends the frame to `out`.
void encode(const Frame& frame, ByteBuffer& out);

/// Views in the result point into `bytes`. Fails with `EF_*` codes and a byte offset.
Result<Frame> decode(Bytes bytes);

/// What a frame is about, for keyed draws: equal for equal messages whatever their timestamps,
/// e.g. (kind, source, epoch, batch). Never zero.
std::uint64_t about(const Frame& frame, std::string_view source);

}  // namespace stormglass::bus::wire
