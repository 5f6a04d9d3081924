// The constants are computed from their definition (fractional parts of roots of the first primes)
// instead of being listed; the standard's vectors in the test prove them.
#include "reports/sha256.hpp"

#include <bit>
#include <cstring>

#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

/// The first 64 primes.
constexpr std::array<std::uint32_t, 64> primes() {
    std::array<std::uint32_t, 64> found{};
    std::size_t size = 0;
    for (std::uint32_t candidate = 2; size < found.size(); ++candidate) {
        bool prime = true;
        for (std::size_t at = 0; at < size && prime; ++at) {
            prime = candidate % found[at] != 0;
        }
        if (prime) {
            found[size++] = candidate;
        }
    }
    return found;
}

struct Wide {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

constexpr Wide product(std::uint64_t left, std::uint64_t right) {
    constexpr std::uint64_t kMask = 0xFFFFFFFF;
    const std::uint64_t low = (left & kMask) * (right & kMask);
    const std::uint64_t middle = (left >> 32) * (right & kMask) + (low >> 32);
    const std::uint64_t cross = (left & kMask) * (right >> 32) + (middle & kMask);
    return {(left >> 32) * (right >> 32) + (middle >> 32) + (cross >> 32),
            (cross << 32) | (low & kMask)};
}

/// The first 32 bits after the point of the square (power 2) or cube (power 3) root of `prime`:
/// the largest r with r^power <= prime * 2^(32 * power), without its whole part.
constexpr std::uint32_t root_fraction(std::uint32_t prime, int power) {
    std::uint64_t root = 0;
    for (int bit = 36; bit >= 0; --bit) {  // roots of primes up to 311 are below 2^5
        const std::uint64_t tried = root | (std::uint64_t{1} << bit);
        const Wide square = product(tried, tried);
        bool fits = false;
        if (power == 2) {
            fits = square.high < prime;  // below prime * 2^64; no root of a prime is exact
        } else {
            // (high * 2^64 + low) * tried < prime * 2^96
            const Wide upper = product(square.high, tried);
            const Wide lower = product(square.low, tried);
            const std::uint64_t middle = upper.low + lower.high;
            fits = upper.high == 0 && middle < (std::uint64_t{prime} << 32);
        }
        if (fits) {
            root = tried;
        }
    }
    return static_cast<std::uint32_t>(root);
}

template <std::size_t kSize>
constexpr std::array<std::uint32_t, kSize> constants(int power) {
    std::array<std::uint32_t, kSize> out{};
    const auto all = primes();
    for (std::size_t at = 0; at < kSize; ++at) {
        out[at] = root_fraction(all[at], power);
    }
    return out;
}

constexpr auto kStart = constants<8>(2);
constexpr auto kRound = constants<64>(3);

using State = std::array<std::uint32_t, 8>;

void compress(State& state, const unsigned char* block) {
    std::array<std::uint32_t, 64> words{};
    for (std::size_t at = 0; at < 16; ++at) {
        for (std::size_t byte = 0; byte < 4; ++byte) {
            words[at] = (words[at] << 8) | block[4 * at + byte];
        }
    }
    for (std::size_t at = 16; at < words.size(); ++at) {
        const std::uint32_t near = words[at - 2];
        const std::uint32_t far = words[at - 15];
        words[at] = words[at - 16] + words[at - 7] +
                    (std::rotr(far, 7) ^ std::rotr(far, 18) ^ (far >> 3)) +
                    (std::rotr(near, 17) ^ std::rotr(near, 19) ^ (near >> 10));
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                    ((e & f) ^ (~e & g)) + kRound[at] + words[at];
        const std::uint32_t second =
            (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first;
        d = c, c = b, b = a, a = first + second;
    }
    const State round{a, b, c, d, e, f, g, h};
    for (std::size_t at = 0; at < state.size(); ++at) {
        state[at] += round[at];
    }
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
    constexpr std::size_t kBlock = 64;
    State state = kStart;
    std::string_view rest = bytes;
    std::array<unsigned char, kBlock> block{};
    while (rest.size() >= kBlock) {
        std::memcpy(block.data(), rest.data(), kBlock);
        compress(state, block.data());
        rest.remove_prefix(kBlock);
    }
    block.fill(0);
    if (!rest.empty()) {
        std::memcpy(block.data(), rest.data(), rest.size());
    }
    block[rest.size()] = 0x80;
    if (rest.size() >= kBlock - 8) {  // no room for the length
        compress(state, block.data());
        block.fill(0);
    }
    std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
    for (std::size_t at = kBlock; at > kBlock - 8; bits >>= 8) {
        block[--at] = static_cast<unsigned char>(bits);
    }
    compress(state, block.data());
    Sha256 digest{};
    for (std::size_t at = 0; at < digest.size(); ++at) {
        digest[at] = static_cast<std::uint8_t>(state[at / 4] >> (24 - 8 * (at % 4)));
    }
    return digest;
}

std::string hex(const Sha256& digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : digest) {
        out += kDigits[byte >> 4];
        out += kDigits[byte & 0x0F];
    }
    return out;
}

std::string sha256_hex(std::string_view bytes) {
    return hex(sha256(bytes));
}

std::string short_hash(std::string_view bytes) {
    constexpr std::size_t kShort = 16;
    return sha256_hex(bytes).substr(0, kShort);
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t byte = 0; byte < 3; ++byte) {
            const bool there = byte < group.size();
            bits = (bits << 8) | (there ? static_cast<unsigned char>(group[byte]) : 0U);
        }
        for (std::size_t digit = 0; digit < 4; ++digit) {
            out += digit <= group.size() ? kDigits[(bits >> (18 - 6 * digit)) & 0x3F] : '=';
        }
    }
    CHECK(out.size() == (bytes.size() + 2) / 3 * 4);
    return out;
}

std::string base64(const Sha256& digest) {
    return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace stormglass::reports
