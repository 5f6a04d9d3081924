// The rules on which the promises of the bus rest, one function each. They stand together so that
// a reader finds them, and so that a test can break exactly one and see which check notices.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "bus/client.hpp"
#include "bus/trace_context.hpp"

namespace stormglass::bus {

/// The steps of admission that the order matters for; frame limits come before all of them.
enum class AdmissionStep : std::uint8_t {
    attributes,
    audience,
    key,
    replay_read,  // epoch and accepted intervals, looked at only
    time,
    signature,
    link,           // whether it is the source's own; an authentic copy over another is a replay
    replay_update,  // the first write: the sequences count as used from here on
};

/// How far the journal has come, in entries.
struct JournalProgress {
    std::uint64_t appended = 0;  // handed to the disk
    std::uint64_t written = 0;   // the disk has taken it
    std::uint64_t synced = 0;    // would survive a power failure
};

/// A delivery that was under way when the broker died.
struct PendingDelivery {
    std::string_view group;
    std::string_view topic;
    Position position = 0;
    std::uint32_t attempts = 0;
};

/// How a dead letter enters the journal.
enum class Burial : std::uint8_t { with_settlement, letter_first };

class Rules {
  public:
    virtual ~Rules() = default;

    /// Cheap refusals first, but nothing is written before signature and link hold: otherwise
    /// anybody could burn a source's sequences with forgeries or copies.
    virtual std::span<const AdmissionStep> admission_order() const;

    /// Up to which entry the journal counts as committed: only then is anything acknowledged,
    /// applied or delivered.
    virtual std::uint64_t committed(Durability durability, const JournalProgress& progress) const;

    /// Whether an event waits until the group is done with the one before it of the same key. It
    /// does: a retry of the first would otherwise come behind the second.
    virtual bool key_waits_its_turn() const;

    /// Whether a delivery under way at the crash is handed out again. It always is: nobody else
    /// remembers it.
    virtual bool redeliver_after_recovery(const PendingDelivery& pending) const;

    /// A dead letter and the settlement of its delivery are one entry: a crash between two would
    /// leave a message both dead and alive.
    virtual Burial burial() const;

    /// Whether a batch with this epoch may pass a fence that has seen `current`.
    virtual bool fence_admits(std::uint64_t presented, std::uint64_t current) const;

    /// The span of one attempt to handle an event: in the event's trace, another for each attempt.
    virtual TraceContext attempt_context(const TraceContext& event,
                                         std::string_view group,
                                         std::uint32_t attempt) const;

    /// The span of a dead letter: in the trace of the event that died.
    virtual TraceContext letter_context(const TraceContext& event, std::string_view group) const;
};

/// The rules as they should be; what everybody uses but the tests of the checks.
const Rules& sound_rules();

}  // namespace stormglass::bus
