// Linearizability of a recording: split by key, smallest part first; the first part that has no
// linear order ends the check, and is explained by the few of its operations that exclude one.
#pragma once

#include "sim/checks/budget.hpp"
#include "sim/checks/judgement.hpp"
#include "sim/checks/linear/models.hpp"

namespace stormglass::sim::checks {

Rule rule_of(LinModel model);

Result<Checked> check_linear(const Recording& recording,
                             const std::vector<Operation>& operations,
                             const LinSpec& spec,
                             const Budget& budget);

/// The witness of a part without a linear order: the operation that fits nowhere and those before
/// it that are needed to see that. All others are taken as free to happen late or never, so what is
/// left excludes every order by itself.
Finding explain_linear(const Recording& recording,
                       const std::vector<Operation>& operations,
                       const LinSpec& spec,
                       const LinHistory& history,
                       const std::vector<LinOp>& part);

}  // namespace stormglass::sim::checks
