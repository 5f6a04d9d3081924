// Admission: what is asked of events before they become an entry, in an order that matters. Cheap
// checks come before dear ones, and nothing is written before the signature holds. The order is
// data (Rules::admission_order), so that a test can break it and see who notices.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/broker_options.hpp"
#include "bus/event.hpp"
#include "bus/reason.hpp"
#include "bus/replay_state.hpp"
#include "bus/rules.hpp"
#include "bus/wire.hpp"

namespace stormglass::bus {

/// The declared sources, found by name, key or link.
class SourceTable {
  public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    explicit SourceTable(std::vector<SourceOptions> sources);

    /// Adds one, behind all others, and returns its id; the same one again changes nothing. Fails
    /// with `source.conflict` where name, key or node is another source's.
    Result<std::uint32_t> declare(const SourceOptions& source);

    std::uint32_t by_name(std::string_view source) const;
    std::uint32_t by_node(NodeId node) const;
    bool knows_key(std::string_view key_id) const;

    const SourceOptions& at(std::uint32_t id) const { return sources_.at(id); }

    std::uint32_t size() const { return static_cast<std::uint32_t>(sources_.size()); }

  private:
    void index(std::uint32_t id);

    std::vector<SourceOptions> sources_;
    std::vector<std::uint32_t> names_;  // ascending by name
    std::vector<std::pair<NodeId, std::uint32_t>> nodes_;
    std::vector<std::string> keys_;
};

struct AdmissionRequest {
    NodeId from;
    std::span<const wire::WireEvent> events;
    std::uint64_t follows = 0;  // a publication that has to be admitted first; 0: none
    WallTime now;               // bus time
    bool any_epoch = false;     // an emit says no epoch beside its event's
    std::uint32_t epoch = 0;
};

struct AdmissionVerdict {
    enum class Kind : std::uint8_t {
        admitted,
        duplicate,  // applied before: answer as then
        pending,    // on its way already: its answer will come
        early,      // what it follows is not here yet
        overloaded,
        refused,
        dropped,  // of an epoch that is over
    };
    enum class Alarm : std::uint8_t { no, yes };

    Kind kind = Kind::refused;
    Alarm alarm = Alarm::no;
    bool bound = false;       // the link is the source's own
    std::string_view code;    // refused, dropped
    std::string text;         // for people
    std::uint32_t event = 0;  // which one of the batch is to blame

    // As the events claim, as far as they could be read.
    std::string_view source;
    std::uint32_t epoch = 0;
    std::uint64_t first = 0;
};

class Admission {
  public:
    /// All references must outlive it.
    Admission(const BrokerOptions& options,
              const SourceTable& sources,
              Signing& signing,
              const Rules& rules,
              const ReplayState& replay);

    /// Judges events that arrived together. Views in the result live as long as the frame.
    const AdmissionVerdict& judge(const AdmissionRequest& request);

    // Of the last request, where it was not refused before they could be read.
    std::span<const EventView> events() const { return events_; }

    std::span<const EventDigest> digests() const { return digests_; }

    SequenceRun run() const { return {verdict_.source, verdict_.epoch, verdict_.first, digests_}; }

    ReplayOverlay& overlay() { return overlay_; }

  private:
    using Kind = AdmissionVerdict::Kind;
    using Alarm = AdmissionVerdict::Alarm;

    // Each returns true to go on.
    bool step(AdmissionStep step);
    bool attributes();
    bool audience();
    bool key();
    bool replay_read();
    bool replay_read_unbound(ReplayVerdict verdict);
    bool time();
    bool signature();
    bool link();
    bool same_run();
    bool stop(Kind kind, std::string_view code = {}, Alarm alarm = Alarm::no);
    /// Refused; an alarm when the code is of security or the link is nobody's.
    bool refuse(std::string_view code, std::string text = {});

    const BrokerOptions* options_;
    const SourceTable* sources_;
    Signing* signing_;
    const Rules* rules_;
    const ReplayState* replay_;
    ReplayOverlay overlay_;
    std::string audience_prefix_;

    const AdmissionRequest* request_ = nullptr;
    AdmissionVerdict verdict_;
    ReplayVerdict replayed_ = ReplayVerdict::fresh;
    std::uint32_t source_ = SourceTable::kNone;
    std::vector<EventView> events_;
    std::vector<EventDigest> digests_;
};

}  // namespace stormglass::bus
