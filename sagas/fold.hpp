// Fold: what a projection makes of one event, `state' = apply(state, event)`. Pure: state and event
// are all that it sees, so that the same log gives the same rows, any time, anywhere.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "runtime/result.hpp"
#include "sagas/read_model.hpp"

namespace stormglass::sagas {

class Fold {
  public:
    virtual ~Fold() = default;

    /// Small letters, digits and underscores; with the version it names what a store holds.
    virtual std::string_view name() const = 0;
    /// Moves up whenever the same log would give other rows: what is stored is then built anew.
    virtual std::uint32_t version() const = 0;
    virtual std::vector<TableShape> tables() const = 0;

    /// Takes one event in. An event that is none of its business changes nothing. An event that it
    /// should understand and does not is an error; it must not have changed anything then.
    virtual Result<void> apply(const bus::Record& record, Tables& tables) const = 0;
};

/// One more table beside those of the fold: events that could not be read are never dropped
/// silently. Key: the position; columns: code and id of the event.
constexpr std::string_view kSkippedTable = "skipped_events";

/// The tables of a fold and, as the last one, that of skipped events; empty.
Tables empty_tables(const Fold& fold);

/// What a store must hold to be of use: name, version and shape of the tables.
std::uint64_t identity_of(const Fold& fold);

/// Applies one event; what the fold cannot read is kept as a skipped one. Returns the code, empty
/// when it was read.
std::string_view fold_event(const Fold& fold, const bus::Record& record, Tables& tables);

/// Events [from, to) are not to be had: the bus handed on none of them.
void fold_gap(bus::Position from, bus::Position to, Tables& tables);

}  // namespace stormglass::sagas
