// KeyTable: 64-bit keys to 32-bit numbers by open addressing, for tables of millions. Never
// iterated, so its order never shows. Keys and numbers stand apart: 12 bytes a slot.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::sim::checks {

class KeyTable {
  public:
    static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t find(std::uint64_t key) const {
        if (numbers_.empty()) {
            return kAbsent;
        }
        for (std::size_t at = home(key);; at = (at + 1) & mask_) {
            if (numbers_[at] == kAbsent || keys_[at] == key) {
                return numbers_[at];
            }
        }
    }

    /// The number that stands under the key; the one given, when there was none. Requires
    /// number != kAbsent.
    std::uint32_t put(std::uint64_t key, std::uint32_t number) {
        if (4 * (size_ + 1) > 3 * numbers_.size()) {
            grow(numbers_.empty() ? 16 : numbers_.size() * 2);
        }
        std::size_t at = home(key);
        while (numbers_[at] != kAbsent) {
            if (keys_[at] == key) {
                return numbers_[at];
            }
            at = (at + 1) & mask_;
        }
        keys_[at] = key;
        numbers_[at] = number;
        ++size_;
        return number;
    }

    /// Overwrites the number of a key that is there.
    void set(std::uint64_t key, std::uint32_t number) {
        std::size_t at = home(key);
        while (keys_[at] != key || numbers_[at] == kAbsent) {
            at = (at + 1) & mask_;
        }
        numbers_[at] = number;
    }

    void reserve(std::size_t count) {
        std::size_t slots = 16;
        while (3 * slots < 4 * (count + 1)) {
            slots *= 2;
        }
        if (slots > numbers_.size()) {
            grow(slots);
        }
    }

    std::size_t size() const { return size_; }

    std::uint64_t bytes() const { return numbers_.size() * 12; }

  private:
    std::size_t home(std::uint64_t key) const {
        return static_cast<std::size_t>(mix64(key ^ 0x9e3779b97f4a7c15ULL)) & mask_;
    }

    void grow(std::size_t slots) {
        std::vector<std::uint64_t> keys(slots);
        std::vector<std::uint32_t> numbers(slots, kAbsent);
        keys.swap(keys_);
        numbers.swap(numbers_);
        mask_ = slots - 1;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (numbers[i] != kAbsent) {
                std::size_t at = home(keys[i]);
                while (numbers_[at] != kAbsent) {
                    at = (at + 1) & mask_;
                }
                keys_[at] = keys[i];
                numbers_[at] = numbers[i];
            }
        }
    }

    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> numbers_;
    std::size_t mask_ = 0;
    std::size_t size_ = 0;
};

}  // namespace stormglass::sim::checks
