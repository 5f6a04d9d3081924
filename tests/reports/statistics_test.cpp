// Bounds against the published reference table, against the binomial law itself, and by simulation.
#include "reports/statistics.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::reports {
namespace {

struct Reference {
    std::uint64_t runs;
    double none_95;
    double none_99;
    double one_95;
    double three_95;
};

constexpr std::array<Reference, 6> kTable{{{100, 2.9513, 4.5007, 4.6560, 7.5711},
                                           {1'000, 0.2991, 0.4595, 0.4735, 0.7735},
                                           {6'120, 0.0489, 0.0752, 0.0775, 0.1266},
                                           {8'890, 0.0337, 0.0518, 0.0534, 0.0872},
                                           {10'000, 0.0300, 0.0460, 0.0474, 0.0775},
                                           {100'000, 0.0030, 0.0046, 0.0047, 0.0078}}};

double percent(std::uint64_t failed, std::uint64_t runs, double confidence) {
    return *upper_bound(failed, runs, confidence) * 100.0;
}

TEST(UpperBound, gives_every_value_of_the_reference_table) {
    constexpr double kLastDigit = 0.5001e-4;
    for (const Reference& row : kTable) {
        EXPECT_NEAR(percent(0, row.runs, 0.95), row.none_95, kLastDigit) << row.runs;
        EXPECT_NEAR(percent(0, row.runs, 0.99), row.none_99, kLastDigit) << row.runs;
        EXPECT_NEAR(percent(1, row.runs, 0.95), row.one_95, kLastDigit) << row.runs;
        EXPECT_NEAR(percent(3, row.runs, 0.95), row.three_95, kLastDigit) << row.runs;
    }
}

TEST(UpperBound, is_one_when_every_run_failed_and_none_without_runs) {
    EXPECT_EQ(upper_bound(7, 7, 0.95), 1.0);
    EXPECT_EQ(upper_bound(9, 7, 0.95), 1.0);
    EXPECT_EQ(upper_bound(0, 0, 0.95), std::nullopt);
    EXPECT_EQ(percent_up(upper_bound(0, 0, 0.95)), "none");
}

/// P[Binomial(n, p) <= k], summed term by term: slow and independent of the library's function.
double at_most(std::uint64_t k, std::uint64_t n, double p) {
    double sum = 0;
    for (std::uint64_t i = 0; i <= k; ++i) {
        const auto x = static_cast<double>(i);
        const auto m = static_cast<double>(n);
        sum += std::exp(std::lgamma(m + 1) - std::lgamma(x + 1) - std::lgamma(m - x + 1) +
                        x * std::log(p) + (m - x) * std::log1p(-p));
    }
    return sum;
}

RC_GTEST_PROP(UpperBound, solves_the_binomial_equation, ()) {
    const auto n = *rc::gen::inRange<std::uint64_t>(2, 20'000);
    const auto k = *rc::gen::inRange<std::uint64_t>(0, std::min<std::uint64_t>(n, 200));
    const double confidence = *rc::gen::element(0.9, 0.95, 0.99, 0.999);
    const double p = *upper_bound(k, n, confidence);
    RC_ASSERT(std::abs(at_most(k, n, p) - (1.0 - confidence)) < 1e-6);
}

RC_GTEST_PROP(UpperBound, falls_with_runs_and_rises_with_failures_and_confidence, ()) {
    const auto n = *rc::gen::inRange<std::uint64_t>(2, 1'000'000);
    const auto k = *rc::gen::inRange<std::uint64_t>(0, n - 1);
    const double bound = *upper_bound(k, n, 0.95);
    RC_ASSERT(*upper_bound(k, n + 1, 0.95) < bound);
    RC_ASSERT(*upper_bound(k + 1, n, 0.95) > bound);
    RC_ASSERT(*upper_bound(k, n, 0.99) > bound);
    RC_ASSERT(bound >= static_cast<double>(k) / static_cast<double>(n));
}

/// How many of `n` trials at `p` fail, by inversion over one uniform draw per failure.
std::uint64_t failures_of(std::uint64_t n, double p, std::uint64_t& state) {
    std::uint64_t failed = 0;
    double at = 0;
    while (true) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const double uniform = (static_cast<double>(state >> 11) + 0.5) / 9007199254740992.0;
        at += std::floor(std::log(uniform) / std::log1p(-p)) + 1;
        if (at > static_cast<double>(n)) {
            return failed;
        }
        ++failed;
    }
}

TEST(UpperBound, covers_the_truth_in_at_least_95_of_100_experiments) {
    constexpr int kExperiments = 1'000;
    // Three standard deviations of a share of 0.95 over 1,000 experiments.
    constexpr double kLeast = 0.95 - 3 * 0.0069;
    std::uint64_t state = 2024;
    for (const double p : {1e-4, 1e-3, 0.01, 0.1}) {
        for (const std::uint64_t n : {100U, 1'000U, 10'000U}) {
            int covered = 0;
            for (int experiment = 0; experiment < kExperiments; ++experiment) {
                covered += *upper_bound(failures_of(n, p, state), n, 0.95) > p ? 1 : 0;
            }
            EXPECT_GE(covered, kLeast * kExperiments) << "p " << p << ", n " << n;
        }
    }
}

TEST(RunsNeeded, gives_the_reference_values) {
    EXPECT_EQ(runs_needed(0.01, 0.95), 299U);
    EXPECT_EQ(runs_needed(0.01, 0.99), 459U);
    EXPECT_EQ(runs_needed(0.001, 0.95), 2'995U);
    EXPECT_EQ(runs_needed(0.001, 0.99), 4'603U);
    EXPECT_EQ(runs_needed(0.0001, 0.95), 29'956U);
    EXPECT_EQ(runs_needed(0.0001, 0.99), 46'050U);
    EXPECT_EQ(runs_needed(0.00001, 0.95), 299'572U);
    EXPECT_EQ(runs_needed(0.00001, 0.99), 460'515U);
    EXPECT_EQ(runs_needed(1.0, 0.95), 0U);
    EXPECT_EQ(runs_needed(0.0, 0.95), std::nullopt);
    EXPECT_EQ(runs_needed(1e-300, 0.95), std::nullopt);
}

RC_GTEST_PROP(RunsNeeded, is_the_smallest_number_that_does, ()) {
    const double target = *rc::gen::inRange(1, 9'999) / 1e4;
    const std::uint64_t needed = *runs_needed(target, 0.95);
    RC_ASSERT(*upper_bound(0, needed, 0.95) <= target);
    RC_ASSERT(needed == 1 || *upper_bound(0, needed - 1, 0.95) > target);
}

TEST(Discount, takes_nothing_when_the_audit_struck_nothing) {
    const Discount left = discount(5'000, 66, 66);
    EXPECT_EQ(left.effective, 5'000U);
    EXPECT_FALSE(left.kept_share.has_value());
    EXPECT_TRUE(left.proven);
    EXPECT_EQ(discount(5'000, 0, 0).effective, 5'000U);
    EXPECT_EQ(discount(0, 0, 0).effective, 0U);
}

TEST(Discount, counts_the_unaudited_by_the_lower_bound_of_the_kept_share) {
    // 99 of 100 kept: the lower bound is 1 minus the table's bound for 1 of 100.
    const Discount left = discount(10'100, 100, 99);
    EXPECT_NEAR(*left.kept_share, 1 - 0.046560, 1e-6);
    EXPECT_EQ(left.effective, 99U + 9'534U);
    EXPECT_TRUE(left.proven);
}

TEST(Discount, proves_nothing_below_four_fifths) {
    EXPECT_FALSE(discount(10'000, 16, 15).proven);  // lower bound 0.736
    EXPECT_TRUE(discount(10'000, 100, 88).proven);  // lower bound 0.813
    EXPECT_FALSE(discount(10'000, 16, 0).proven);
    EXPECT_EQ(discount(10'000, 16, 0).effective, 0U);
}

RC_GTEST_PROP(Discount, never_adds_a_run, ()) {
    const auto candidates = *rc::gen::inRange<std::uint64_t>(0, 100'000);
    const auto audited = *rc::gen::inRange<std::uint64_t>(0, 500);
    const auto kept = *rc::gen::inRange<std::uint64_t>(0, 500);
    RC_ASSERT(discount(candidates, audited, kept).effective <= candidates);
}

TEST(PercentUp, rounds_up_with_three_decimals_and_more_below_a_hundredth) {
    EXPECT_EQ(percent_up(upper_bound(0, 10'000, 0.95)), "0.030 %");
    EXPECT_EQ(percent_up(upper_bound(3, 6'120, 0.95)), "0.127 %");
    EXPECT_EQ(percent_up(upper_bound(0, 100'000, 0.95)), "0.0030 %");
    EXPECT_EQ(percent_up(upper_bound(0, 1'000'000, 0.95)), "0.00030 %");
    EXPECT_EQ(percent_up(0.0003), "0.030 %");
    EXPECT_EQ(percent_up(0.000300001), "0.031 %");
    EXPECT_EQ(percent_up(0.001), "0.100 %");
    EXPECT_EQ(percent_up(1.0), "100.000 %");
    EXPECT_EQ(percent_up(0.0), "0.000 %");
    EXPECT_EQ(percent_up(std::nullopt), "none");
}

RC_GTEST_PROP(PercentUp, is_never_below_the_value_nor_far_above, ()) {
    const double p = *rc::gen::inRange(1, 1'000'000'000) / 1e9;
    const double printed = std::stod(percent_up(p)) / 100.0;
    RC_ASSERT(printed >= p * (1 - 1e-8));
    RC_ASSERT(printed <= p + std::max(1.0001e-5, 0.1 * p));
}

}  // namespace
}  // namespace stormglass::reports
