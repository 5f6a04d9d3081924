// What the scenarios' own counters say about a leg and a claim. A runner fills both; where they
// disagree the worse one stands, so that a forgotten flag can never make a line look better.
#pragma once

#include <string>
#include <vector>

#include "reports/results.hpp"

namespace stormglass::reports {

/// Adds to the leg whatever its scenario's counters hold against it. Adds nothing twice.
void reconcile(LegResult& leg, const Results& results);

/// The claim's planted defects that one of the checks of its legs caught in at least one block.
[[nodiscard]] std::vector<std::string> caught_defects(const ClaimResult& claim,
                                                      const Results& results);

}  // namespace stormglass::reports
