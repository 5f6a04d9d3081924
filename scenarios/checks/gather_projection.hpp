// From a finished world to the facts about its dashboard.
#pragma once

#include "scenarios/checks/projection_facts.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {

ProjectionFacts gather_projection(const CheckoutWorld& world);

}  // namespace stormglass::scenarios
