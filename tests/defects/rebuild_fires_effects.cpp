// Planted: tells handlers of old events again during a rebuild.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class RebuildFiresEffects final : public sagas::ProjectionRules {
  public:
    bool rebuild_reaches_outside() const override { return true; }
};

}  // namespace

const sagas::ProjectionRules& rebuild_fires_effects() {
    static const RebuildFiresEffects rules;
    return rules;
}

}  // namespace stormglass::tests
