// Injector: the faults of one run as live objects. It resolves ranges and targets, counts visits,
// and decides by keyed draws; what a fault then does is the host's work (detail/host_faults.cpp).
// A draw is keyed by (seed, fault id, what it is about): masking one fault moves no other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ids.hpp"
#include "runtime/random.hpp"
#include "sim/distribution.hpp"
#include "sim/fault.hpp"
#include "sim/kernel.hpp"
#include "sim/reduction.hpp"

namespace stormglass::sim {

/// Parameters with their ranges drawn and their defaults filled in.
struct Strength {
    std::uint32_t probability = 0;
    std::uint32_t trigger_probability = 0;
    Distribution extra;        // delay
    std::uint64_t copies = 0;  // duplicate, replay-*
    Duration lag;              // duplicate, replay-*, forge-source, alter-field
    std::uint64_t displacement = 0;
    Duration hold;      // reorder
    Duration downtime;  // crash, crash-at
    Duration step;      // clock-step-*
    std::uint32_t sector = 512;
    std::uint64_t memory = 0;  // replay-after-restart
    std::string_view mode;     // lose-unsynced, torn-write
    std::string_view point;    // crash-at
    std::string_view text;     // agent or field
    bool before = false;       // crash-at
    bool in_place = false;     // alter-field
    std::uint64_t after = 0;
    std::optional<std::uint64_t> duration;
};

/// One fault in a run.
struct LiveFault {
    enum class State : std::uint8_t { waiting, armed, ended };

    const Fault* fault = nullptr;
    std::size_t index = 0;
    std::string id;
    std::uint64_t site = 0;  // keys its draws
    Strength strength;
    State state = State::waiting;
    bool masked = false;
    IndexSet kept;                   // of its decisions, those that act ...
    const Recall* recall = nullptr;  // ... or those about these subjects, whatever its draws say
    std::uint32_t visits = 0;
    std::uint32_t reached_visits = 0;
    std::vector<std::uint8_t> from;               // by process id: may a frame come from here
    std::vector<std::uint8_t> to;                 // ... and go there
    std::vector<std::uint8_t> nodes;              // node targets (static names and roles)
    std::vector<std::pair<NodeId, NodeId>> cuts;  // partitions: links cut now

    struct Captured {
        NodeId to;
        std::uint64_t identity = 0;
        std::uint32_t attempt = 0;
        std::vector<std::byte> bytes;
    };

    std::vector<Captured> memory;  // replay-after-restart

    bool armed() const { return state == State::armed; }

    FaultKind kind() const { return fault->kind; }
};

/// Names and roles of the processes, by id; [0] is nobody.
struct Census {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> roles;
};

class Injector {
  public:
    /// Called on each change of a counter but `eligible`, and on each visit.
    struct Listener {
        std::function<void(const LiveFault&, std::uint64_t draw, Subject about, bool fired)> visit;
        std::function<void(const LiveFault&)> took_effect;
    };

    explicit Injector(std::uint64_t seed) : seed_(seed) {}

    void install(Schedule schedule, std::vector<std::size_t> mask);
    void keep(const Reduction& kept);
    void recall(std::vector<Recall> subjects);
    /// Resolves strengths and targets; called once, before the first event.
    void resolve(const Census& census);

    void listen(Listener listener) { listener_ = std::move(listener); }

    const Schedule& schedule() const { return schedule_; }

    std::span<LiveFault> faults() { return live_; }

    std::span<const FaultCounters> counters() const { return counters_; }

    std::span<const std::uint32_t> decisions() const { return decisions_; }

    void arm(LiveFault& fault);
    void disarm(LiveFault& fault);

    /// Whether an armed fault acts on this visit. Counts it as eligible, and as fired if so.
    bool visit(LiveFault& fault, Subject about);

    /// A draw of this fault's own, for how it acts.
    std::uint64_t draw(const LiveFault& fault, Site what, Subject about) const {
        return keyed_draw(fault.site, what.hash, about);
    }

    void took_effect(std::size_t index);

  private:
    Strength strength_of(const LiveFault& live) const;
    std::int64_t number(const LiveFault& live, std::string_view parameter) const;
    std::string_view word(const LiveFault& live, std::string_view parameter) const;
    std::int64_t drawn(const LiveFault& live, std::string_view what, Range range) const;

    std::uint64_t seed_;
    Schedule schedule_;
    std::vector<LiveFault> live_;
    std::vector<FaultCounters> counters_;
    std::vector<std::uint32_t> decisions_;
    std::vector<Recall> recalls_;
    Listener listener_;
};

}  // namespace stormglass::sim
