// The planted defects of projections, with the check that owns each.
#include <array>

#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

scenarios::PlantedDefect projection_defect(std::string_view name,
                                           std::string_view breaks,
                                           std::string_view check,
                                           std::string_view scenario,
                                           const sagas::ProjectionRules& rules) {
    scenarios::PlantedDefect defect;
    defect.name = name;
    defect.breaks = breaks;
    defect.check = check;
    defect.scenario = scenario;
    defect.projections = &rules;
    return defect;
}

}  // namespace

scenarios::PlantedDefects projection_defects() {
    static const std::array kDefects = {
        projection_defect("stop-at-unreadable",
                          "stops for good at the first event that it cannot read",
                          "convergence",
                          "poisoned-message",
                          stop_at_unreadable()),
        projection_defect("snapshot-omits-table",
                          "leaves a table out of its snapshots",
                          "rebuild-equals-incremental",
                          "projection-rebuild",
                          snapshot_omits_table()),
        projection_defect("state-without-position",
                          "stores rows first and their position in a second commit",
                          "apply-once-in-order",
                          "projection-crash",
                          state_without_position()),
        projection_defect("read-before-token",
                          "answers a read before the event that its reader has written is in",
                          "read-your-writes",
                          "calm",
                          read_before_token()),
        projection_defect("table-by-table",
                          "stores each table by itself, so that others see one without the next",
                          "consistent-prefix",
                          "calm",
                          table_by_table()),
        projection_defect("batch-waits-for-size",
                          "stores a batch when it is full, however long that takes",
                          "bounded-staleness",
                          "calm",
                          batch_waits_for_size()),
        projection_defect("deletion-not-stored",
                          "forgets to take a deleted row out of the store",
                          "no-invention",
                          "projection-crash",
                          deletion_not_stored()),
        projection_defect("rebuild-fires-effects",
                          "tells handlers of old events again during a rebuild",
                          "legitimate-replay",
                          "projection-rebuild",
                          rebuild_fires_effects()),
    };
    return kDefects;
}

}  // namespace stormglass::tests
