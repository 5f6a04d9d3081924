// Base64url and CRC-16 once more, written apart from the codec of tokens: it is a format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stormglass::tests {

inline constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct Octets {
    std::vector<unsigned> all;

    static Octets of(std::string_view text) {
        Octets octets;
        for (std::size_t bit = 0; bit + 8 <= (text.size() - 4) * 6; bit += 8) {
            unsigned octet = 0;
            for (std::size_t i = bit; i < bit + 8; ++i) {
                const std::size_t digit = kDigits.find(text[4 + i / 6]);
                octet = octet * 2 + static_cast<unsigned>(digit >> (5 - i % 6) & 1);
            }
            octets.all.push_back(octet);
        }
        return octets;
    }

    std::string text() const {
        std::string text = "sg1:";
        for (std::size_t bit = 0; bit < all.size() * 8; bit += 6) {
            std::size_t digit = 0;
            for (std::size_t i = bit; i < bit + 6; ++i) {
                digit = digit * 2 + (i / 8 < all.size() ? all[i / 8] >> (7 - i % 8) & 1 : 0);
            }
            text += kDigits[digit];
        }
        return text;
    }

    void sign() {
        unsigned rest = 0xffff;
        all.resize(all.size() - 2);
        for (const unsigned octet : all) {
            for (unsigned bit = 8; bit-- > 0;) {
                const bool high = (rest >> 15 & 1) != (octet >> bit & 1);
                rest = (rest << 1 & 0xffff) ^ (high ? 0x1021U : 0U);
            }
        }
        all.push_back(rest >> 8);
        all.push_back(rest & 0xff);
    }
};

}  // namespace stormglass::tests
