// Seeds side by side give what they give alone.
#include <algorithm>
#include <array>
#include <numeric>

#include <gtest/gtest.h>

#include "sim/explore/parallel.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::Sweep;

std::uint64_t hash_of(std::uint64_t seed) {
    sim::WorldOptions options = seeded(seed);
    options.link.latency = sim::Distribution::uniform(milliseconds(1), milliseconds(2));
    TwoNodes nodes(options);
    nodes.run(milliseconds(50), milliseconds(50));
    return nodes.world.hash();
}

TEST(Sweep, gives_the_same_results_on_one_and_on_many_threads) {
    const auto alone = sim::map_seeds<std::uint64_t>(100, 200, 1, hash_of);
    const auto together = sim::map_seeds<std::uint64_t>(100, 200, 4, hash_of);
    EXPECT_EQ(alone, together);
    EXPECT_EQ(alone[7], hash_of(107));
}

TEST(Sweep, runs_every_seed_once_and_each_worker_in_ascending_order) {
    std::array<std::vector<std::uint64_t>, 4> seen;
    const auto result = sim::parallel_for_seeds(5, 1000, 4, [&](std::uint64_t seed, unsigned w) {
        seen[w].push_back(seed);
        return Sweep::go_on;
    });
    EXPECT_EQ(result.done, 1000U);
    EXPECT_FALSE(result.cancelled);
    std::vector<std::uint64_t> all;
    for (const auto& seeds : seen) {
        EXPECT_TRUE(std::is_sorted(seeds.begin(), seeds.end()));
        all.insert(all.end(), seeds.begin(), seeds.end());
    }
    std::sort(all.begin(), all.end());
    std::vector<std::uint64_t> expected(1000);
    std::iota(expected.begin(), expected.end(), 5);
    EXPECT_EQ(all, expected);
}

TEST(Sweep, begins_no_seed_after_a_stop_and_leaves_no_hole_before_it) {
    std::array<std::vector<std::uint64_t>, 2> seen;
    const auto result = sim::parallel_for_seeds(0, 100'000, 2, [&](std::uint64_t seed, unsigned w) {
        seen[w].push_back(seed);
        return seed == 50 ? Sweep::stop : Sweep::go_on;
    });
    EXPECT_TRUE(result.cancelled);
    std::vector<std::uint64_t> all = seen[0];
    all.insert(all.end(), seen[1].begin(), seen[1].end());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all.size(), result.done);
    EXPECT_EQ(all.back() + 1, all.size());
    EXPECT_GE(all.size(), 51U);
}

TEST(Sweep, obeys_the_cancellation_flag) {
    std::atomic<bool> cancel = false;
    const auto body = [&](std::uint64_t seed, unsigned) {
        if (seed == 10) {
            cancel = true;
        }
        return Sweep::go_on;
    };
    const auto result = sim::parallel_for_seeds(0, 1000, 1, body, &cancel);
    EXPECT_EQ(result.done, 11U);
    EXPECT_TRUE(result.cancelled);
}

}  // namespace
}  // namespace stormglass::tests
