// FlatTable: 64-bit keys to small values by open addressing. It is never iterated, so its order
// never shows; looking up and erasing allocate nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::sim::detail {

template <class Value>
class FlatTable {
  public:
    std::size_t size() const { return size_; }

    Value* find(std::uint64_t key) {
        if (size_ == 0) {
            return nullptr;
        }
        for (std::size_t i = home(key);; i = next(i)) {
            if (!cells_[i].used) {
                return nullptr;
            }
            if (cells_[i].key == key) {
                return &cells_[i].value;
            }
        }
    }

    /// The value of the key, made anew when it was absent.
    Value& operator[](std::uint64_t key) {
        if (2 * (size_ + 1) > cells_.size()) {
            grow();
        }
        std::size_t i = home(key);
        while (cells_[i].used) {
            if (cells_[i].key == key) {
                return cells_[i].value;
            }
            i = next(i);
        }
        cells_[i] = {key, Value{}, true};
        ++size_;
        return cells_[i].value;
    }

    bool erase(std::uint64_t key) {
        if (size_ == 0) {
            return false;
        }
        std::size_t hole = home(key);
        while (cells_[hole].used && cells_[hole].key != key) {
            hole = next(hole);
        }
        if (!cells_[hole].used) {
            return false;
        }
        --size_;
        // Close the gap: whoever would no longer be found from home moves into the hole.
        for (std::size_t i = next(hole); cells_[i].used; i = next(i)) {
            const std::size_t distance = (i - home(cells_[i].key)) & (cells_.size() - 1);
            if (distance >= ((i - hole) & (cells_.size() - 1))) {
                cells_[hole] = cells_[i];
                hole = i;
            }
        }
        cells_[hole] = {};
        return true;
    }

    void clear() {
        if (size_ != 0) {
            cells_.assign(cells_.size(), {});
            size_ = 0;
        }
    }

  private:
    struct Cell {
        std::uint64_t key = 0;
        Value value{};
        bool used = false;
    };

    std::size_t home(std::uint64_t key) const {
        return static_cast<std::size_t>(mix64(key)) & (cells_.size() - 1);
    }

    std::size_t next(std::size_t i) const { return (i + 1) & (cells_.size() - 1); }

    void grow() {
        std::vector<Cell> old(cells_.empty() ? 16 : cells_.size() * 2);
        old.swap(cells_);
        size_ = 0;
        for (const Cell& cell : old) {
            if (cell.used) {
                (*this)[cell.key] = cell.value;
            }
        }
    }

    std::vector<Cell> cells_;
    std::size_t size_ = 0;
};

}  // namespace stormglass::sim::detail
