#include "bus/session_memory.hpp"

#include <algorithm>
#include <bit>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

DeliveryMemory::DeliveryMemory(std::size_t entries)
    : sets_(std::bit_ceil(std::max<std::size_t>(entries / kWays, 1))) {}

bool DeliveryMemory::first_time(const DeliveryKey& key) {
    const std::uint64_t hash =
        chain64(chain64(key.group_hash, key.topic_hash), key.position * 64 + key.attempt);
    Set& set = sets_[hash & (sets_.size() - 1)];
    CHECK(set.used <= kWays);
    for (std::size_t i = 0; i < set.used; ++i) {
        if (set.keys[i] == key) {
            return false;
        }
    }
    set.keys[set.next] = key;
    set.used = std::max<std::uint8_t>(set.used, static_cast<std::uint8_t>(set.next + 1));
    set.next = static_cast<std::uint8_t>((set.next + 1) % kWays);
    return true;
}

void DeliveryMemory::clear() {
    std::fill(sets_.begin(), sets_.end(), Set{});
}

}  // namespace stormglass::bus
