// JSON and EDN, one element at a time, straight into a pool of values. Our own because one grammar
// serves both, every refusal names its line, a key given twice is refused, and no number becomes a
// floating one. Bounded in depth; it never reads beyond the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/result.hpp"
#include "sim/checks/value.hpp"

namespace stormglass::sim::checks {

enum class Syntax : std::uint8_t { json, edn };

/// Lists within lists; histories need five.
inline constexpr int kDepthMax = 64;

/// Reads exactly one element that fills the text. Errors say what is wrong and in which line,
/// counted from `line`, the line in which the text begins.
Result<Value> parse_element(std::string_view text,
                            Syntax syntax,
                            std::uint32_t line,
                            ValuePool& pool);

/// A quote of a hostile text for messages: at most 40 bytes, unprintable ones as '?'.
std::string quoted(std::string_view text);

}  // namespace stormglass::sim::checks
