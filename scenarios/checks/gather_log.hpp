// The part of `gather` that concerns the log and its groups.
#pragma once

#include <cstdint>

#include "scenarios/checks/facts.hpp"
#include "scenarios/ledger/ledger.hpp"

namespace stormglass::bus {
class Broker;
}

namespace stormglass::scenarios {

/// Stored and acknowledged events, and which of the latter the journal still holds.
void gather_log(const Ledger& ledger, RunFacts& facts);

/// Where each position of each group stands, as the broker's state machine says, and what was
/// handed over to whom, as the notes say.
void gather_groups(const Ledger& ledger, const bus::Broker& broker, RunFacts& facts);

/// How long sources waited for acknowledgements, and groups for what was stored.
void gather_waits(const Ledger& ledger, RunFacts& facts);

/// Events in the journal that no source published, or published with other bytes.
std::uint64_t count_foreign_events(const Ledger& ledger);

}  // namespace stormglass::scenarios
