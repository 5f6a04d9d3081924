// The compression function over 64-byte blocks and the padding, straight from the standard.
#include "scenarios/files/sha256.hpp"

#include <bit>
#include <cstddef>

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kBlock = 64;

// The fractional parts of the cube roots of the first 64 primes, as the standard lists them.
constexpr std::array<std::uint32_t, 64> kRound = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<std::uint32_t, 8>;

void absorb(State& state, std::string_view block) {
    std::array<std::uint32_t, 64> word{};
    for (std::size_t i = 0; i < 16; ++i) {
        for (std::size_t byte = 0; byte < 4; ++byte) {
            word[i] = (word[i] << 8U) | static_cast<std::uint8_t>(block[4 * i + byte]);
        }
    }
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t a = word[i - 15];
        const std::uint32_t b = word[i - 2];
        const std::uint32_t small0 = std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3U);
        const std::uint32_t small1 = std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10U);
        word[i] = word[i - 16] + small0 + word[i - 7] + small1;
    }
    State s = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t big1 = std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
        const std::uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        const std::uint32_t first = s[7] + big1 + choice + kRound[i] + word[i];
        const std::uint32_t big0 = std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
        const std::uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        s = {first + big0 + majority, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]};
    }
    for (std::size_t i = 0; i < state.size(); ++i) {
        state[i] += s[i];
    }
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view text) {
    State state = {0x6a09e667,
                   0xbb67ae85,
                   0x3c6ef372,
                   0xa54ff53a,
                   0x510e527f,
                   0x9b05688c,
                   0x1f83d9ab,
                   0x5be0cd19};
    const std::uint64_t bits = static_cast<std::uint64_t>(text.size()) * 8;
    while (text.size() >= kBlock) {
        absorb(state, text.substr(0, kBlock));
        text.remove_prefix(kBlock);
    }
    std::string tail(text);
    tail += '\x80';
    while (tail.size() % kBlock != kBlock - 8) {
        tail += '\0';
    }
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        tail += static_cast<char>(bits >> (shift - 8));
    }
    for (std::size_t at = 0; at < tail.size(); at += kBlock) {
        absorb(state, std::string_view(tail).substr(at, kBlock));
    }
    std::array<std::uint8_t, 32> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
}

std::string sha256_hex(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t byte : sha256(text)) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 0xfU];
    }
    return hex;
}

std::string short_hash(std::string_view text) {
    return sha256_hex(text).substr(0, 16);
}

}  // namespace stormglass::scenarios
