// What faults can see of the bus's frames, and what an adversary without keys can make of them.
#pragma once

#include <string>

#include "sim/frame_adapter.hpp"

namespace stormglass::scenarios {

/// Fields: kind ("publish", "emit", "deliver" ...), topic (of the first event), source.
class BusFrames final : public sim::FrameAdapter {
  public:
    void describe(Bytes frame, std::vector<sim::FrameField>& out) override;
    /// Fields: id, source, type, subject, time, trace, key, audience, payload; "any" or empty:
    /// the draw's choice. One bit changes; lengths and the frame's checksum stay right.
    bool alter(std::string_view field, std::uint64_t draw, Bytes frame, ByteBuffer& out) override;
    /// The event claims another agent; the old signature stays, for lack of a key.
    bool forge_source(std::string_view agent,
                      std::uint64_t draw,
                      Bytes frame,
                      ByteBuffer& out) override;
};

}  // namespace stormglass::scenarios
