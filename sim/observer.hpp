// Observer: who listens to a world. Called synchronously, in the order of registration, with views
// that live until the call returns. An observer changes nothing in the world and draws nothing;
// removing it changes no run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/ids.hpp"
#include "runtime/note.hpp"
#include "runtime/time.hpp"
#include "sim/fault.hpp"

namespace stormglass::sim {

struct FrameSeen {
    NodeId from;
    NodeId to;
    std::uint64_t identity = 0;  // what the frame is about, or its digest
    std::uint32_t attempt = 0;   // n-th time that identity was sent on this link, from 1
    Bytes bytes;
};

enum class FaultEvent : std::uint8_t { armed, fired, took_effect, ended };

std::string_view name_of(FaultEvent event);

/// `at` is world time; a life counts from 1 for each process.
class Observer {
  public:
    virtual ~Observer() = default;

    virtual void on_start(NodeId /*node*/, std::uint32_t /*life*/, MonotonicTime /*at*/) {}

    virtual void on_crash(NodeId /*node*/, std::uint32_t /*life*/, MonotonicTime /*at*/) {}

    virtual void on_note(NodeId /*node*/,
                         std::uint32_t /*life*/,
                         MonotonicTime /*at*/,
                         const Note& /*note*/) {}

    virtual void on_cover(NodeId /*node*/,
                          std::uint32_t /*life*/,
                          MonotonicTime /*at*/,
                          Site /*mark*/) {}

    virtual void on_frame_sent(const FrameSeen& /*frame*/, MonotonicTime /*at*/) {}

    virtual void on_frame_delivered(const FrameSeen& /*frame*/, MonotonicTime /*at*/) {}

    /// Lost, cut off, or sent to a process that was down.
    virtual void on_frame_dropped(const FrameSeen& /*frame*/, MonotonicTime /*at*/) {}

    virtual void on_fault(std::size_t /*index*/,
                          const Fault& /*fault*/,
                          FaultEvent /*event*/,
                          MonotonicTime /*at*/) {}

    /// An armed fault met an opportunity; `draw` is keyed by (seed, fault, about) alone.
    virtual void on_fault_visit(std::size_t /*index*/,
                                Subject /*about*/,
                                std::uint64_t /*draw*/,
                                bool /*fired*/) {}
};

}  // namespace stormglass::sim
