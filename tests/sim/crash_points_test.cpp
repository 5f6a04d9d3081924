// Systematic: the two-node world killed before and after every effect of its first items, with
// every kind of loss on the disk. Small, exhaustive, seedless.
#include <array>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::Fault;
using sim::FaultKind;

using Point = std::tuple<std::string, std::string>;  // process, effect

class CrashPoints : public testing::TestWithParam<Point> {};

Fault crash_at(const Point& point, std::string_view side, std::uint32_t nth) {
    Fault fault;
    fault.kind = FaultKind::crash_at;
    fault.target.node = std::get<0>(point);
    fault.when.nth = {nth};
    fault.set("at", std::get<1>(point)).set("side", side).set("downtime", 3'000'000);
    return fault;
}

Fault losing(std::string_view mode) {
    Fault fault;
    fault.kind = FaultKind::lose_unsynced;
    fault.set("mode", mode);
    return fault;
}

Fault tearing() {
    Fault fault;
    fault.kind = FaultKind::torn_write;
    return fault;
}

TEST_P(CrashPoints, lose_nothing_acknowledged_with_any_disk) {
    const std::array<sim::Schedule, 5> disks{sim::Schedule{},
                                             {losing("all")},
                                             {losing("prefix"), tearing()},
                                             {losing("subset"), tearing()},
                                             {tearing()}};
    std::uint64_t struck = 0;
    for (const std::string_view side : {"before", "after"}) {
        for (std::uint32_t nth = 1; nth <= 12; ++nth) {
            for (std::size_t d = 0; d < disks.size(); ++d) {
                sim::Schedule schedule = disks[d];
                schedule.push_back(crash_at(GetParam(), side, nth));
                TwoNodes nodes(seeded(nth), schedule);
                nodes.run(milliseconds(200), milliseconds(300));
                EXPECT_TRUE(nodes.converged()) << side << " visit " << nth << ", disk " << d;
                struck += nodes.world.fault_counters().back().took_effect;
            }
        }
    }
    const bool rare = std::get<1>(GetParam()) == "create" || std::get<1>(GetParam()) == "cover";
    EXPECT_EQ(struck, rare ? 10U : 120U);  // the rare ones are reached once in a run
}

INSTANTIATE_TEST_SUITE_P(Effects,
                         CrashPoints,
                         testing::Values(Point{"receiver", "create"},
                                         Point{"receiver", "append"},
                                         Point{"receiver", "sync"},
                                         Point{"receiver", "send"},
                                         Point{"receiver", "note"},
                                         Point{"receiver", "receiver.stored"},
                                         Point{"sender", "send"},
                                         Point{"sender", "set_timer"},
                                         Point{"sender", "note"}));

}  // namespace
}  // namespace stormglass::tests
