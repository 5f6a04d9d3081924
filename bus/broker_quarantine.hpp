// Refusals of security: how they are told, and how many of them are kept. The first hundred a
// source and minute in full, the rest as counts, so that an attacker cannot fill the disk.
#pragma once

#include <map>
#include <string>

#include "bus/broker_core.hpp"

namespace stormglass::bus {

/// A refusal as it is told and kept.
struct SecurityRefusal {
    NodeId from;
    std::string_view code;
    std::string_view source;  // as claimed
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
    Bytes bytes;  // of the event, or of the frame
};

class Quarantine {
  public:
    explicit Quarantine(BrokerCore& core) : core_(&core) {}

    /// Notes the refusal, raises one alarm and keeps an entry.
    void refuse(const SecurityRefusal& refusal, Moment now, Effects& out);

    /// All refusals of this life, kept in full or not.
    std::uint64_t total() const { return total_; }

    /// Refusals that were only counted.
    std::uint64_t only_counted() const { return only_counted_; }

  private:
    struct Minute {
        std::int64_t minute = 0;
        std::uint32_t count = 0;
    };

    BrokerCore* core_;
    std::map<std::string, Minute, std::less<>> minutes_;  // declared sources, and "" for all others
    std::uint64_t total_ = 0;
    std::uint64_t only_counted_ = 0;
};

}  // namespace stormglass::bus
