// Where things stand in a JSON text: its first trouble, and the place of a value by its path. The
// tree that nlohmann builds has forgotten both, and keeps the last of two equal keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stormglass::reports::detail {

/// What keeps the text from being read, as "LINE:COLUMN: why": not JSON, nested too deeply, a key
/// twice in one object. Nothing when it is sound.
[[nodiscard]] std::optional<std::string> first_trouble(std::string_view text);

/// "LINE:COLUMN" of the value at a path such as "results.claims[0].kind", whose first word names
/// the whole; "1:1" when it is not there. Requires: `first_trouble` found nothing.
[[nodiscard]] std::string place_of(std::string_view text, std::string_view path);

}  // namespace stormglass::reports::detail
