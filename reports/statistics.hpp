// What a number of runs may say: one-sided Clopper-Pearson bounds, runs needed, the audit's
// discount, and how a probability is printed. Formulas and reference values: docs/statistics.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stormglass::reports {

/// Upper bound, at `confidence` one-sided, on the probability behind `failed` of `runs`
/// independent runs. None for no runs. `failed` above `runs` counts as all of them.
[[nodiscard]] std::optional<double> upper_bound(std::uint64_t failed,
                                                std::uint64_t runs,
                                                double confidence);

/// Lower bound on the share behind `kept` of `audited`; none for nothing audited.
[[nodiscard]] std::optional<double> lower_bound(std::uint64_t kept,
                                                std::uint64_t audited,
                                                double confidence);

/// Runs without a failure that bring the bound to `target` or below it; 0 when the target asks
/// nothing (1 or more), none when no number of runs would do (0 or less).
[[nodiscard]] std::optional<std::uint64_t> runs_needed(double target, double confidence);

/// What the audit of "took effect" leaves of the effective runs.
struct Discount {
    std::uint64_t effective = 0;
    std::optional<double> kept_share;  ///< lower bound; present when a run was struck
    bool proven = true;                ///< false: below `kKeptShareLeast`, nothing can be claimed
};

constexpr double kKeptShareLeast = 0.8;  // Below it the local rule is wrong too often to count on.
constexpr double kAuditConfidence = 0.95;  // One-sided, whatever the claims ask for their bounds.

/// Audited and kept runs count in full, the others by the lower bound of the kept share; with
/// nothing struck there is no discount. `audited` above `candidates` counts as all of them.
[[nodiscard]] Discount discount(std::uint64_t candidates,
                                std::uint64_t audited,
                                std::uint64_t kept);

/// A probability as a percentage, rounded up: three decimals, below 0.01 % two significant
/// digits; "none" for none.
[[nodiscard]] std::string percent_up(std::optional<double> probability);

}  // namespace stormglass::reports
