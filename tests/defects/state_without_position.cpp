// Planted: stores rows first and their position in a second commit.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class StateWithoutPosition final : public sagas::ProjectionRules {
  public:
    sagas::Commitment commitment() const override { return sagas::Commitment::state_first; }
};

}  // namespace

const sagas::ProjectionRules& state_without_position() {
    static const StateWithoutPosition rules;
    return rules;
}

}  // namespace stormglass::tests
