// A queue over one vector: pushing at the back and popping at the front, without an allocation in
// the steady state (std::deque frees and allocates blocks as it moves along).
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/check.hpp"

namespace stormglass::bus {

template <class T>
class Fifo {
  public:
    bool empty() const { return head_ == items_.size(); }

    std::size_t size() const { return items_.size() - head_; }

    T& front() {
        CHECK(!empty());
        return items_[head_];
    }

    const T& front() const {
        CHECK(!empty());
        return items_[head_];
    }

    T& operator[](std::size_t at) {
        CHECK(at < size());
        return items_[head_ + at];
    }

    const T& operator[](std::size_t at) const {
        CHECK(at < size());
        return items_[head_ + at];
    }

    void push_back(T item) { items_.push_back(std::move(item)); }

    void pop_front() {
        CHECK(!empty());
        ++head_;
        if (head_ == items_.size()) {
            items_.clear();
            head_ = 0;
        } else if (head_ >= kCompactMin && head_ * 2 >= items_.size()) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
            head_ = 0;
        }
    }

    /// For the rare item out of order. Requires: `at` <= size.
    void insert(std::size_t at, T item) {
        CHECK(at <= size());
        items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(head_ + at), std::move(item));
    }

    void erase(std::size_t at) {
        CHECK(at < size());
        if (at == 0) {
            pop_front();
        } else {
            items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(head_ + at));
        }
    }

    void clear() {
        items_.clear();
        head_ = 0;
    }

  private:
    static constexpr std::size_t kCompactMin = 64;

    std::vector<T> items_;
    std::size_t head_ = 0;
};

}  // namespace stormglass::bus
