#include "bus/session_outbox.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {

Outbox::Outbox(std::size_t capacity) : slots_(capacity) {
    CHECK(capacity > 0);
    order_.reserve(capacity);
    free_.reserve(capacity);
    for (std::size_t i = capacity; i > 0; --i) {
        free_.push_back(static_cast<std::uint32_t>(i - 1));
    }
}

KeptBatch& Outbox::add(std::uint64_t batch) {
    CHECK(!full());
    CHECK(order_.empty() || slots_[order_.back()].batch < batch);
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    order_.push_back(slot);
    KeptBatch& kept = slots_[slot];
    ByteBuffer buffer = std::move(kept.frame);
    buffer.clear();
    kept = {};
    kept.frame = std::move(buffer);
    kept.batch = batch;
    return kept;
}

std::size_t Outbox::place_of(std::uint64_t batch) const {
    const auto at = std::lower_bound(
        order_.begin(), order_.end(), batch, [this](std::uint32_t slot, std::uint64_t wanted) {
            return slots_[slot].batch < wanted;
        });
    return static_cast<std::size_t>(at - order_.begin());
}

KeptBatch* Outbox::find(std::uint64_t batch) {
    const std::size_t place = place_of(batch);
    if (place == order_.size() || at(place).batch != batch) {
        return nullptr;
    }
    return &at(place);
}

void Outbox::remove(std::uint64_t batch) {
    const std::size_t place = place_of(batch);
    CHECK(place < order_.size());
    CHECK(at(place).batch == batch);
    free_.push_back(order_[place]);
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(place));
    CHECK(order_.size() + free_.size() == slots_.size());
}

KeptBatch& Outbox::at(std::size_t index) {
    CHECK(index < order_.size());
    return slots_[order_[index]];
}

const KeptBatch& Outbox::at(std::size_t index) const {
    CHECK(index < order_.size());
    return slots_[order_[index]];
}

std::size_t Outbox::index_of(const KeptBatch& kept) const {
    const std::size_t place = place_of(kept.batch);
    CHECK(place < order_.size());
    return place;
}

std::uint64_t Outbox::follows(std::size_t index) const {
    const std::uint32_t epoch = at(index).epoch;
    for (std::size_t i = index; i > 0; --i) {
        const KeptBatch& before = at(i - 1);
        if (before.epoch != epoch) {
            return 0;  // another epoch's sequences are none of this one's concern
        }
        if (before.count > 0) {
            return before.last();
        }
    }
    return 0;
}

}  // namespace stormglass::bus
