// The reviewer's page: one static file, readable without scripts, from `file://` and on paper. It
// loads nothing, links to nothing outside itself and runs nothing; its policy allows its own style
// alone.
#pragma once

#include <string>

#include "reports/results.hpp"

namespace stormglass::reports {

/// The whole page. The same results give the same bytes.
[[nodiscard]] std::string page(const Results& results);

}  // namespace stormglass::reports
