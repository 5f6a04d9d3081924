// The switch that is always on. It stands alone, so that a test binary can bring another one.
#include "sim/checks/rule.hpp"

namespace stormglass::sim::checks {

bool rule_enabled(Rule) {
    return true;
}

}  // namespace stormglass::sim::checks
