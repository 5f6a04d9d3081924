// Reads of topics from any position, in bounded pieces: one answer a request, as much as is at hand
// and allowed. What has to come from the disk waits here, bounded; the oldest gives way.
#pragma once

#include <string>

#include "bus/broker_core.hpp"

namespace stormglass::bus {

class Reads {
  public:
    explicit Reads(BrokerCore& core) : core_(&core) {}

    void on_read(MemberId from, const wire::Read& read, Effects& out);

    /// Tries again what waited for bytes.
    void pump(Effects& out);

    std::size_t waiting() const { return waiting_.size(); }

  private:
    struct Waiting {
        MemberId from = 0;
        std::uint64_t read = 0;
        std::string topic;
        Position position = 0;
        std::uint32_t bytes_max = 0;
    };

    /// False when nothing could be sent yet.
    bool answer(const Waiting& read, Effects& out);

    BrokerCore* core_;
    std::vector<Waiting> waiting_;
    ByteBuffer copied_;
    std::vector<std::size_t> sizes_;
    wire::Records records_;
};

}  // namespace stormglass::bus
