// A review built in code: lines that are supported, refuted, inconclusive, waived and not tested,
// with scenarios, a failure and planted defects. Facts only; `sample_review` has judged them.
#pragma once

#include "reports/results.hpp"

namespace stormglass::reports {

/// Not judged yet.
[[nodiscard]] Results sample_facts();

/// Judged.
[[nodiscard]] Results sample_review();

/// The same scenarios without claims, as `run` would have them.
[[nodiscard]] Results sample_run();

/// Every text field holds `text`, every list that is empty gets one entry.
[[nodiscard]] Results filled_with(const std::string& text);

}  // namespace stormglass::reports
