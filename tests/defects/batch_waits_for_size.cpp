// Planted: stores a batch when it is full, however long that takes.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class BatchWaitsForSize final : public sagas::ProjectionRules {
  public:
    bool batch_is_due(const sagas::BatchSoFar& batch) const override {
        return batch.events >= batch.events_max;
    }
};

}  // namespace

const sagas::ProjectionRules& batch_waits_for_size() {
    static const BatchWaitsForSize rules;
    return rules;
}

}  // namespace stormglass::tests
