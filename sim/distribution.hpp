// Distribution: how long a transit or an operation takes, as a value, and how a draw becomes a
// time. Integer arithmetic only (tables in fixed point), so that every platform draws the same
// times.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/time.hpp"

namespace stormglass::sim {

enum class DistributionKind : std::uint8_t { constant, uniform, exponential, long_tail, bimodal };

/// Kebab-case: "constant", "uniform", "exponential", "long-tail", "bimodal".
std::string_view name_of(DistributionKind kind);
std::optional<DistributionKind> distribution_kind(std::string_view name);

struct Distribution {
    DistributionKind kind = DistributionKind::constant;
    Duration base;               // the least value (constant: the value; bimodal: the fast mode)
    Duration spread;             // uniform: width; exponential: mean above base; long_tail: scale;
                                 // bimodal: the slow mode
    std::uint32_t slow_ppm = 0;  // bimodal: share of the slow mode, parts per million

    static constexpr Distribution constant(Duration value) {
        return {DistributionKind::constant, value, {}, 0};
    }

    /// low .. high, both included.
    static constexpr Distribution uniform(Duration low, Duration high) {
        return {DistributionKind::uniform, low, high - low, 0};
    }

    static constexpr Distribution exponential(Duration least, Duration mean_above) {
        return {DistributionKind::exponential, least, mean_above, 0};
    }

    /// least + a Pareto tail (shape 2) that starts at `scale` and is cut at 1000 x `scale`.
    static constexpr Distribution long_tail(Duration least, Duration scale) {
        return {DistributionKind::long_tail, least, scale, 0};
    }

    static constexpr Distribution bimodal(Duration fast, Duration slow, std::uint32_t slow_ppm) {
        return {DistributionKind::bimodal, fast, slow, slow_ppm};
    }

    /// The distribution of a kind with about this mean, starting at zero where the kind allows it.
    static Distribution with_mean(DistributionKind kind, Duration mean);

    bool is_constant() const { return kind == DistributionKind::constant; }

    /// Never negative. Requires: base and spread are not negative.
    Duration sample(std::uint64_t draw) const;
};

/// An exponential sample of this mean (ns) from 64 uniform bits.
std::uint64_t exponential_ns(std::uint64_t draw, std::uint64_t mean);

}  // namespace stormglass::sim
