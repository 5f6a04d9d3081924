// Kernel: pending events in the total order (time, sequence) and the loop that runs them. It knows
// numbers of processes and lives, but neither nodes nor networks. Callables of up to 40 bytes that
// are trivially copyable stand in fixed slots: on the steady path nothing is allocated.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/check.hpp"
#include "runtime/ids.hpp"
#include "sim/quad_heap.hpp"

namespace stormglass::sim {

/// A pending event; ids are never used again. 0 = none.
using EventId = Id<struct EventIdTag>;

/// Whose an event is. Events of a process and life vanish with that life (`drop_life`); life 0
/// belongs to no life. `kind` is a number of the caller's, named in stall reports.
struct EventOwner {
    std::uint32_t life = 0;
    std::uint16_t process = 0;
    std::uint16_t kind = 0;

    friend bool operator==(const EventOwner&, const EventOwner&) = default;
};

enum class KernelStop : std::uint8_t { reached, event_budget, time_budget, stalled, stopped };

struct KernelLimits {
    std::uint64_t events = ~0ULL;
    std::uint64_t time = ~0ULL;            // no event later than this is run
    std::uint32_t without_time = 100'000;  // events in a row at one instant
};

/// One row of a stall report: how often an owner came in the last events before the stall.
struct StallShare {
    std::uint16_t process = 0;
    std::uint16_t kind = 0;
    std::uint32_t count = 0;
};

/// `Queue`: push(QueueEntry), top(), pop(), empty(), size(), retain(predicate).
template <class Queue = QuadHeap>
class Kernel {
  public:
    static constexpr std::size_t kInline = 40;

    explicit Kernel(KernelLimits limits = {}) : limits_(limits) {}

    ~Kernel() {
        for (Slot& slot : slots_) {
            if (pending(slot)) {
                slot.act(slot.callable, Act::drop);
            }
        }
    }

    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;

    std::uint64_t now() const { return now_; }

    std::uint64_t events_done() const { return done_; }

    std::size_t pending_events() const { return live_; }

    std::size_t stale_entries() const { return queue_.size() - live_; }

    /// Requires: `time` is not in the past.
    template <class F>
    EventId schedule(std::uint64_t time, EventOwner owner, F callable) {
        CHECK(time >= now_);
        const std::uint32_t index = take_slot();
        Slot& slot = slots_[index];
        slot.owner = owner;
        if constexpr (kFits<F>) {
            slot.act = &act_inline<F>;
            ::new (static_cast<void*>(slot.callable)) F(std::move(callable));
        } else {
            slot.act = &act_boxed<F>;
            ::new (static_cast<void*>(slot.callable)) F*(new F(std::move(callable)));
        }
        slot.key = next_key(index);
        queue_.push({time, slot.key});
        ++live_;
        return {slot.key};
    }

    /// False when the event has run or was cancelled.
    bool cancel(EventId id) {
        if (!is_pending(id)) {
            return false;
        }
        release(index_of(id.value), Act::drop);
        compact_if_due();
        return true;
    }

    /// Gives a pending event another time and a new place among equals. Requires: it is pending.
    [[nodiscard]] EventId move(EventId id, std::uint64_t time) {
        CHECK(is_pending(id));
        CHECK(time >= now_);
        const std::uint32_t index = index_of(id.value);
        slots_[index].key = next_key(index);
        queue_.push({time, slots_[index].key});
        compact_if_due();
        return {slots_[index].key};
    }

    bool is_pending(EventId id) const {
        const std::uint32_t index = index_of(id.value);
        return id.value != 0 && index < slots_.size() && slots_[index].key == id.value;
    }

    /// Cancels everything of one life; returns how many events that were.
    std::size_t drop_life(std::uint16_t process, std::uint32_t life) {
        CHECK(life != 0);
        std::size_t dropped = 0;
        for (std::uint32_t index = 0; index < slots_.size(); ++index) {
            const Slot& slot = slots_[index];
            if (pending(slot) && slot.owner.process == process && slot.owner.life == life) {
                release(index, Act::drop);
                ++dropped;
            }
        }
        compact_if_due();
        return dropped;
    }

    /// How many events of a process and life are pending, of one kind.
    std::size_t count(EventOwner owner) const {
        std::size_t found = 0;
        for (const Slot& slot : slots_) {
            found += pending(slot) && slot.owner == owner ? 1 : 0;
        }
        return found;
    }

    /// The time of the next event; false when nothing is pending.
    bool peek(std::uint64_t& time) {
        skip_stale();
        if (queue_.empty()) {
            return false;
        }
        time = queue_.top().time;
        return true;
    }

    /// Runs the next event, if there is one within the limits.
    bool step() {
        std::uint64_t time = 0;
        if (!peek(time) || time > limits_.time || done_ >= limits_.events) {
            return false;
        }
        const std::uint64_t key = queue_.top().key;
        queue_.pop();
        run({time, key});
        return true;
    }

