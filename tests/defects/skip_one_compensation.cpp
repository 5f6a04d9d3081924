// Planted: leaves the last step standing that an abort should take back.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class SkipOneCompensation final : public sagas::Rules {
  public:
    sagas::StepSet steps_to_compensate(const sagas::Definition& definition,
                                       const sagas::Progress& progress) const override {
        sagas::StepSet steps = Rules::steps_to_compensate(definition, progress);
        for (auto step = definition.order.rbegin(); step != definition.order.rend(); ++step) {
            if (steps.contains(*step)) {
                steps.erase(*step);
                break;
            }
        }
        return steps;
    }
};

}  // namespace

const sagas::Rules& skip_one_compensation() {
    static const SkipOneCompensation rules;
    return rules;
}

}  // namespace stormglass::tests
