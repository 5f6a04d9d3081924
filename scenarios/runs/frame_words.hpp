// What an event on the bus says, in words for a reader who does not know its format.
#pragma once

#include <string>
#include <vector>

#include "bus/wire.hpp"

namespace stormglass::scenarios {

struct EventWords {
    std::string text;    // "command charge", "reply ok to charge"; empty: no event that can be read
    std::string detail;  // of a decision: what was decided
    std::string key;     // its partition key: the saga, in this world
    enum class Kind : std::uint8_t { command, reply, effect, journal, timer, other };
    Kind kind = Kind::other;
};

EventWords words_of_event(Bytes event);

/// The events that a frame carries, in its order.
std::vector<Bytes> events_in(const bus::wire::Frame& frame);

}  // namespace stormglass::scenarios
