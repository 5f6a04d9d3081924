// QuadHeap: the kernel's event queue as an implicit 4-ary heap of 16-byte entries. Four children
// share one cache line, and the smallest of them is found without a branch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/check.hpp"

namespace stormglass::sim {

/// Ordered by (time, key); keys are unique and grow, so equal times come out first in, first out.
struct QueueEntry {
    std::uint64_t time = 0;
    std::uint64_t key = 0;  // sequence << 24 | slot
};

/// One comparison of 128 bits: it compiles to two instructions and no branch.
constexpr bool before(const QueueEntry& a, const QueueEntry& b) {
    __extension__ using Wide = unsigned __int128;
    return ((static_cast<Wide>(a.time) << 64) | a.key) <
           ((static_cast<Wide>(b.time) << 64) | b.key);
}

class QuadHeap {
  public:
    bool empty() const { return entries_.empty(); }

    std::size_t size() const { return entries_.size(); }

    const QueueEntry& top() const {
        CHECK(!entries_.empty());
        return entries_.front();
    }

    void push(QueueEntry entry) {
        std::size_t hole = entries_.size();
        entries_.push_back(entry);
        QueueEntry* const heap = entries_.data();
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / 4;
            if (!before(entry, heap[parent])) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = entry;
    }

    void pop() {
        CHECK(!entries_.empty());
        const QueueEntry last = entries_.back();
        entries_.pop_back();
        if (!entries_.empty()) {
            sink(0, last);
        }
    }

    /// Drops the entries that `keep` refuses, in linear time.
    template <class Keep>
    void retain(Keep keep) {
        std::erase_if(entries_, [&](const QueueEntry& entry) { return !keep(entry); });
        if (entries_.size() < 2) {
            return;
        }
        for (std::size_t i = (entries_.size() - 2) / 4 + 1; i-- > 0;) {
            sink(i, entries_[i]);
        }
    }

  private:
    /// Moves the hole down until `entry` may stand in it.
    void sink(std::size_t hole, QueueEntry entry) {
        QueueEntry* const heap = entries_.data();
        const std::size_t size = entries_.size();
        for (;;) {
            const std::size_t child = hole * 4 + 1;
            std::size_t least = child;
            if (child + 4 <= size) {
                const std::size_t left = child + (before(heap[child + 1], heap[child]) ? 1 : 0);
                const std::size_t right =
                    child + 2 + (before(heap[child + 3], heap[child + 2]) ? 1 : 0);
                least = before(heap[right], heap[left]) ? right : left;
            } else if (child < size) {
                for (std::size_t i = child + 1; i < size; ++i) {
                    least = before(heap[i], heap[least]) ? i : least;
                }
            } else {
                break;
            }
            if (!before(heap[least], entry)) {
                break;
            }
            heap[hole] = heap[least];
            hole = least;
        }
        heap[hole] = entry;
    }

    std::vector<QueueEntry> entries_;
};

}  // namespace stormglass::sim
