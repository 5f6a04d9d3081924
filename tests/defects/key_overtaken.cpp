// Planted: hands out an event while an earlier one of its key is still under way.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class KeyOvertaken final : public bus::Rules {
  public:
    bool key_waits_its_turn() const override { return false; }
};

}  // namespace

const bus::Rules& key_overtaken() {
    static const KeyOvertaken rules;
    return rules;
}

}  // namespace stormglass::tests
