// JSON Schemas of what people and programs write and read, made from the tables and registries
// that decode them; so an editor completes names and finds mistakes before the program does.
#pragma once

#include <string>

#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

/// Each is JSON Schema, draft 2020-12. Rules between keys are the program's alone to judge.
std::string scenario_schema(const Names& names);
std::string claims_schema(const Names& names);
std::string replay_schema(const Names& names);
std::string event_schema();
std::string journal_schema();

}  // namespace stormglass::scenarios
