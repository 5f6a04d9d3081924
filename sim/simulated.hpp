// Where simulated code begins and ends. A program may define the hook below and watch, inside, for
// what simulated code must never reach: a clock, chance, a thread, sleep, the environment. The
// tests do (tests/support/guard.hpp); without a definition the marks cost one comparison a run.
#pragma once

/// Called with +1 when a world starts to run on this thread and with -1 when it stops.
extern "C" [[gnu::weak]] void stormglass_simulated(int change);

namespace stormglass::sim {

class Simulated {
  public:
    Simulated() { tell(+1); }

    ~Simulated() { tell(-1); }

    Simulated(const Simulated&) = delete;
    Simulated& operator=(const Simulated&) = delete;

  private:
    static void tell(int change) {
        if (&stormglass_simulated != nullptr) {
            stormglass_simulated(change);
        }
    }
};

}  // namespace stormglass::sim
