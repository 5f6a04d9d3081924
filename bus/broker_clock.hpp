// Bus time: the wall clock as it stood when this life began, plus what has passed since. It never
// goes back, neither when people set clocks nor behind what the journal holds.
#pragma once

#include <algorithm>

#include "runtime/time.hpp"

namespace stormglass::bus {

class BusClock {
  public:
    void start(Moment now) {
        origin_ = now.monotonic;
        base_ = now.wall;
    }

    /// The journal holds entries of this time: go on from there.
    void not_before(WallTime time, Moment now) {
        base_ = std::max(base_, time + (origin_ - now.monotonic));
    }

    WallTime at(Moment now) const { return base_ + (now.monotonic - origin_); }

    /// When on the monotonic clock `time` will have come.
    MonotonicTime when(WallTime time, Moment now) const {
        const Duration wait = time - at(now);
        return wait.ns <= 0 ? now.monotonic : now.monotonic + wait;
    }

  private:
    MonotonicTime origin_;
    WallTime base_;
};

}  // namespace stormglass::bus
