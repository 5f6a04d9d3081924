// Spans: what a run or a log of events looks like as traces. From the bytes of events alone come
// the creation of each event and the sagas with their steps; a run adds what its notes tell, namely
// each attempt to handle an event and each dead letter. Checks judge these, exports write them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "bus/trace_context.hpp"

namespace stormglass::scenarios {

class Ledger;

enum class SpanKind : std::uint8_t {
    saga,     // from its start to its end
    step,     // one direction of one step: from its first command to what last belongs to it
    create,   // an event, from being published to being acknowledged
    process,  // one attempt of a group to handle an event
    letter    // an event becoming a dead letter
};

struct SpanFact {
    SpanKind kind = SpanKind::create;
    bus::TraceContext self;
    std::uint64_t parent = 0;  // a span of the same trace; 0: a root
    std::vector<bus::TraceContext> links;
    std::uint64_t start = 0;  // ns of world time, or since 1970 when read from a live log
    std::uint64_t end = 0;
    std::string name;     // "create stock.commands", "do reserve"
    std::string service;  // who did it: a source, or "broker"
    std::string about;    // saga, or id of the event
    std::string topic;
    std::string group;    // process, letter
    std::string outcome;  // verdict of an attempt, reason of a letter, end of a saga
    bus::Position position = 0;
    std::uint32_t attempt = 0;     // process: of delivery
    std::size_t event = kNoEvent;  // create, process, letter: place in the log that was read
    bool inferred = false;         // an attempt that only what it published tells of
    static constexpr std::size_t kNoEvent = ~std::size_t{0};
};

struct TraceFacts {
    std::vector<SpanFact> spans;
    std::vector<std::string> untraced_letters;  // dead letters whose trace nobody noted
};

/// An event as it stands in a log.
struct LoggedEvent {
    std::uint64_t sent = 0;    // ns; when it was published, if that is known
    std::uint64_t stored = 0;  // ns
    std::uint64_t acked = 0;   // ns; 0: never heard of
    bus::Position position = 0;
    bus::EventView event;
};

/// The name of a source without what all of them share: "stormglass://checkout/stock" -> "stock".
std::string_view short_name(std::string_view source);

/// Creation of every event, sagas and their steps; with attempts that only their publications tell
/// of, when `infer` is set: for logs without notes. Order: that of the log, then sagas, then steps.
enum class Infer : std::uint8_t { no, attempts };
std::vector<SpanFact> spans_of_log(std::span<const LoggedEvent> log, Infer infer);

/// The same from the ledger of a run, with attempts and letters as they were noted.
TraceFacts spans_of_run(const Ledger& ledger);

/// The log of a run; views live as long as the ledger.
std::vector<LoggedEvent> log_of_run(const Ledger& ledger);

}  // namespace stormglass::scenarios
