// Planted: moves the accepted intervals before it has looked at the signature.
#include <array>

#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class IntervalsBeforeSignature final : public bus::Rules {
  public:
    std::span<const bus::AdmissionStep> admission_order() const override {
        using Step = bus::AdmissionStep;
        static constexpr std::array kOrder = {Step::attributes,
                                              Step::audience,
                                              Step::key,
                                              Step::replay_read,
                                              Step::replay_update,
                                              Step::time,
                                              Step::signature,
                                              Step::link};
        return kOrder;
    }
};

}  // namespace

const bus::Rules& intervals_before_signature() {
    static const IntervalsBeforeSignature rules;
    return rules;
}

}  // namespace stormglass::tests
