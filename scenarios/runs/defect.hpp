// A planted defect: a world run under rules of which one is wrong. The program that people run
// knows none; `stormglass-defects` (tests/defects/) hands its list in.
#pragma once

#include <span>
#include <string_view>

#include "bus/rules.hpp"
#include "sagas/projection_rules.hpp"
#include "sagas/rules.hpp"

namespace stormglass::scenarios {

struct PlantedDefect {
    std::string_view name;
    std::string_view breaks;              // what it does wrong, in a sentence
    std::string_view check;               // that owns it: must catch it
    std::string_view scenario;            // where that shows soonest
    const bus::Rules* bus = nullptr;      // null: the sound ones
    const sagas::Rules* sagas = nullptr;  // null: the sound ones
    const sagas::ProjectionRules* projections = nullptr;
};

using PlantedDefects = std::span<const PlantedDefect>;

}  // namespace stormglass::scenarios
