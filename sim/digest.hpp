// A fast 64-bit digest of bytes for trace hashes and frame identities: 16 bytes a multiplication,
// equal on every platform of one byte order. Not cryptographic, and never part of a stored format.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "runtime/bytes.hpp"

namespace stormglass::sim {

namespace detail {

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

/// Full 128-bit product, folded.
constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kOdd1 = 0xa24b'aed4'963e'e407ULL;
inline constexpr std::uint64_t kOdd2 = 0x9fb2'1c65'1e98'df25ULL;

inline std::uint64_t word_at(const std::byte* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    return word;
}

}  // namespace detail

/// Mixes one word pair into a running digest.
constexpr std::uint64_t mix_pair(std::uint64_t state, std::uint64_t a, std::uint64_t b) {
    return detail::fold_multiply(a ^ detail::kOdd1, (b ^ state) + detail::kOdd2) ^
           std::rotl(state, 23);
}

inline std::uint64_t digest64(Bytes bytes) {
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t state = detail::kOdd1 ^ left;
    while (left >= 16) {
        state = mix_pair(state, detail::word_at(at), detail::word_at(at + 8));
        at += 16;
        left -= 16;
    }
    std::byte tail[16] = {};
    if (left > 0) {
        std::memcpy(tail, at, left);
        state = mix_pair(state, detail::word_at(tail), detail::word_at(tail + 8));
    }
    return mix_pair(state, detail::kOdd2, left);
}

}  // namespace stormglass::sim
