// The pool of frames in flight: slots and buffers are reused, nothing is allocated once it is warm.
#include "sim/network.hpp"

#include "runtime/check.hpp"
#include "sim/digest.hpp"

namespace stormglass::sim {
namespace {

constexpr Site kLinkLatency = "sim.link.latency";

}  // namespace

void Network::open(std::size_t processes, const LinkOptions& options) {
    CHECK(links_.empty());
    width_ = processes;
    links_.resize(processes * processes);
    for (Link& link : links_) {
        link.latency = options.latency;
    }
}

std::uint32_t Network::take(NodeId from, NodeId to, Bytes bytes) {
    CHECK(knows(from) && knows(to));
    if (free_.empty()) {
        frames_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(frames_.size() - 1));
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Frame& frame = frames_[index];
    frame.from = from;
    frame.to = to;
    frame.in_use = true;
    frame.bytes.assign(bytes.begin(), bytes.end());
    ++in_flight_;
    return index;
}

std::uint64_t Network::latency(const Frame& frame, std::uint64_t salt) {
    const Distribution& latency = link(frame.from, frame.to).latency;
    if (latency.is_constant()) {
        return static_cast<std::uint64_t>(latency.base.ns);
    }
    const std::uint64_t draw = keyed_draw(chain64(seed_, salt), kLinkLatency.hash, frame.subject());
    return static_cast<std::uint64_t>(latency.sample(draw).ns);
}

std::uint32_t Network::launch(
    NodeId from, NodeId to, Bytes bytes, std::uint64_t about, std::uint64_t now) {
    const std::uint32_t index = take(from, to, bytes);
    Frame& frame = frames_[index];
    frame.digest = digest64(frame.bytes);
    frame.identity = about != 0 ? about : frame.digest;
    const Subject subject = frame.subject();
    frame.attempt = ++attempts_[mix_pair(subject.b, subject.a, 1)];
    frame.link_sequence = ++link(from, to).sent;
    frame.due = now + latency(frame, 0);
    return index;
}

std::uint32_t Network::launch_copy(std::uint32_t original, std::uint32_t copy, std::uint64_t now) {
    const std::uint32_t index =
        take(frames_[original].from, frames_[original].to, {});  // may move the frames
    const Frame& from = frames_[original];
    Frame& frame = frames_[index];
    frame.bytes.assign(from.bytes.begin(), from.bytes.end());
    frame.digest = from.digest;
    frame.identity = from.identity;
    frame.attempt = from.attempt;
    frame.due = now + latency(frame, copy);
    return index;
}

std::uint32_t Network::launch_injected(NodeId adversary,
                                       NodeId to,
                                       Bytes bytes,
                                       const Subject& origin) {
    const std::uint32_t index = take(adversary, to, bytes);
    Frame& frame = frames_[index];
    frame.digest = digest64(frame.bytes);
    frame.identity = origin.b;
    frame.attempt = static_cast<std::uint32_t>(origin.c);
    frame.injected = true;
    return index;
}

void Network::forget(Frame& frame) {
    CHECK(in_flight_ > 0 && !frame.ghost && !frame.cut);
    --in_flight_;
}

void Network::release(std::uint32_t index) {
    Frame& frame = frames_[index];
    CHECK(frame.in_use);
    if (!frame.ghost && !frame.cut) {
        --in_flight_;
    }
    frame.in_use = false;
    frame.ghost = frame.cut = frame.injected = frame.held = false;
    frame.link_sequence = 0;
    frame.credits.clear();
    free_.push_back(index);
}

void Network::set_bytes(Frame& frame, Bytes bytes) {
    frame.bytes.assign(bytes.begin(), bytes.end());
    frame.digest = digest64(frame.bytes);
}

}  // namespace stormglass::sim
