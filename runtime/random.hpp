// Keyed draws: a draw is a pure function of (seed, site, what it is about), so that a new draw in
// one place moves no draw in another. Integer arithmetic only; equal on every platform.
// Mixer: SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014), chained over the key's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stormglass {

constexpr std::uint64_t mix64(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

constexpr std::uint64_t chain64(std::uint64_t state, std::uint64_t word) {
    return mix64((state ^ word) + 0x9e3779b97f4a7c15ULL);
}

/// FNV-1a over text: a stable name for a site, a kind or a mark; never used for placing in a map.
constexpr std::uint64_t name_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

/// A named place in the code: where a draw is made, a note is taken, a rare branch may open.
struct Site {
    std::string_view name;  // a literal
    std::uint64_t hash = 0;

    template <std::size_t N>
    consteval Site(const char (&literal)[N])  // NOLINT: sites are written as literals
        : name(literal, N - 1),
          hash(name_hash(name)) {}

    friend constexpr bool operator==(const Site& a, const Site& b) { return a.hash == b.hash; }
};

/// What a draw is about; unused words stay zero.
struct Subject {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
};

/// The draw: 64 uniform bits for (seed, site, subject).
constexpr std::uint64_t keyed_draw(std::uint64_t seed, std::uint64_t site_hash, Subject about) {
    std::uint64_t state = chain64(seed, site_hash);
    state = chain64(state, about.a);
    state = chain64(state, about.b);
    return chain64(state, about.c);
}

/// Maps a draw to 0 .. bound-1 without a division (Lemire 2019, without the rejection step: the
/// bias is below bound / 2^64). Requires bound > 0.
constexpr std::uint64_t bounded(std::uint64_t draw, std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(draw) * bound) >> 64);
}

/// True with `parts_per_million` in a million.
constexpr bool happens(std::uint64_t draw, std::uint32_t parts_per_million) {
    return bounded(draw, 1'000'000) < parts_per_million;
}

}  // namespace stormglass
