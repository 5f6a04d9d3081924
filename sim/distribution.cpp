// Samples in fixed point: logarithms from a table that the compiler computes with integers, square
// roots bit by bit.
#include "sim/distribution.hpp"

#include <array>
#include <bit>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::sim {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kTableBits = 8;
constexpr std::size_t kTableSize = (1U << kTableBits) + 1;
constexpr std::uint64_t kLn2 = 2'977'044'472;  // ln 2 in 32-bit fixed point

/// log2(m) in 32-bit fixed point for m in [1, 2) in 62-bit fixed point, a bit a squaring.
constexpr std::uint64_t log2_fraction(std::uint64_t m) {
    std::uint64_t bits = 0;
    for (int i = 0; i < 33; ++i) {
        m = static_cast<std::uint64_t>((static_cast<Wide>(m) * m) >> 62);
        bits <<= 1;
        if (m >> 63 != 0) {
            bits |= 1;
            m >>= 1;
        }
    }
    return (bits + 1) >> 1;
}

constexpr std::array<std::uint64_t, kTableSize> make_log2_table() {
    std::array<std::uint64_t, kTableSize> table{};
    for (std::size_t i = 0; i + 1 < kTableSize; ++i) {
        table[i] =
            log2_fraction((1ULL << 62) + (static_cast<std::uint64_t>(i) << (62 - kTableBits)));
    }
    table[kTableSize - 1] = 1ULL << 32;
    return table;
}

constexpr auto kLog2 = make_log2_table();

/// -ln(draw / 2^64) in 32-bit fixed point; straight lines between 257 points (error < 2e-6).
std::uint64_t minus_ln(std::uint64_t draw) {
    draw |= 1;
    const int zeros = std::countl_zero(draw);
    const std::uint64_t fraction = (draw << zeros) << 1;  // of the mantissa, 64 bits
    const auto row = static_cast<std::size_t>(fraction >> (64 - kTableBits));
    const std::uint64_t rest = (fraction << kTableBits) >> 32;
    const std::uint64_t low = kLog2[row];
    const std::uint64_t log2 = low + (((kLog2[row + 1] - low) * rest) >> 32);
    // draw = 2^(63 - zeros) * (1 + fraction), so -log2(draw / 2^64) = zeros + 1 - log2.
    const std::uint64_t turns = ((static_cast<std::uint64_t>(zeros) + 1) << 32) - log2;
    return static_cast<std::uint64_t>((static_cast<Wide>(turns) * kLn2) >> 32);
}

std::uint64_t square_root(std::uint64_t value) {
    std::uint64_t root = 0;
    for (std::uint64_t bit = 1ULL << 31; bit != 0; bit >>= 1) {
        const std::uint64_t trial = root | bit;
        root = trial * trial <= value ? trial : root;
    }
    return root;
}

/// scale / sqrt(u), u uniform in (0, 1]: a Pareto tail of shape 2, cut at 1000 x scale.
std::uint64_t long_tail_ns(std::uint64_t draw, std::uint64_t scale) {
    constexpr std::uint64_t kLeastRoot = (1ULL << 32) / 1000;
    const std::uint64_t root = std::max(square_root(draw), kLeastRoot);
    return static_cast<std::uint64_t>((static_cast<Wide>(scale) << 32) / root);
}

}  // namespace

std::string_view name_of(DistributionKind kind) {
    switch (kind) {
        case DistributionKind::constant:
            return "constant";
        case DistributionKind::uniform:
            return "uniform";
        case DistributionKind::exponential:
            return "exponential";
        case DistributionKind::long_tail:
            return "long-tail";
        case DistributionKind::bimodal:
            return "bimodal";
    }
    CHECK(false);
}

std::optional<DistributionKind> distribution_kind(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(DistributionKind::bimodal); ++i) {
        const auto kind = static_cast<DistributionKind>(i);
        if (name_of(kind) == name) {
            return kind;
        }
    }
    return std::nullopt;
}

std::uint64_t exponential_ns(std::uint64_t draw, std::uint64_t mean) {
    return static_cast<std::uint64_t>((static_cast<Wide>(minus_ln(draw)) * mean) >> 32);
}

Distribution Distribution::with_mean(DistributionKind kind, Duration mean) {
    switch (kind) {
        case DistributionKind::constant:
            return constant(mean);
        case DistributionKind::uniform:
            return uniform({}, mean * 2);
        case DistributionKind::exponential:
            return exponential({}, mean);
        case DistributionKind::long_tail:
            return long_tail({}, mean / 2);  // shape 2: the mean is twice the scale
        case DistributionKind::bimodal:
            return bimodal(mean / 2, mean * 11 / 2, 100'000);  // 0.9 / 2 + 0.1 x 5.5 = 1
    }
    CHECK(false);
}

Duration Distribution::sample(std::uint64_t draw) const {
    CHECK(base.ns >= 0 && spread.ns >= 0);
    const auto width = static_cast<std::uint64_t>(spread.ns);
    switch (kind) {
        case DistributionKind::constant:
            return base;
        case DistributionKind::uniform:
            return base + Duration{static_cast<std::int64_t>(bounded(draw, width + 1))};
        case DistributionKind::exponential:
            return base + Duration{static_cast<std::int64_t>(exponential_ns(draw, width))};
        case DistributionKind::long_tail:
            return base + Duration{static_cast<std::int64_t>(long_tail_ns(draw, width))};
        case DistributionKind::bimodal:
            return happens(draw, slow_ppm) ? spread : base;
    }
    CHECK(false);
}

}  // namespace stormglass::sim
