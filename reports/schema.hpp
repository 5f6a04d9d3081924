// The JSON Schema of a review's file, made from the table of fields that also writes and reads it.
#pragma once

#include <string>

namespace stormglass::reports {

/// JSON Schema, draft 2020-12. Fields may be added within a schema number, so others are allowed.
std::string results_schema();

}  // namespace stormglass::reports
