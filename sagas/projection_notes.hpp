// The notes that projections take, for ledgers and dashboards; fields as in notes.hpp. `position`
// is that of the next event: rows are a fold of all before it. `digest` is that of the rows.
#pragma once

#include "runtime/random.hpp"

namespace stormglass::sagas::notes {

constexpr Site kProjectionLoaded = "projection.loaded";    // projection position digest
constexpr Site kProjectionApplied = "projection.applied";  // projection position (of the event)
constexpr Site kProjectionSkipped =
    "projection.skipped";  // projection position count code: an alarm
// What the store holds: digest of all rows there.
constexpr Site kProjectionStored = "projection.stored";  // projection position digest
constexpr Site kProjectionCommitted =
    "projection.committed";  // projection position digest: reads are answered from here
constexpr Site kProjectionStoreFailed = "projection.store-failed";  // projection code text
constexpr Site kProjectionRebuilding = "projection.rebuilding";     // projection from
constexpr Site kProjectionRebuilt = "projection.rebuilt";    // projection position digest from
constexpr Site kProjectionSnapshot = "projection.snapshot";  // projection position digest bytes
// projection position digest written (of the event that the reader had written; none: no field)
constexpr Site kProjectionRead = "projection.read";
constexpr Site kProjectionReadRefused = "projection.read-refused";  // projection code
constexpr Site kProjectionLagging =
    "projection.lagging";  // projection events ns bound: an alarm, once
constexpr Site kProjectionCaughtUp = "projection.caught-up";  // projection events ns bound

}  // namespace stormglass::sagas::notes