    /// Runs every event up to `time`, included, and then stands there; or ends earlier and says
    /// why.
    KernelStop run_until(std::uint64_t time) {
        CHECK(time >= now_);
        stopping_ = false;
        const std::uint64_t last = std::min(time, limits_.time);
        while (!queue_.empty()) {
            const QueueEntry entry = queue_.top();
            if (slots_[index_of(entry.key)].key != entry.key) {
                queue_.pop();
                continue;
            }
            if (entry.time > last) {
                break;
            }
            if (done_ >= limits_.events) {
                return KernelStop::event_budget;
            }
            queue_.pop();
            run(entry);
            if (stopping_) [[unlikely]] {
                return KernelStop::stopped;
            }
            if (in_a_row_ >= limits_.without_time) [[unlikely]] {
                return KernelStop::stalled;
            }
        }
        advance(last);
        return time > limits_.time ? KernelStop::time_budget : KernelStop::reached;
    }

    /// Ends `run_until` after the event under way.
    void stop() { stopping_ = true; }

    /// Who ran in the last events before the stall, most frequent first.
    std::vector<StallShare> stall_report() const {
        std::vector<StallShare> shares;
        for (const EventOwner& owner : recent_) {
            const auto same = std::find_if(shares.begin(), shares.end(), [&](const StallShare& s) {
                return s.process == owner.process && s.kind == owner.kind;
            });
            if (same != shares.end()) {
                ++same->count;
            } else {
                shares.push_back({owner.process, owner.kind, 1});
            }
        }
        std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
            return a.count > b.count;
        });
        return shares;
    }

  private:
    static constexpr int kSlotBits = 24;
    static constexpr std::uint64_t kSlotMask = (1ULL << kSlotBits) - 1;
    static constexpr std::uint32_t kNoSlot = static_cast<std::uint32_t>(kSlotMask);
    static constexpr std::uint32_t kStallSample = 1000;  // events looked at for the report

    enum class Act : std::uint8_t { call, drop };

    // A free slot's key is below 2^24 (no sequence) and holds the next free slot.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): to clear it is work for nothing
    struct Slot {
        std::uint64_t key = 0;
        void (*act)(void* callable, Act act) = nullptr;
        EventOwner owner;
        alignas(8) std::byte callable[kInline];
    };

    template <class F>
    static constexpr bool kFits =
        sizeof(F) <= kInline &&
        alignof(F) <= 8 && std::is_trivially_copyable_v<F>&& std::is_trivially_destructible_v<F>;

    // The slot is free already when its callable is called, and may be taken again meanwhile:
    // the callable moves out first.
    template <class F>
    static void act_inline(void* callable, Act act) {
        if (act == Act::call) {
            F moved(*std::launder(static_cast<F*>(callable)));
            moved();
        }
    }

    template <class F>
    static void act_boxed(void* callable, Act act) {
        F* const boxed = *std::launder(static_cast<F**>(callable));

        struct Guard {
            F* f;

            ~Guard() { delete f; }
        } const guard{boxed};

        if (act == Act::call) {
            (*boxed)();
        }
    }

    static std::uint32_t index_of(std::uint64_t key) {
        return static_cast<std::uint32_t>(key & kSlotMask);
    }

    static bool pending(const Slot& slot) { return slot.key > kSlotMask; }

    std::uint64_t next_key(std::uint32_t index) { return (++sequence_ << kSlotBits) | index; }

    std::uint32_t take_slot() {
        if (free_ != kNoSlot) {
            const std::uint32_t index = free_;
            free_ = index_of(slots_[index].key);
            return index;
        }
        CHECK(slots_.size() < kNoSlot);
        slots_.emplace_back();
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }

    void free_slot(std::uint32_t index) {
        slots_[index].key = free_;
        free_ = index;
        --live_;
    }

    void release(std::uint32_t index, Act act) {
        free_slot(index);
        slots_[index].act(slots_[index].callable, act);
    }

    void advance(std::uint64_t time) {
        if (time > now_) {
            now_ = time;
            in_a_row_ = 0;
            if (!recent_.empty()) {
                recent_.clear();
            }
        }
    }

    void run(QueueEntry entry) {
        CHECK(entry.time >= now_);
        advance(entry.time);
        const std::uint32_t index = index_of(entry.key);
        if (++in_a_row_ + kStallSample > limits_.without_time) [[unlikely]] {
            recent_.push_back(slots_[index].owner);
        }
        ++done_;
        release(index, Act::call);
    }

    void skip_stale() {
        while (!queue_.empty() && slots_[index_of(queue_.top().key)].key != queue_.top().key) {
            queue_.pop();
        }
    }

    void compact_if_due() {
        if (queue_.size() > 2 * live_ + 64) {
            queue_.retain([this](const QueueEntry& entry) {
                return slots_[index_of(entry.key)].key == entry.key;
            });
        }
    }

    KernelLimits limits_;
    std::uint64_t now_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t sequence_ = 0;
    std::size_t live_ = 0;
    std::uint32_t in_a_row_ = 0;
    std::uint32_t free_ = kNoSlot;
    bool stopping_ = false;
    Queue queue_;
    std::vector<Slot> slots_;
    std::vector<EventOwner> recent_;
};

}  // namespace stormglass::sim
