// The parts of a claim: legs with what they need, doubts about the evidence, waivers.
#pragma once

#include <optional>
#include <vector>

#include "scenarios/files/claims.hpp"
#include "scenarios/files/decode.hpp"

namespace stormglass::scenarios {

Leg read_leg(const Reading& in, const YamlNode& at);
Defeater read_defeater(const Reading& in, const YamlNode& at);
std::optional<Waiver> read_waiver(const Reading& in, const YamlNode& at);

/// Whether `text` is a day of the calendar, written YYYY-MM-DD.
bool is_date(std::string_view text);

std::vector<FieldHelp> leg_fields();

}  // namespace stormglass::scenarios
