// results.json, schema 1: everything the outputs are made of, and the way back. Fields are only
// added within a schema number: a missing one is the default of an older program; one that is not
// known is refused, since a page without it could say less than the file.
#pragma once

#include <string>
#include <string_view>

#include "reports/results.hpp"
#include "runtime/result.hpp"

namespace stormglass::reports {

/// The same results give the same bytes. Texts are made valid UTF-8; seeds are text ("0x1f"), since
/// most readers of JSON keep only 53 bits of a number.
[[nodiscard]] std::string to_json(const Results& results);

constexpr std::size_t kResultsBytesMost = 16U << 20;  // a whole review writes well under one

/// Codes: RESULTS_SIZE, RESULTS_SYNTAX, RESULTS_SCHEMA, RESULTS_FIELD. The text begins with
/// "LINE:COLUMN: " and names the field's path ("results.claims[0].kind").
[[nodiscard]] Result<Results> from_json(std::string_view text);

}  // namespace stormglass::reports
