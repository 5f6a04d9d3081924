#include "runtime/crypto/sha256.hpp"

#include <cstring>

#include <sodium.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace stormglass::crypto {
namespace {

static_assert(sizeof(Digest) == crypto_hash_sha256_BYTES);

Digest by_library(Bytes message) {
    Digest digest;
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(message.data()),
                       message.size());
    return digest;
}

#if defined(__x86_64__)
#define WITH_INSTRUCTIONS __attribute__((target("sha,sse4.1")))

constexpr std::size_t kBlockBytes = 64;

// FIPS 180-4, section 4.2.2.
alignas(16) constexpr std::uint32_t kRounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The eight words of state, in the two orders that the instructions want.
struct State {
    __m128i abef;
    __m128i cdgh;
};

WITH_INSTRUCTIONS State initial_state() {
    return {_mm_set_epi32(
                0x6a09e667, static_cast<int>(0xbb67ae85), 0x510e527f, static_cast<int>(0x9b05688c)),
            _mm_set_epi32(0x3c6ef372, static_cast<int>(0xa54ff53a), 0x1f83d9ab, 0x5be0cd19)};
}

WITH_INSTRUCTIONS __m128i big_endian(__m128i words) {
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

WITH_INSTRUCTIONS void add_block(State& state, const std::byte* block) {
    __m128i schedule[4];  // the last sixteen words
    for (std::size_t n = 0; n < 4; ++n) {
        schedule[n] = big_endian(_mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * n)));
    }
    State next = state;
#pragma GCC unroll 16
    for (std::size_t n = 0; n < 16; ++n) {  // four rounds each
        __m128i& words = schedule[n % 4];
        if (n >= 4) {
            const __m128i last = schedule[(n + 3) % 4];
            const __m128i seven_back = _mm_alignr_epi8(last, schedule[(n + 2) % 4], 4);
            words = _mm_add_epi32(_mm_sha256msg1_epu32(words, schedule[(n + 1) % 4]), seven_back);
            words = _mm_sha256msg2_epu32(words, last);
        }
        const __m128i keyed =
            _mm_add_epi32(words, _mm_load_si128(reinterpret_cast<const __m128i*>(kRounds + 4 * n)));
        next.cdgh = _mm_sha256rnds2_epu32(next.cdgh, next.abef, keyed);
        next.abef = _mm_sha256rnds2_epu32(next.abef, next.cdgh, _mm_shuffle_epi32(keyed, 0x0e));
    }
    state.abef = _mm_add_epi32(state.abef, next.abef);
    state.cdgh = _mm_add_epi32(state.cdgh, next.cdgh);
}

WITH_INSTRUCTIONS Digest by_instructions(Bytes message) {
    State state = initial_state();
    std::size_t at = 0;
    for (; message.size() - at >= kBlockBytes; at += kBlockBytes) {
        add_block(state, message.data() + at);
    }
    // What is left, a single bit, zeros, and the length in bits in the last eight bytes.
    std::byte padded[2 * kBlockBytes] = {};
    const std::size_t left = message.size() - at;
    if (left > 0) {
        std::memcpy(padded, message.data() + at, left);
    }
    padded[left] = std::byte{0x80};
    const std::size_t end = left + 9 <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes;
    const std::uint64_t bits = __builtin_bswap64(std::uint64_t{message.size()} * 8);
    std::memcpy(padded + end - sizeof(bits), &bits, sizeof(bits));
    for (std::size_t block = 0; block < end; block += kBlockBytes) {
        add_block(state, padded + block);
    }
    Digest digest;
    auto* const to = reinterpret_cast<__m128i*>(digest.data());
    const __m128i abcd = _mm_unpackhi_epi64(state.cdgh, state.abef);
    const __m128i efgh = _mm_unpacklo_epi64(state.cdgh, state.abef);
    const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    _mm_storeu_si128(to, _mm_shuffle_epi8(abcd, reversed));
    _mm_storeu_si128(to + 1, _mm_shuffle_epi8(efgh, reversed));
    return digest;
}

// Asked by hand: clang 14 does not know this one by name.
bool has_instructions() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned kSha = 1U << 29;
    return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) == 1 &&
           (b & kSha) != 0;
}
#endif

}  // namespace

Digest sha256(Bytes message) {
#if defined(__x86_64__)
    static const bool by_processor = has_instructions();
    if (by_processor) {
        return by_instructions(message);
    }
#endif
    return by_library(message);
}

}  // namespace stormglass::crypto
