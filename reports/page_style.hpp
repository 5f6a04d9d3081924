// The page's style sheet and its palette. Pairs of colours that meet are listed, so that a test can
// compute their contrast in both schemes.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stormglass::reports {

struct Colour {
    std::string_view name;
    std::string_view light;  ///< "#rrggbb"
    std::string_view dark;
};

/// Text of the first colour stands on the second.
struct ColourPair {
    std::string_view text;
    std::string_view ground;
};

[[nodiscard]] std::span<const Colour> palette();
[[nodiscard]] std::span<const ColourPair> colour_pairs();

/// Fixed bytes; the page's policy states their hash.
[[nodiscard]] const std::string& style_sheet();

}  // namespace stormglass::reports
