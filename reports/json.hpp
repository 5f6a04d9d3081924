// results.json, schema 1: everything the outputs are made of, and the way back. Fields are only
// added within a schema number: readers ignore what they do not know and default what is missing.
#pragma once

#include <string>
#include <string_view>

#include "reports/results.hpp"
#include "runtime/result.hpp"

namespace stormglass::reports {

/// The same results give the same bytes. Texts are made valid UTF-8; seeds are text ("0x1f"), since
/// most readers of JSON keep only 53 bits of a number.
[[nodiscard]] std::string to_json(const Results& results);

/// Codes: RESULTS_SYNTAX, RESULTS_SCHEMA, RESULTS_FIELD (the text names the field's path).
[[nodiscard]] Result<Results> from_json(std::string_view text);

}  // namespace stormglass::reports
