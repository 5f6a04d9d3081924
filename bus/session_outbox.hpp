// Outbox: batches without an outcome, in the order in which they were called for, each kept as the
// very frame that was sent. Slots and their buffers are reused.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bytes.hpp"
#include "runtime/time.hpp"

namespace stormglass::bus {

/// Who wants to know the outcome.
enum class Concern : std::uint8_t { listener, session };

struct KeptBatch {
    std::uint64_t batch = 0;
    std::uint64_t first = 0;  // sequence of the first publication, if there is any
    std::uint32_t count = 0;  // publications
    std::uint32_t epoch = 0;
    Concern concern = Concern::listener;
    std::uint32_t tries = 0;
    std::uint32_t doubts = 0;  // refusals that spoke of bytes which were never sent
    bool early = false;        // the broker waits for the one before
    std::uint64_t sent_follows = 0;
    MonotonicTime retry_at;
    ByteBuffer frame;
    std::size_t events_at = 0;  // where the frame's events begin

    std::uint64_t last() const { return first + count - 1; }
};

class Outbox {
  public:
    explicit Outbox(std::size_t capacity);

    std::size_t size() const { return order_.size(); }

    bool full() const { return free_.empty(); }

    /// A cleared slot behind all others. Requires: not full, `batch` above all kept ones.
    KeptBatch& add(std::uint64_t batch);

    /// Null when there is no such batch (any longer).
    KeptBatch* find(std::uint64_t batch);
    void remove(std::uint64_t batch);

    /// By age, from the oldest.
    KeptBatch& at(std::size_t index);
    const KeptBatch& at(std::size_t index) const;
    std::size_t index_of(const KeptBatch& kept) const;

    /// What the batch at `index` must wait for: the last sequence of the nearest older batch of its
    /// epoch that publishes; 0 when there is none.
    std::uint64_t follows(std::size_t index) const;

  private:
    std::size_t place_of(std::uint64_t batch) const;

    std::vector<KeptBatch> slots_;
    std::vector<std::uint32_t> order_;  // slots, oldest first: ascending by batch
    std::vector<std::uint32_t> free_;
};

}  // namespace stormglass::bus
