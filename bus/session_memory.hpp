// DeliveryMemory: which deliveries were seen lately, so that a copy made by the network reaches the
// handler once. Of fixed size: what it forgets is a redelivery, which handlers must bear anyway.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace stormglass::bus {

struct DeliveryKey {
    std::uint64_t group_hash = 0;
    std::uint64_t topic_hash = 0;
    std::uint64_t position = 0;
    std::uint32_t attempt = 0;

    friend bool operator==(const DeliveryKey&, const DeliveryKey&) = default;
};

class DeliveryMemory {
  public:
    /// Rounded up to a power of two, at least one set.
    explicit DeliveryMemory(std::size_t entries);

    /// Whether this is the first time; remembers it either way.
    bool first_time(const DeliveryKey& key);
    void clear();

  private:
    static constexpr std::size_t kWays = 4;

    struct Set {
        DeliveryKey keys[kWays];
        std::uint8_t used = 0;
        std::uint8_t next = 0;  // whom the next newcomer replaces
    };

    std::vector<Set> sets_;
};

}  // namespace stormglass::bus
