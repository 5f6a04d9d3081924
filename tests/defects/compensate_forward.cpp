// Planted: undoes steps in the order in which they were done.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class CompensateForward final : public sagas::Rules {
  public:
    sagas::StepSet undone_before(const sagas::Definition& definition,
                                 sagas::StepId step) const override {
        return definition.step(step).ancestors;
    }
};

}  // namespace

const sagas::Rules& compensate_forward() {
    static const CompensateForward rules;
    return rules;
}

}  // namespace stormglass::tests
