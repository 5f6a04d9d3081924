// What checks judge: the facts of one finished run, put in order from the ledger and the journal.
// A check reads facts and nothing else, so that it can be fed by hand in a test.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "scenarios/checks/projection_facts.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {

/// A step as far as checks care.
struct StepShape {
    std::string name;
    std::uint64_t before = 0;  // bit i: step i must have succeeded first, directly or not
    bool compensatable = false;
    bool pivot = false;
};

/// cancel: a step in doubt is asked whether it happened, and kept from happening if it did not.
enum class Direction : std::uint8_t { forward, undo, cancel };
enum class EffectOutcome : std::uint8_t { applied, noop, refused };

/// A participant's effect as it stands in the journal, in journal order.
struct EffectFact {
    std::uint64_t at = 0;     // ns of world time
    std::uint64_t index = 0;  // journal order
    std::size_t step = 0;     // of the definition
    Direction direction = Direction::forward;
    EffectOutcome outcome = EffectOutcome::applied;
    std::int64_t amount = 0;
    std::string resource;
};

/// An event of the coordinator's journal, in journal order.
struct DecisionFact {
    enum class Kind : std::uint8_t { started, command, reply, timeout, decided, finished };
    Kind kind = Kind::started;
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    std::size_t step = 0;  // command, reply, timeout
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
    bus::Generation generation = 0;  // of the coordinator that wrote it
    std::string outcome;  // reply: ok, failed, refused; decided: commit, abort; finished: the state
};

/// A command as it stands on its participant's topic.
struct CommandFact {
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    std::size_t step = 0;
    Direction direction = Direction::forward;
    std::uint32_t attempt = 0;
    bus::Generation generation = 0;
};

struct SagaFacts {
    std::string id;
    std::vector<DecisionFact> decisions;
    std::vector<CommandFact> commands;
    std::vector<EffectFact> effects;

    /// completed, compensated, needs-operator; empty while it is not finished.
    std::string_view outcome() const;
};

/// An owner of the coordinators' group, from its assignment until the next one.
struct OwnerFact {
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    bus::Generation generation = 0;
};

/// An event that a source was told is safe.
struct AckedFact {
    std::string source;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    std::string topic;
    bus::Position position = 0;
    std::uint64_t at = 0;
    bool in_journal = false;  // found there at the end, at that position
};

/// An event of the journal, in journal order.
struct StoredFact {
    std::string source;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    std::string topic;
    bus::Position position = 0;
    std::string key;
    std::uint64_t at = 0;
    bool delayed = false;  // a timer: released when due, behind whatever came meanwhile
};

/// One delivery to one member, or its end, in order.
struct HandoverFact {
    enum class Kind : std::uint8_t { received, settled, dead };
    Kind kind = Kind::received;
    std::uint64_t at = 0;
    bus::Position position = 0;
    std::uint32_t attempt = 0;
    std::string key;
    std::string what;  // settled: the verdict; dead: the reason
};

/// Where a position of a group stands at the end.
enum class Standing : std::uint8_t { settled, in_flight, retrying, parked, dead, waiting, nowhere };

struct GroupFacts {
    std::string name;
    std::string topic;
    bool ordered = false;  // per key
    bool effectively_once = false;
    bus::Position length = 0;            // events in the topic
    std::vector<Standing> standing;      // by position
    std::vector<std::uint32_t> letters;  // dead letters in the journal, by position
    std::vector<HandoverFact> handovers;
    std::vector<std::string> keys;  // partition key by position
};

/// What an attack did and what came of it.
struct AttackFacts {
    std::uint64_t injected = 0;      // frames of the adversary that reached a live guard
    std::uint64_t unguarded = 0;     // of those, met a broker that was still recovering
    std::uint64_t altered = 0;       // forged or changed ones, on whatever link
    std::uint64_t tampered = 0;      // changed in place, on their source's own link
    std::uint64_t alarms = 0;        // raised on the adversary's link
    std::uint64_t own_alarms = 0;    // raised on a source's own link
    std::uint64_t own_refusals = 0;  // of bytes on a source's own link, with or without an alarm
    std::uint64_t refusals = 0;      // with the adversary as sender
    std::uint64_t foreign_events =
        0;                  // in the journal, but published by nobody, or with other bytes
    bool present = false;   // the schedule has an adversary
    bool compared = false;  // a twin without the attack was run
    std::uint64_t domain_digest = 0;  // outcome and effects of every saga
    std::uint64_t domain_digest_without = 0;
    std::string difference;  // first saga that differs, in words
};

/// Somebody waited for the bus for a second or more: a source for an acknowledgement, or a group
/// for an event that was stored.
struct WaitFact {
    std::string who;
    std::uint64_t from = 0;  // ns of world time
    std::uint64_t until = 0;
};

struct RunFacts {
    std::vector<StepShape> steps;  // of the one saga that the world runs
    std::vector<SagaFacts> sagas;  // by id
    std::vector<OwnerFact> owners;
    std::vector<StoredFact> stored;
    std::vector<AckedFact> acked;
    std::vector<GroupFacts> groups;
    std::vector<WaitFact> waits;              // only where a scenario's controls ask for them
    std::uint64_t waits_ended = 0;            // of whatever length
    std::vector<std::string> decisions_lost;  // acknowledged to a coordinator, not in the journal
    std::uint64_t started_requests = 0;       // sagas that clients were told have started
    AttackFacts attack;
    ProjectionFacts projection;
    TraceFacts trace;          // only where a check of traces is asked for
    bool settled = false;      // the run reached its end with nothing under way
    std::string end;           // why it ended otherwise
    std::uint64_t end_at = 0;  // ns of world time
};

}  // namespace stormglass::scenarios
