// Budget: how much a search may cost before it answers `unknown`. Time belongs to the caller, who
// has a clock: it is asked now and then whether time is up.
#pragma once

#include <cstdint>
#include <limits>

namespace stormglass::sim::checks {

class Deadline {
  public:
    virtual ~Deadline() = default;
    virtual bool expired() const = 0;
};

struct Budget {
    std::uint64_t nodes = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes = std::uint64_t{1} << 30;
    const Deadline* deadline = nullptr;

    bool expired() const { return deadline != nullptr && deadline->expired(); }
};

}  // namespace stormglass::sim::checks
