#include "runtime/asio/timers.hpp"

#include <algorithm>

#include "runtime/random.hpp"

namespace stormglass::asio {
namespace {

constexpr std::size_t kSweepMin = 64;

}  // namespace

std::size_t Timers::Hash::operator()(const TimerKey& key) const {
    return static_cast<std::size_t>(chain64(key.owner, key.timer.value));
}

void Timers::set(TimerKey key, MonotonicTime at) {
    armed_[key] = ++turns_;
    heap_.push_back({at, turns_, key});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
    if (heap_.size() > kSweepMin && heap_.size() > 2 * armed_.size()) {
        sweep();
    }
}

void Timers::cancel(TimerKey key) {
    armed_.erase(key);
}

void Timers::cancel_all(std::uint32_t owner) {
    std::erase_if(armed_, [&](const auto& timer) { return timer.first.owner == owner; });
    sweep();
}

std::optional<MonotonicTime> Timers::next_due() {
    skip_left_behind();
    if (heap_.empty()) {
        return std::nullopt;
    }
    return heap_.front().at;
}

std::optional<TimerKey> Timers::take_due(MonotonicTime now) {
    skip_left_behind();
    if (heap_.empty() || heap_.front().at > now) {
        return std::nullopt;
    }
    const TimerKey key = heap_.front().key;
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
    armed_.erase(key);
    return key;
}

void Timers::skip_left_behind() {
    while (!heap_.empty()) {
        const auto live = armed_.find(heap_.front().key);
        if (live != armed_.end() && live->second == heap_.front().turn) {
            return;
        }
        std::pop_heap(heap_.begin(), heap_.end(), Later{});
        heap_.pop_back();
    }
}

void Timers::sweep() {
    std::erase_if(heap_, [&](const Place& place) {
        const auto live = armed_.find(place.key);
        return live == armed_.end() || live->second != place.turn;
    });
    std::make_heap(heap_.begin(), heap_.end(), Later{});
}

}  // namespace stormglass::asio
