// What sagas say to each other over the bus, and its binary form: u8 format, u8 kind, fields,
// little-endian; texts carry a u16 length, bodies a u32. Decoding is bounded, allocates only an
// error's text, and never trusts a length. Views point into the decoded bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

constexpr std::size_t kTextBytesMax = 128;       // as names on the bus
constexpr std::size_t kBodyBytesMax = 32 << 10;  // half an event: the rest is envelope

// Event types; a do or undo has the type that its definition says.
constexpr std::string_view kCancelType = "saga.cancel.v1";
constexpr std::string_view kReplyType = "saga.reply.v1";
constexpr std::string_view kTimerType = "saga.timer.v1";
constexpr std::string_view kJournalType = "saga.journal.v1";
constexpr std::string_view kEffectType = "saga.effect.v1";
constexpr std::string_view kClaimType = "saga.claim.v1";

enum class MessageKind : std::uint8_t { command = 1, reply, timer, journal, effect, claim };

/// Asks a participant to do, undo or cancel a step. The attempt is not part of the idempotency key.
struct Command {
    std::string_view saga;
    std::string_view definition;
    std::uint64_t definition_hash = 0;
    std::string_view step;
    Direction direction = Direction::forward;
    StepKind kind = StepKind::compensatable;
    std::uint32_t attempt = 0;
    Epoch epoch = 0;  // of the coordinator that sent it
    Bytes body;       // the saga's payload
};

struct Reply {
    std::string_view saga;
    std::string_view step;
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
    Outcome outcome = Outcome::ok;
    Bytes body;
};

/// A durable timer: comes back to the coordinator when it is due.
struct Timer {
    enum class Kind : std::uint8_t { attempt, deadline };
    Kind kind = Kind::attempt;
    std::string_view saga;
    std::string_view step;  // empty for a deadline
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
};

/// One fact in the life of a saga. Which members count depends on `kind`.
struct JournalEvent {
    enum class Kind : std::uint8_t {
        started,   // definition, definition_hash, trace_parent, payload
        command,   // step, direction, attempt: implies the command and its timer
        reply,     // step, direction, attempt, outcome
        timeout,   // step, direction, attempt
        deadline,  // of the whole saga
        decided,   // course
        finished   // state
    };
    Kind kind = Kind::started;
    std::string_view saga;
    Epoch epoch = 0;  // of the coordinator that wrote it
    StepId step;
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
    Outcome outcome = Outcome::ok;
    Course course = Course::commit;
    SagaState state = SagaState::running;
    std::string_view definition;
    std::uint64_t definition_hash = 0;
    std::string_view trace_parent;
    Bytes payload;
};

/// What became of one command at a participant: its inbox, tombstones and business state are a
/// fold over these.
struct EffectRecord {
    std::string_view saga;
    std::string_view step;
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
    Epoch epoch = 0;  // of the command
    Impact effect = Impact::applied;
    Outcome answer = Outcome::ok;
    bool binding = false;    // the answer stands for every later command with this key
    bool tombstone = false;  // a later do of this step is refused
    std::int64_t amount = 0;
    std::string_view resource;
    Bytes body;  // of the reply
};

/// The first event of an owner's tenure: raises the fence before the past is read.
struct Claim {
    std::string_view group;
    std::uint64_t generation = 0;
};

std::string_view name_of(JournalEvent::Kind kind);
std::string_view name_of(Timer::Kind kind);

/// Saga, step and direction, without the attempt: "order-17/charge/do".
std::string idempotency_key(std::string_view saga, std::string_view step, Direction direction);

/// The trace of a saga that was started without one: "00-<32 hex>-<16 hex>-01", from its id.
std::string trace_parent_of(std::string_view saga);

/// 1 to kTextBytesMax printable ASCII characters; what a saga id, step or resource may be.
bool is_name(std::string_view text);

/// "name.name.vN" of small letters, digits and hyphens, as the bus wants the type of an event.
bool is_event_type(std::string_view text);

/// A W3C traceparent of version 00, as the bus wants it.
bool is_trace_parent(std::string_view text);

/// The kind that the first bytes claim; nothing when they are no message of ours.
std::optional<MessageKind> kind_of(Bytes bytes);

// Append the encoded message to `out`. Require: texts and bodies within their bounds.
void encode(const Command& message, ByteBuffer& out);
void encode(const Reply& message, ByteBuffer& out);
void encode(const Timer& message, ByteBuffer& out);
void encode(const JournalEvent& message, ByteBuffer& out);
void encode(const EffectRecord& message, ByteBuffer& out);
void encode(const Claim& message, ByteBuffer& out);

// Fail with SM_FORMAT, SM_KIND, SM_TRUNCATED, SM_TRAILING, SM_TEXT, SM_BODY, SM_VALUE and the
// byte offset.
Result<Command> decode_command(Bytes bytes);
Result<Reply> decode_reply(Bytes bytes);
Result<Timer> decode_timer(Bytes bytes);
Result<JournalEvent> decode_journal_event(Bytes bytes);
Result<EffectRecord> decode_effect_record(Bytes bytes);
Result<Claim> decode_claim(Bytes bytes);

}  // namespace stormglass::sagas
