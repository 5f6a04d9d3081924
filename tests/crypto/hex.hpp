// Hexadecimal text to bytes and back, for test vectors.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/check.hpp"

namespace stormglass::tests {

inline ByteBuffer unhex(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    CHECK(text.size() % 2 == 0);
    ByteBuffer bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::size_t high = kDigits.find(text[i]);
        const std::size_t low = kDigits.find(text[i + 1]);
        CHECK(high < 16 && low < 16);
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

template <std::size_t Size>
std::array<std::byte, Size> array_of(std::string_view hex) {
    const ByteBuffer bytes = unhex(hex);
    CHECK(bytes.size() == Size);
    std::array<std::byte, Size> array{};
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

inline std::string hex_of(Bytes bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text.push_back(kDigits[std::to_integer<std::size_t>(byte) >> 4]);
        text.push_back(kDigits[std::to_integer<std::size_t>(byte) & 15]);
    }
    return text;
}

}  // namespace stormglass::tests
