// From a finished world to the facts that checks judge.
#pragma once

#include <cstdint>

#include "scenarios/checks/facts.hpp"
#include "scenarios/runs/run.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {

/// Requires: the world has run to its end. `settled` is what `CheckoutWorld::run` returned.
RunFacts gather(const Plan& plan, CheckoutWorld& world, bool settled);

/// Outcomes and effects of all sagas, whatever the order in which they happened: what an attack
/// must not change.
std::uint64_t domain_digest(const RunFacts& facts);

/// The first saga in which two runs differ, in words; empty when they do not.
std::string domain_difference(const RunFacts& facts, const RunFacts& other);

}  // namespace stormglass::scenarios
