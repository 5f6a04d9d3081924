// Judges the bytes of an input file before any parser sees them: size, UTF-8, control characters,
// tabs used for indentation.
#pragma once

#include <cstddef>
#include <string_view>

#include "scenarios/files/located.hpp"

namespace stormglass::scenarios {

/// Whether a byte is the first of a character in UTF-8.
constexpr bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

/// The offset of the first byte that is not UTF-8 (overlong forms and surrogates are not), or npos.
std::size_t first_not_utf8(std::string_view text);

std::string_view without_byte_order_mark(std::string_view text);

void check_bytes(std::string_view text, std::size_t bytes_max, Problems& problems);

}  // namespace stormglass::scenarios
