// SequenceInterner: equal sequences of numbers get one id; how structured states become small ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::sim::checks {

class SequenceInterner {
  public:
    std::uint32_t intern(std::span<const std::uint32_t> sequence) {
        if (2 * (ends_.size() + 1) > slots_.size()) {
            grow();
        }
        std::size_t at = hash_of(sequence) & (slots_.size() - 1);
        for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
            const auto known = this->at(slots_[at] - 1);
            if (std::equal(known.begin(), known.end(), sequence.begin(), sequence.end())) {
                return slots_[at] - 1;
            }
        }
        const auto id = static_cast<std::uint32_t>(ends_.size() - 1);
        numbers_.insert(numbers_.end(), sequence.begin(), sequence.end());
        ends_.push_back(numbers_.size());
        slots_[at] = id + 1;
        return id;
    }

    std::span<const std::uint32_t> at(std::uint32_t id) const {
        return {numbers_.data() + ends_[id], ends_[id + 1] - ends_[id]};
    }

    std::size_t size() const { return ends_.size() - 1; }

    std::uint64_t bytes() const {
        return numbers_.capacity() * 4 + ends_.capacity() * 8 + slots_.capacity() * 4;
    }

  private:
    static std::uint64_t hash_of(std::span<const std::uint32_t> sequence) {
        std::uint64_t hash = sequence.size();
        for (const std::uint32_t number : sequence) {
            hash = chain64(hash, number);
        }
        return hash;
    }

    void grow() {
        std::vector<std::uint32_t> wider(slots_.empty() ? 64 : slots_.size() * 2);
        for (std::uint32_t id = 0; id + 1 < ends_.size(); ++id) {
            std::size_t slot = hash_of(at(id)) & (wider.size() - 1);
            while (wider[slot] != 0) {
                slot = (slot + 1) & (wider.size() - 1);
            }
            wider[slot] = id + 1;
        }
        slots_.swap(wider);
    }

    std::vector<std::uint32_t> numbers_;
    std::vector<std::size_t> ends_ = {0};
    std::vector<std::uint32_t> slots_;
};

}  // namespace stormglass::sim::checks
