// The planted defects: sound rules but for one decision each, in a file each. They live in
// `stormglass-defects` and in the tests of the checks, never in what people run.
#pragma once

#include "bus/rules.hpp"
#include "sagas/projection_rules.hpp"
#include "sagas/rules.hpp"
#include "scenarios/runs/defect.hpp"

namespace stormglass::tests {

const bus::Rules& ack_before_persist();
const bus::Rules& intervals_before_signature();
const bus::Rules& delivery_forgotten();
const bus::Rules& dead_letter_apart();
const bus::Rules& two_coordinators();
const bus::Rules& key_overtaken();
const bus::Rules& copy_burns_sequence();
const bus::Rules& signature_unchecked();
const bus::Rules& letter_leaves_trace();
const bus::Rules& retry_reuses_span();
const sagas::Rules& undo_leaves_trace();
const sagas::Rules& no_inbox_dedupe();
const sagas::Rules& skip_one_compensation();
const sagas::Rules& compensate_forward();
const sagas::Rules& late_do_after_undo();
const sagas::ProjectionRules& stop_at_unreadable();
const sagas::ProjectionRules& snapshot_omits_table();
const sagas::ProjectionRules& state_without_position();
const sagas::ProjectionRules& read_before_token();
const sagas::ProjectionRules& table_by_table();
const sagas::ProjectionRules& batch_waits_for_size();
const sagas::ProjectionRules& deletion_not_stored();
const sagas::ProjectionRules& rebuild_fires_effects();

/// Those of projections; all of them are in `planted_defects`.
scenarios::PlantedDefects projection_defects();

/// All of them, with the check that owns each.
scenarios::PlantedDefects planted_defects();

}  // namespace stormglass::tests
