// ConfigSet: the memo of the search, an open-addressing set of configurations. Each is a fixed
// number of 64-bit words (state and position first, never zero), compared whole: no hash decides.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::sim::checks {

class ConfigSet {
  public:
    explicit ConfigSet(std::size_t words) : words_(words), slots_(kFirstSlots * words) {}

    /// False when it was there. Requires key[0] != 0.
    bool insert(const std::uint64_t* key) {
        if (2 * (size_ + 1) > slots_.size() / words_) {
            grow();
        }
        std::uint64_t* slot = find(key);
        if (slot[0] != 0) {
            return false;
        }
        for (std::size_t i = 0; i < words_; ++i) {
            slot[i] = key[i];
        }
        ++size_;
        return true;
    }

    std::size_t size() const { return size_; }

    std::uint64_t bytes() const { return slots_.capacity() * 8; }

  private:
    static constexpr std::size_t kFirstSlots = 64;

    std::uint64_t* find(const std::uint64_t* key) {
        std::uint64_t hash = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            hash = chain64(hash, key[i]);
        }
        const std::size_t mask = slots_.size() / words_ - 1;
        for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
            std::uint64_t* slot = slots_.data() + at * words_;
            std::size_t same = 0;
            while (same < words_ && slot[same] == key[same]) {
                ++same;
            }
            if (slot[0] == 0 || same == words_) {
                return slot;
            }
        }
    }

    void grow() {
        std::vector<std::uint64_t> old(slots_.size() * 2);
        old.swap(slots_);
        for (std::size_t i = 0; i < old.size(); i += words_) {
            if (old[i] != 0) {
                std::uint64_t* slot = find(old.data() + i);
                for (std::size_t word = 0; word < words_; ++word) {
                    slot[word] = old[i + word];
                }
            }
        }
    }

    std::size_t words_;
    std::vector<std::uint64_t> slots_;
    std::size_t size_ = 0;
};

}  // namespace stormglass::sim::checks
