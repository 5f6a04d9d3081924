// The rules on which the promises of projections rest, one function each, as in rules.hpp: a test
// breaks exactly one and sees which check notices.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bus/client.hpp"

namespace stormglass::sagas {

/// How a batch of events reaches the store.
enum class Commitment : std::uint8_t { together, state_first, table_by_table };

/// Events that are applied and not yet stored.
struct BatchSoFar {
    std::size_t events = 0;
    std::size_t events_max = 0;
    Duration waited;  // of the first of them
    Duration delay;   // how long it may
};

class ProjectionRules {
  public:
    virtual ~ProjectionRules() = default;

    /// Rows of all tables and the position are one commit. A crash between two would leave rows of
    /// events that are then applied once more, or tables that tell of different times.
    virtual Commitment commitment() const;

    /// Whether a row that is gone is taken out of the store.
    virtual bool deletion_is_stored() const;

    /// Whether a batch is stored now: it is full, or its first event has waited long enough.
    virtual bool batch_is_due(const BatchSoFar& batch) const;

    /// Whether a read that must see the event at `written` may be answered from a state that has
    /// taken in all events before `committed`.
    virtual bool token_is_reached(bus::Position written, bus::Position committed) const;

    /// Whether the projection goes on behind an event that it cannot read.
    virtual bool unreadable_is_skipped() const;

    /// Whether a snapshot holds this table. It holds all of them.
    virtual bool table_is_in_snapshot(std::size_t table) const;

    /// Whether handlers with effects outside are told of an event that is folded once more.
    virtual bool rebuild_reaches_outside() const;
};

/// The rules as they should be; what everybody uses but the tests of the checks.
const ProjectionRules& sound_projection_rules();

}  // namespace stormglass::sagas
