// Planted: writes the dead letter and the settlement of its delivery in two entries.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class DeadLetterApart final : public bus::Rules {
  public:
    bus::Burial burial() const override { return bus::Burial::letter_first; }
};

}  // namespace

const bus::Rules& dead_letter_apart() {
    static const DeadLetterApart rules;
    return rules;
}

}  // namespace stormglass::tests
