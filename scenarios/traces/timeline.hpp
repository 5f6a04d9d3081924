// Timeline: what an export shows beside events and deliveries. Lives of processes, faults and the
// events that they met, frames that were sent again, and a log with vector clocks of who could know
// what. Listens to a run that is told, never to a sweep.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "reports/exports/model.hpp"
#include "sim/observer.hpp"

namespace stormglass::scenarios {

/// An event as a frame carries it: its source, epoch and sequence.
struct EventName {
    std::string source;
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;

    friend auto operator<=>(const EventName&, const EventName&) = default;
};

class Timeline final : public sim::Observer {
  public:
    struct Happening {
        std::uint64_t at = 0;
        NodeId node;
        std::uint32_t life = 0;
        std::string what;  // start, crash, or the name of a note
        std::string about;
    };

    struct FaultMoment {
        std::uint64_t at = 0;
        std::size_t fault = 0;
        sim::FaultEvent event = sim::FaultEvent::armed;
    };

    /// A fault struck, or a frame was sent again, while it carried this event.
    struct Touch {
        std::uint64_t at = 0;
        EventName event;
        std::string what;  // kind of the fault, or "resend"
        NodeId from;
        NodeId to;
    };

    /// `names[id]` is the name of process `id`; the faults' kinds in order of the schedule.
    Timeline(std::vector<std::string> names, std::vector<std::string> faults);

    void on_start(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_crash(NodeId node, std::uint32_t life, MonotonicTime at) override;
    void on_note(NodeId node, std::uint32_t life, MonotonicTime at, const Note& note) override;
    void on_frame_sent(const sim::FrameSeen& frame, MonotonicTime at) override;
    void on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime at) override;
    void on_fault(std::size_t index,
                  const sim::Fault& fault,
                  sim::FaultEvent event,
                  MonotonicTime at) override;
    void on_fault_visit(std::size_t index, Subject about, std::uint64_t draw, bool fired) override;

    const std::vector<Happening>& happenings() const { return happenings_; }

    const std::vector<FaultMoment>& fault_moments() const { return fault_moments_; }

    const std::vector<Touch>& touches() const { return touches_; }

    std::vector<reports::ExportLine> take_lines() { return std::move(lines_); }

  private:
    using Clock = std::map<std::string, std::uint64_t>;
    using FrameKey = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::uint32_t>;

    /// What is known of a frame from its bytes, read once.
    struct FrameInfo {
        std::string text;  // "deliver stock.commands"; empty: not worth a line
        std::vector<EventName> events;
    };

    const FrameInfo& info_of(const sim::FrameSeen& frame);
    std::string name_of(NodeId node) const;
    std::string host(NodeId node) const;
    void line(NodeId node, std::string text);

    std::vector<std::string> names_;
    std::vector<std::string> faults_;
    std::vector<Happening> happenings_;
    std::vector<FaultMoment> fault_moments_;
    std::vector<Touch> touches_;
    std::vector<reports::ExportLine> lines_;
    std::map<std::uint32_t, std::uint32_t> lives_;
    std::map<std::string, Clock> clocks_;        // by host
    std::map<FrameKey, Clock> in_flight_;        // what the sender knew
    std::map<std::uint64_t, FrameInfo> frames_;  // by identity
    std::uint64_t now_ = 0;
};

}  // namespace stormglass::scenarios
