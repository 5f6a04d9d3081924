// What the parts of a broker share: its configuration, the machine and the log below it, and the
// two ways out: proposing an entry and sending a frame.
#pragma once

#include <optional>
#include <vector>

#include "bus/admission.hpp"
#include "bus/broker_clock.hpp"
#include "bus/log_reader.hpp"
#include "bus/machine.hpp"
#include "bus/replica.hpp"

namespace stormglass::bus {

struct BrokerCore {
    BrokerCore(BrokerOptions with, Signing& signs, const Rules& by);

    /// Encodes and proposes. The body's bounds were checked where input came in.
    template <class Entry>
    void propose(entry::Kind kind, const Entry& what, Urgency urgency) {
        body.clear();
        entry::encode(what, body);
        replica->propose(kind, body, urgency);
    }

    /// Sends to a declared source.
    void send(MemberId to, const wire::Frame& frame, Effects& out);

    WallTime time(Moment now) const { return clock.at(now); }

    /// The event's bytes, if at hand and intact; asks for them otherwise. Damage found here is kept
    /// in `failure`.
    std::optional<Bytes> event_bytes(const StoredEvent& event, Effects& out);

    const BrokerOptions options;
    SourceTable sources;
    std::vector<std::uint64_t> attachments;  // by member: wire.hpp; 0 for one that is not here
    Signing& signing;
    const Rules& rules;
    Machine machine;
    LogReader reader;
    BusClock clock;
    Replica* replica = nullptr;     // set once, by the broker
    std::uint64_t entry_index = 0;  // of the entry being applied: notes name it
    std::optional<Error> failure;   // found away from the journal; the broker halts on it

    ByteBuffer body;   // of the entry being encoded
    ByteBuffer frame;  // being sent
};

}  // namespace stormglass::bus
