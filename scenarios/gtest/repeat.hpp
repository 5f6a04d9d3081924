// How a user repeats a failing test: what the environment asks for, and the line that asks for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stormglass::trial {

/// "STORMGLASS_SEED=0x17 ./orders_test --gtest_filter=Orders.hold", of the test that runs now.
std::string repeat_line(const std::string& variable);

/// What STORMGLASS_SEED, STORMGLASS_SEEDS and STORMGLASS_REPLAY say; empty texts: nothing.
struct Wish {
    std::optional<std::uint64_t> seed;
    std::optional<std::uint64_t> seeds;
    std::string token;
    std::string complaint;  // a variable that makes no sense
};

Wish wish_of_environment();

}  // namespace stormglass::trial
