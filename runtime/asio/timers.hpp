// Timers of all nodes of a host, in one heap: the machine's single timer is set to the earliest.
// Setting a timer again leaves its old place behind; such places are skipped, and swept when they
// are the larger part.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "runtime/ids.hpp"
#include "runtime/time.hpp"

namespace stormglass::asio {

/// A timer by who set it (a node's place in its host) and its id.
struct TimerKey {
    std::uint32_t owner = 0;
    TimerId timer;

    friend bool operator==(const TimerKey&, const TimerKey&) = default;
};

class Timers {
  public:
    /// Moves the timer if it is armed.
    void set(TimerKey key, MonotonicTime at);
    void cancel(TimerKey key);
    void cancel_all(std::uint32_t owner);

    /// When the earliest is due; nothing when none is armed.
    std::optional<MonotonicTime> next_due();

    /// Disarms and returns one that is due: in order of time, then of setting.
    std::optional<TimerKey> take_due(MonotonicTime now);

    std::size_t armed() const { return armed_.size(); }

    std::size_t places() const { return heap_.size(); }

  private:
    struct Place {
        MonotonicTime at;
        std::uint64_t turn = 0;  // of setting; also tells a live place from one left behind
        TimerKey key;
    };

    struct Hash {
        std::size_t operator()(const TimerKey& key) const;
    };

    struct Later {
        bool operator()(const Place& a, const Place& b) const {
            return a.at != b.at ? a.at > b.at : a.turn > b.turn;
        }
    };

    void skip_left_behind();
    void sweep();

    std::vector<Place> heap_;
    std::unordered_map<TimerKey, std::uint64_t, Hash> armed_;  // to its turn
    std::uint64_t turns_ = 0;
};

}  // namespace stormglass::asio
