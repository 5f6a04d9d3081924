// In a file of its own, so that a test program can link another choice in its place and run the
// unit tests under a planted defect (tests/defects/).
#include "bus/rules.hpp"

namespace stormglass::bus {

const Rules& sound_rules() {
    static const Rules rules;
    return rules;
}

}  // namespace stormglass::bus
