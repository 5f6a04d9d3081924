// Planted: lets a batch of an outdated owner pass the fence.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class TwoCoordinators final : public bus::Rules {
  public:
    bool fence_admits(std::uint64_t, std::uint64_t) const override { return true; }
};

}  // namespace

const bus::Rules& two_coordinators() {
    static const TwoCoordinators rules;
    return rules;
}

}  // namespace stormglass::tests
