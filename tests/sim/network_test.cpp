// Network and its table: identities, attempts, keyed latencies, reuse of slots.
#include "sim/network.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::tests {
namespace {

using sim::Distribution;
using sim::LinkOptions;
using sim::Network;

RC_GTEST_PROP(FlatTable, does_what_a_map_does_under_any_operations, ()) {
    sim::detail::FlatTable<std::uint32_t> table;
    std::map<std::uint64_t, std::uint32_t> model;
    const auto words =
        *rc::gen::container<std::vector<std::uint32_t>>(300, rc::gen::arbitrary<std::uint32_t>());
    for (const std::uint32_t word : words) {
        const std::uint64_t key = (word >> 4) % 40;  // few keys: long clusters, many erasures
        if (word % 16 < 8) {
            table[key] = word;
            model[key] = word;
        } else if (word % 16 < 15) {
            RC_ASSERT(table.erase(key) == (model.erase(key) == 1));
        } else if (word % 256 == 255) {
            table.clear();
            model.clear();
        }
        RC_ASSERT(table.size() == model.size());
        for (std::uint64_t k = 0; k < 40; ++k) {
            const std::uint32_t* found = table.find(k);
            const auto expected = model.find(k);
            RC_ASSERT((found != nullptr) == (expected != model.end()));
            RC_ASSERT((found == nullptr || *found == expected->second));
        }
    }
}

Network three_nodes(Distribution latency) {
    Network network(7);
    network.open(4, LinkOptions{latency});
    return network;
}

TEST(Network, counts_attempts_by_identity_and_directed_link) {
    Network network = three_nodes(Distribution::constant(milliseconds(1)));
    const auto attempt =
        [&](std::uint32_t from, std::uint32_t to, std::string_view text, std::uint64_t about) {
            return network.frame(network.launch({from}, {to}, as_bytes(text), about, 0)).attempt;
        };
    EXPECT_EQ(attempt(1, 2, "a", 0), 1U);
    EXPECT_EQ(attempt(1, 2, "a", 0), 2U);
    EXPECT_EQ(attempt(1, 2, "b", 0), 1U);
    EXPECT_EQ(attempt(2, 1, "a", 0), 1U);
    EXPECT_EQ(attempt(1, 3, "a", 0), 1U);
    EXPECT_EQ(attempt(1, 2, "first bytes", 9), 1U);
    EXPECT_EQ(attempt(1, 2, "other bytes", 9), 2U);  // the sender says it is the same
}

/// When a frame of this identity and attempt is due, after so many others were sent.
std::uint64_t due_after_noise(std::uint64_t others) {
    Network network = three_nodes(Distribution::exponential({}, milliseconds(1)));
    for (std::uint64_t i = 0; i < others; ++i) {
        network.launch({1}, {2}, {}, 1000 + i, 0);
    }
    return network.frame(network.launch({1}, {2}, as_bytes("x"), 5, 0)).due;
}

TEST(Network, draws_a_latency_for_what_the_frame_is_about_not_for_when_it_comes) {
    EXPECT_EQ(due_after_noise(0), due_after_noise(17));
}

TEST(Network, draws_apart_for_attempts_links_and_copies) {
    Network network = three_nodes(Distribution::uniform({}, seconds(1)));
    std::set<std::uint64_t> dues;
    for (int i = 0; i < 5; ++i) {
        dues.insert(network.frame(network.launch({1}, {2}, {}, 5, 0)).due);
    }
    dues.insert(network.frame(network.launch({2}, {1}, {}, 5, 0)).due);
    dues.insert(network.frame(network.launch({1}, {3}, {}, 5, 0)).due);
    dues.insert(network.frame(network.launch_copy(0, 1, 0)).due);
    dues.insert(network.frame(network.launch_copy(0, 2, 0)).due);
    EXPECT_EQ(dues.size(), 9U);
}

TEST(Network, uses_slots_again_and_forgets_what_was_done_to_them) {
    Network network = three_nodes(Distribution::constant({}));
    const std::uint32_t first = network.launch({1}, {2}, as_bytes("x"), 0, 0);
    network.forget(network.frame(first));
    network.frame(first).ghost = true;
    network.frame(first).credits.emplace_back();
    network.release(first);
    EXPECT_EQ(network.in_flight(), 0U);
    const std::uint32_t second = network.launch({1}, {2}, as_bytes("y"), 0, 0);
    EXPECT_EQ(second, first);
    EXPECT_FALSE(network.frame(second).ghost);
    EXPECT_TRUE(network.frame(second).credits.empty());
    EXPECT_EQ(as_text(network.frame(second).bytes), "y");
    EXPECT_EQ(network.in_flight(), 1U);
}

}  // namespace
}  // namespace stormglass::tests
