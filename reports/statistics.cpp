// Bounds and their printing. Boost's inverse incomplete beta stays in this file (3 s to compile).
#include "reports/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <boost/math/special_functions/beta.hpp>

#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

/// Ignores differences that arithmetic on doubles makes, so that 0.03 % is not printed as 0.031 %.
constexpr double kNoise = 1e-9;

double checked(double probability) {
    CHECK(probability >= 0.0);
    CHECK(probability <= 1.0);
    return probability;
}

double alpha_of(double confidence) {
    CHECK(confidence > 0.0);
    CHECK(confidence < 1.0);
    return 1.0 - confidence;
}

}  // namespace

std::optional<double> upper_bound(std::uint64_t failed, std::uint64_t runs, double confidence) {
    const double alpha = alpha_of(confidence);
    if (runs == 0) {
        return std::nullopt;
    }
    if (failed >= runs) {
        return 1.0;
    }
    const auto n = static_cast<double>(runs);
    if (failed == 0) {
        return checked(-std::expm1(std::log(alpha) / n));
    }
    const auto k = static_cast<double>(failed);
    return checked(boost::math::ibetac_inv(k + 1.0, n - k, alpha));
}

std::optional<double> lower_bound(std::uint64_t kept, std::uint64_t audited, double confidence) {
    const std::uint64_t struck = audited - std::min(kept, audited);
    const std::optional<double> share_struck = upper_bound(struck, audited, confidence);
    if (!share_struck.has_value()) {
        return std::nullopt;
    }
    return checked(1.0 - *share_struck);
}

std::optional<std::uint64_t> runs_needed(double target, double confidence) {
    const double alpha = alpha_of(confidence);
    if (target >= 1.0) {
        return 0;
    }
    if (!(target > 0.0)) {
        return std::nullopt;
    }
    const double exact = std::log(alpha) / std::log1p(-target);
    constexpr double kCountable = 1e18;
    if (exact > kCountable) {
        return std::nullopt;
    }
    auto needed = static_cast<std::uint64_t>(std::ceil(exact));
    // The logarithms may be off by one run either way; the bound itself decides.
    while (needed > 1 && *upper_bound(0, needed - 1, confidence) <= target) {
        --needed;
    }
    while (*upper_bound(0, needed, confidence) > target) {
        ++needed;
    }
    return needed;
}

Discount discount(std::uint64_t candidates, std::uint64_t audited, std::uint64_t kept) {
    audited = std::min(audited, candidates);
    kept = std::min(kept, audited);
    if (kept == audited) {
        return {candidates, std::nullopt, true};
    }
    const double share = *lower_bound(kept, audited, kAuditConfidence);
    const auto others = static_cast<double>(candidates - audited);
    const auto counted = static_cast<std::uint64_t>(std::floor(share * others));
    CHECK(counted <= candidates - audited);
    return {kept + counted, share, share >= kKeptShareLeast};
}

std::string percent_up(std::optional<double> probability) {
    if (!probability.has_value()) {
        return "none";
    }
    const double percent = checked(*probability) * 100.0;
    int decimals = 3;
    double scale = 1000.0;
    constexpr int kDecimalsMost = 15;  // 1e-17 of a run's failures: nobody runs 1e17 runs
    while (percent > 0.0 && percent * scale < 10.0 * (1.0 - kNoise) && decimals < kDecimalsMost) {
        scale *= 10.0;
        ++decimals;
    }
    const auto units = static_cast<std::uint64_t>(std::ceil(percent * scale * (1.0 - kNoise)));
    std::string digits = std::to_string(units);
    const auto point = static_cast<std::size_t>(decimals);
    if (digits.size() <= point) {
        digits.insert(0, point + 1 - digits.size(), '0');
    }
    digits.insert(digits.size() - point, ".");
    return digits + " %";
}

}  // namespace stormglass::reports
