#include "sagas/projection_rules.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas {

Commitment ProjectionRules::commitment() const {
    return Commitment::together;
}

bool ProjectionRules::deletion_is_stored() const {
    return true;
}

bool ProjectionRules::batch_is_due(const BatchSoFar& batch) const {
    CHECK(batch.events > 0);
    CHECK(batch.events_max > 0);
    return batch.events >= batch.events_max || batch.waited >= batch.delay;
}

bool ProjectionRules::token_is_reached(bus::Position written, bus::Position committed) const {
    return written < committed;
}

bool ProjectionRules::unreadable_is_skipped() const {
    return true;
}

bool ProjectionRules::table_is_in_snapshot(std::size_t) const {
    return true;
}

bool ProjectionRules::rebuild_reaches_outside() const {
    return false;
}

}  // namespace stormglass::sagas
