// Draws are pure functions of their key: independent of order, even over their range.
#include "runtime/random.hpp"

#include <array>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stormglass {
namespace {

constexpr Site kLoss = "link.loss";
constexpr Site kDelay = "link.delay";

TEST(KeyedDraw, is_a_constant_of_its_key) {
    // Pinned: a changed generator changes every recorded seed, and must say so in the changelog.
    static_assert(keyed_draw(1, kLoss.hash, {2, 3, 4}) == keyed_draw(1, kLoss.hash, {2, 3, 4}));
    EXPECT_EQ(mix64(0x9e3779b97f4a7c15ULL), 0xe220a8397b1dcdafULL);  // SplitMix64, seed 0, first
}

TEST(KeyedDraw, differs_between_neighbouring_seeds_sites_and_subjects) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        for (std::uint64_t about = 0; about < 50; ++about) {
            seen.insert(keyed_draw(seed, kLoss.hash, {about}));
            seen.insert(keyed_draw(seed, kDelay.hash, {about}));
            seen.insert(keyed_draw(seed, kLoss.hash, {0, about + 1}));
        }
    }
    EXPECT_EQ(seen.size(), 50U * 50U * 3U);
}

TEST(KeyedDraw, is_even_over_sixteen_buckets) {
    // Chi-square with 15 degrees of freedom stays under 37.7 with probability 0.999.
    constexpr int kDraws = 160'000;
    std::array<int, 16> buckets{};
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        ++buckets[bounded(keyed_draw(7, kDelay.hash, {i}), 16)];
    }
    std::int64_t square_sum = 0;
    for (const int count : buckets) {
        const std::int64_t off = count - kDraws / 16;
        square_sum += off * off;
    }
    EXPECT_LT(square_sum / (kDraws / 16), 38);
}

RC_GTEST_PROP(Bounded, stays_below_its_bound, (std::uint64_t draw, std::uint64_t bound)) {
    RC_PRE(bound > 0);
    RC_ASSERT(bounded(draw, bound) < bound);
}

TEST(Happens, holds_never_at_zero_and_always_at_a_million) {
    for (const std::uint64_t draw : {std::uint64_t{0}, ~std::uint64_t{0}}) {
        EXPECT_FALSE(happens(draw, 0));
        EXPECT_TRUE(happens(draw, 1'000'000));
    }
}

}  // namespace
}  // namespace stormglass
