// The switch of rules as the mutation test brings it: one rule, named in the environment, reports
// nothing. Linked before the library, so that its own switch is never taken.
#include <cstdlib>
#include <string_view>

#include "sim/checks/rule.hpp"

namespace stormglass::sim::checks {

bool rule_enabled(Rule rule) {
    static const char* const kDisabled = std::getenv("STORMGLASS_DISABLED_RULE");
    return kDisabled == nullptr || row_of(rule).id != std::string_view(kDisabled);
}

}  // namespace stormglass::sim::checks
