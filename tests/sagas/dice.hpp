// A tiny keyed die for tests that make thousands of choices a run: one seed is the whole run.
#pragma once

#include <cstdint>

#include "runtime/random.hpp"

namespace stormglass::sagas::tests {

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : seed_(seed) {}

    /// 0 .. bound-1.
    std::uint64_t below(std::uint64_t bound) {
        return bounded(keyed_draw(seed_, name_hash("dice"), {++rolls_}), bound);
    }

    bool chance(std::uint32_t percent) { return below(100) < percent; }

  private:
    std::uint64_t seed_;
    std::uint64_t rolls_ = 0;
};

}  // namespace stormglass::sagas::tests
