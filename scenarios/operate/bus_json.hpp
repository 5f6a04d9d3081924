// What a bus says about itself, as JSON.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "bus/inspect.hpp"

namespace stormglass::scenarios {

nlohmann::ordered_json json_of(const bus::TopicInfo& topic);
nlohmann::ordered_json json_of(const bus::GroupInfo& group);
nlohmann::ordered_json json_of(const bus::DeadLetterInfo& letter);

// The same read back, from whatever a server answered; false where that is something else.
[[nodiscard]] bool read_json(const nlohmann::ordered_json& json, bus::TopicInfo& out);
[[nodiscard]] bool read_json(const nlohmann::ordered_json& json, bus::GroupInfo& out);
[[nodiscard]] bool read_json(const nlohmann::ordered_json& json, bus::DeadLetterInfo& out);

/// The id of a dead letter as people type it: 16 hex digits.
std::string id_text(std::uint64_t id);

}  // namespace stormglass::scenarios
