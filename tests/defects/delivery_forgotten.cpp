// Planted: does not hand out again what was under way when the broker died.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class DeliveryForgotten final : public bus::Rules {
  public:
    bool redeliver_after_recovery(const bus::PendingDelivery&) const override { return false; }
};

}  // namespace

const bus::Rules& delivery_forgotten() {
    static const DeliveryForgotten rules;
    return rules;
}

}  // namespace stormglass::tests
