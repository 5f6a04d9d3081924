// The two-node world as a whole: one seed one hash, a thousand seeds a thousand hashes, and the
// property that must hold under every fault: what was acknowledged is stored once and in order.
#include "tests/sim/two_node.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::tests {
namespace {

using sim::Fault;
using sim::FaultKind;

constexpr std::int64_t kMs = 1'000'000;

Fault fault(FaultKind kind) {
    Fault made;
    made.kind = kind;
    return made;
}

/// Any fault of the catalogue, at a random time, for a random while, of random strength.
Fault draw_fault(std::uint64_t key) {
    const auto pick = [&](std::uint64_t what, std::int64_t bound) {
        return static_cast<std::int64_t>(
            bounded(chain64(key, what), static_cast<std::uint64_t>(bound)));
    };
    Fault made = fault(static_cast<FaultKind>(pick(1, sim::kFaultKinds - 1)));
    made.when.after = sim::exactly(pick(2, 60 * kMs));
    made.when.duration = sim::exactly(1 + pick(3, 40 * kMs));
    for (const sim::ParameterInfo& info : parameters_of(made.kind)) {
        if (info.name == "probability") {
            made.set("probability", pick(4, 600'000));
        } else if (info.name == "mean" || info.name == "lag" || info.name == "hold" ||
                   info.name == "downtime") {
            made.set(info.name, pick(5, 20 * kMs));
        } else if (info.name == "copies") {
            made.set("copies", pick(6, 5));
        } else if (info.name == "mode" && made.kind == FaultKind::lose_unsynced) {
            made.set("mode", std::string_view(std::array{"all", "prefix", "subset"}[pick(7, 3)]));
        } else if (info.name == "mode") {
            made.set("mode", std::string_view(std::array{"front", "subset"}[pick(7, 2)]));
        } else if (info.name == "in-place") {
            made.set("in-place", std::string_view(std::array{"no", "yes"}[pick(7, 2)]));
        } else if (info.name == "at") {
            made.set("at",
                     std::string_view(
                         std::array{"append", "sync", "send", "receiver.stored"}[pick(8, 4)]));
        }
    }
    if (made.kind == FaultKind::partition_complete || made.kind == FaultKind::partition_simplex) {
        made.target.side_a = {pick(9, 2) == 0 ? "sender" : "receiver"};
    } else if (pick(10, 2) == 0) {
        made.target.node = pick(11, 2) == 0 ? "sender" : "receiver";
    }
    return made;
}

sim::Schedule draw_schedule(std::uint64_t seed) {
    sim::Schedule schedule;
    const std::uint64_t count = 1 + bounded(mix64(seed), 8);
    for (std::uint64_t i = 0; i < count; ++i) {
        schedule.push_back(draw_fault(chain64(seed, i)));
    }
    return schedule;
}

TEST(TwoNodes, converge_without_faults) {
    TwoNodes nodes(seeded(1));
    nodes.run();
    EXPECT_TRUE(nodes.converged());
    EXPECT_EQ(nodes.world.outstanding(), 0U);
}

RC_GTEST_PROP(TwoNodes, acknowledged_is_stored_once_and_in_order_under_any_schedule, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    TwoNodes nodes(seeded(seed), draw_schedule(seed));
    nodes.run();
    RC_ASSERT(nodes.converged());
}

TEST(TwoNodes, keep_the_property_on_two_thousand_seeds) {
    std::set<std::uint64_t> failed;
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        TwoNodes nodes(seeded(seed), draw_schedule(seed));
        nodes.run(milliseconds(150), milliseconds(400));
        if (!nodes.converged()) {
            failed.insert(seed);
        }
    }
    EXPECT_EQ(failed, std::set<std::uint64_t>{});
}

TEST(TwoNodes, lose_an_item_when_it_is_acknowledged_before_the_sync) {
    std::uint64_t failures = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        TwoNodes nodes(seeded(seed), draw_schedule(seed), {}, Acknowledges::early);
        nodes.run(milliseconds(150), milliseconds(400));
        failures += nodes.converged() ? 0 : 1;
    }
    EXPECT_GT(failures, 0U);
    RecordProperty("failures", static_cast<int>(failures));
}

TEST(TwoNodes, one_seed_gives_one_hash_and_a_thousand_seeds_a_thousand) {
    const auto hash_of = [](std::uint64_t seed) {
        sim::WorldOptions options = seeded(seed);
        options.link.latency = sim::Distribution::uniform(milliseconds(1), milliseconds(2));
        TwoNodes nodes(options);
        nodes.run(milliseconds(50), milliseconds(50));
        return nodes.world.hash();
    };
    std::set<std::uint64_t> hashes;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        hashes.insert(hash_of(seed));
    }
    EXPECT_EQ(hashes.size(), 1000U);
    EXPECT_EQ(hash_of(77), hash_of(77));
}

}  // namespace
}  // namespace stormglass::tests
