// Planted: takes what comes over a source's own link for the source's own words.
#include <array>

#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class SignatureUnchecked final : public bus::Rules {
  public:
    std::span<const bus::AdmissionStep> admission_order() const override {
        using Step = bus::AdmissionStep;
        static constexpr std::array kOrder = {Step::attributes,
                                              Step::audience,
                                              Step::key,
                                              Step::replay_read,
                                              Step::time,
                                              Step::link,
                                              Step::replay_update};
        return kOrder;
    }
};

}  // namespace

const bus::Rules& signature_unchecked() {
    static const SignatureUnchecked rules;
    return rules;
}

}  // namespace stormglass::tests
