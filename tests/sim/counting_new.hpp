// How often this program has called operator new.
#pragma once

#include <cstdint>

namespace stormglass::tests {

std::uint64_t allocations();

}  // namespace stormglass::tests
