// Listens to one run and keeps what could be told of it: messages with their fate, notes in words,
// crashes, faults. It knows what the bus and the sagas say; what to show of it all is decided later
// (picture.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "bus/wire.hpp"
#include "reports/results.hpp"
#include "sim/observer.hpp"
#include "sim/world.hpp"

namespace stormglass::scenarios {

/// How much a happening helps to understand a failure; the smallest value helps most.
enum class Weight : std::uint8_t { essential, decisive, telling, minor, noise };

/// One thing that happened. `keys` are the sagas and places of the log that it is about.
struct Happening {
    reports::StepKind kind = reports::StepKind::event;
    Weight weight = Weight::noise;
    NodeId node;
    NodeId to;  // of a message; 0 otherwise
    std::uint64_t at = 0;
    std::uint64_t until = 0;  // of a message; 0 while it is on its way
    std::string text;
    std::vector<std::string> keys;
    bool always = false;  // concerns every saga: a crash, a partition, a new owner
    std::optional<std::size_t> fault = std::nullopt;  // the fault whose beginning or end it is
};

/// A fault that holds for a while on some processes.
struct Holding {
    std::size_t fault = 0;
    std::uint64_t from = 0;
    std::uint64_t until = 0;  // 0 while it holds
    std::vector<NodeId> nodes;
};

class Recorder final : public sim::Observer {
  public:
    /// The world must outlive the recorder; add it to the world before it runs.
    explicit Recorder(const sim::World& world) : world_(world) {}

    void on_start(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_crash(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_note(NodeId node, std::uint32_t life, MonotonicTime at, const Note& note) override;
    void on_frame_sent(const sim::FrameSeen& frame, MonotonicTime at) override;
    void on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime at) override;
    void on_frame_dropped(const sim::FrameSeen& frame, MonotonicTime at) override;
    void on_fault(std::size_t index,
                  const sim::Fault& fault,
                  sim::FaultEvent event,
                  MonotonicTime at) override;

    const std::vector<Happening>& happenings() const { return happenings_; }

    const std::vector<Holding>& holdings() const { return holdings_; }

  private:
    using FrameKey = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::uint32_t>;

    /// What a frame is about, in words.
    struct Told {
        std::string text;
        Weight weight = Weight::noise;
        std::vector<std::string> keys;
    };

    static FrameKey key_of(const sim::FrameSeen& frame);
    Told tell(const sim::FrameSeen& frame);
    Told tell_outcome(const bus::wire::Outcome& outcome, NodeId to);
    std::string why_dropped(const sim::FrameSeen& frame, MonotonicTime at) const;
    void hold(std::size_t index, const sim::Fault& fault, MonotonicTime at);
    void add_bus_note(NodeId node, MonotonicTime at, const Note& note);
    void add_saga_note(NodeId node, MonotonicTime at, const Note& note);

    const sim::World& world_;
    std::vector<Happening> happenings_;
    std::vector<Holding> holdings_;
    std::map<FrameKey, std::size_t> frames_;  // positions of messages
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<std::string>> batches_;
    std::map<std::string, std::string> key_at_;  // "topic[7]" -> key of the event there
    std::string last_loss_;                      // kind of the fault that fired last ...
    std::uint64_t last_loss_at_ = 0;             // ... and when
};

}  // namespace stormglass::scenarios
