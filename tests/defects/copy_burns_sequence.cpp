// Planted: uses up the sequences of an authentic event before it asks over which link it came.
#include <array>

#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class CopyBurnsSequence final : public bus::Rules {
  public:
    std::span<const bus::AdmissionStep> admission_order() const override {
        using Step = bus::AdmissionStep;
        static constexpr std::array kOrder = {Step::attributes,
                                              Step::audience,
                                              Step::key,
                                              Step::replay_read,
                                              Step::time,
                                              Step::signature,
                                              Step::replay_update,
                                              Step::link};
        return kOrder;
    }
};

}  // namespace

const bus::Rules& copy_burns_sequence() {
    static const CopyBurnsSequence rules;
    return rules;
}

}  // namespace stormglass::tests
