// Planted: leaves a table out of its snapshots.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class SnapshotOmitsTable final : public sagas::ProjectionRules {
  public:
    bool table_is_in_snapshot(std::size_t table) const override { return table != 2; }
};

}  // namespace

const sagas::ProjectionRules& snapshot_omits_table() {
    static const SnapshotOmitsTable rules;
    return rules;
}

}  // namespace stormglass::tests
