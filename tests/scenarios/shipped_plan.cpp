#include "tests/scenarios/shipped_plan.hpp"

#include "runtime/check.hpp"
#include "scenarios/program/inputs.hpp"

namespace stormglass::tests {

scenarios::Plan shipped_plan(std::string_view name) {
    auto plans = scenarios::load_plans({std::string(name)}, scenarios::make_names({}));
    CHECK(plans.value.has_value() && plans.value->size() == 1);
    return std::move(plans.value->front());
}

}  // namespace stormglass::tests
