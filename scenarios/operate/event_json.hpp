// An event as JSON (CloudEvents 1.0, structured mode) and as a line for people. What an event
// carries is shown as it stands; what our own sagas say to each other is said in words as well.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "bus/client.hpp"
#include "runtime/bytes.hpp"

namespace stormglass::scenarios {

/// Where an event stands.
struct EventPlace {
    std::string topic;
    bus::Position position = 0;
};

/// Every attribute under its own name, `data` or `data_base64`, and `sig`. Bytes that are no event
/// come as {"undecoded_base64": ...}.
nlohmann::ordered_json event_json(Bytes event);

/// What a payload says, in a few words: a saga's message, a text, or how many bytes it has.
std::string payload_words(Bytes payload);

/// An event without its place: topic, time, type, key and what its payload says.
std::string event_words(Bytes event);

/// "stock.commands@12  2026-03-01T10:00:00.123Z  stock.reserve.v1  key order-17  ..."
std::string event_line(const EventPlace& place, Bytes event);

std::string base64(Bytes bytes);

/// An instant for people: RFC 3339 in UTC with milliseconds.
std::string short_time(WallTime time);

/// The attribute of this name, or nothing: by structure, no rule is checked.
std::string attribute_text(Bytes event, std::string_view name);

}  // namespace stormglass::scenarios
