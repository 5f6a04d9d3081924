// Network: frames in flight between processes, as datagrams: each alone may be lost, late, doubled
// or overtaken, and no link tells a node that it is down. Draws for a frame are keyed by (site,
// link, identity, attempt): the identity is what the sender says the frame is about, or its digest;
// the attempt counts how often that identity was sent on that directed link.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/bytes.hpp"
#include "runtime/ids.hpp"
#include "runtime/random.hpp"
#include "sim/detail/flat_table.hpp"
#include "sim/kernel.hpp"
#include "sim/world.hpp"

namespace stormglass::sim {

/// What a fault did to a frame, so that its arrival can tell whether it took effect.
struct FrameCredit {
    enum class What : std::uint8_t { lost, delayed, overtaken, copied } what = What::lost;
    std::uint32_t fault = 0;
    std::uint64_t due = 0;  // delayed: when the frame would have arrived
};

struct Frame {
    NodeId from;
    NodeId to;
    std::uint64_t identity = 0;
    std::uint64_t digest = 0;
    std::uint64_t link_sequence = 0;  // 0: a copy, not counted in the link's order
    std::uint64_t due = 0;
    EventId event;
    std::uint32_t attempt = 0;
    bool in_use = false;
    bool ghost = false;     // lost: its arrival is watched but touches nothing
    bool cut = false;       // lost in a partition
    bool injected = false;  // the adversary's: no fault considers it
    bool held = false;      // by a reorder fault
    std::vector<FrameCredit> credits;
    ByteBuffer bytes;

    Subject subject() const {
        return {(static_cast<std::uint64_t>(from.value) << 32) | to.value, identity, attempt};
    }
};

struct Link {
    Distribution latency = Distribution::constant(milliseconds(1));
    std::uint64_t sent = 0;
    std::uint64_t latest_delivered = 0;  // highest link_sequence that arrived
    std::uint32_t cuts = 0;              // partitions over it now
    std::uint32_t held = 0;              // frames that a reorder fault holds back
};

class Network {
  public:
    explicit Network(std::uint64_t seed) : seed_(seed) {}

    /// Makes the links of `processes` ids (0 .. processes - 1). Requires: called once.
    void open(std::size_t processes, const LinkOptions& options);

    Link& link(NodeId from, NodeId to) { return links_[from.value * width_ + to.value]; }

    bool knows(NodeId node) const { return node.value != 0 && node.value < width_; }

    /// A new frame in flight with its identity, attempt and due time; the bytes are copied.
    std::uint32_t launch(
        NodeId from, NodeId to, Bytes bytes, std::uint64_t about, std::uint64_t now);
    /// A copy of a frame, with a latency of its own; `copy` (from 1) keys it.
    std::uint32_t launch_copy(std::uint32_t original, std::uint32_t copy, std::uint64_t now);
    /// A frame of the adversary; keyed by the frame that it was made from.
    std::uint32_t launch_injected(NodeId adversary, NodeId to, Bytes bytes, const Subject& origin);

    Frame& frame(std::uint32_t index) { return frames_[index]; }

    std::size_t capacity() const { return frames_.size(); }

    /// Frames that may still arrive.
    std::size_t in_flight() const { return in_flight_; }

    /// A frame that will not arrive any more but is still watched.
    void forget(Frame& frame);
    void release(std::uint32_t index);
    void set_bytes(Frame& frame, Bytes bytes);

  private:
    std::uint32_t take(NodeId from, NodeId to, Bytes bytes);
    std::uint64_t latency(const Frame& frame, std::uint64_t salt);

    std::uint64_t seed_;
    std::size_t width_ = 0;
    std::size_t in_flight_ = 0;
    std::vector<Link> links_;
    std::vector<Frame> frames_;
    std::vector<std::uint32_t> free_;
    detail::FlatTable<std::uint32_t> attempts_;
};

}  // namespace stormglass::sim
