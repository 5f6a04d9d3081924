// What the checks of projections judge: the notes that the dashboard's read model took, what its
// readers were shown, what it holds at the end, and, beside it, the fold of the log itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bus/client.hpp"

namespace stormglass::scenarios {

/// One note, in order.
struct ProjectionFact {
    enum class Kind : std::uint8_t {
        loaded,     // a new life, with what its store held
        applied,    // the event at `position`
        missing,    // `count` events from `position` on were not to be had
        stored,     // the store holds rows of this digest
        committed,  // events below `position` are shown from now on
        rebuilding,
        rebuilt,   // rows were replaced by ones folded anew
        snapshot,  // handed out
        shown,     // a read was answered
        mailed     // an effect outside, for the event at `position`
    };
    Kind kind = Kind::applied;
    std::uint64_t at = 0;
    bus::Position position = 0;
    std::uint64_t digest = 0;
    std::uint64_t count = 0;
};

/// What a client saw of the order that it had placed.
struct ReadFact {
    std::string order;
    std::optional<bus::Position> written;
    std::uint64_t at = 0;  // of the answer
    enum class Answer : std::uint8_t { none, shown, absent, refused } answer = Answer::none;
    bus::Position position = 0;
};

/// When faults were at work; they end with the heal.
struct FaultSpan {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
};

struct ProjectionFacts {
    bool present = false;  // this world has one
    bool alive = false;    // at the end
    std::string name;
    std::string topic;
    std::uint64_t staleness_max = 0;  // declared, ns

    std::vector<ProjectionFact> steps;
    std::vector<ReadFact> reads;
    std::vector<FaultSpan> faults;

    // The log: when each event was stored, and the digest of the fold of the first n events.
    std::vector<std::uint64_t> stored_at;
    std::vector<std::uint64_t> prefix;  // one more than events

    // At the end.
    bus::Position position = 0;
    std::uint64_t digest = 0;
    std::map<std::string, std::string> orders;  // id -> state
    std::vector<std::string> open_orders;
    std::map<std::string, std::uint64_t> totals;  // state -> orders
};

}  // namespace stormglass::scenarios
