// A shipped scenario made ready, by name.
#pragma once

#include <string_view>

#include "scenarios/runs/run.hpp"

namespace stormglass::tests {

/// Requires: there is one of that name, and it is valid.
scenarios::Plan shipped_plan(std::string_view name);

}  // namespace stormglass::tests
