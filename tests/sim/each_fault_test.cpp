// Every fault kind on the two-node world: it fires and takes effect; at strength zero the run is
// the run without it, to the last bit; masking it moves no draw of the faults beside it.
#include <map>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::Fault;
using sim::FaultCounters;
using sim::FaultKind;
using sim::kMillion;
using sim::Schedule;

constexpr std::int64_t kMs = 1'000'000;

Fault make(FaultKind kind, std::int64_t after = 5 * kMs) {
    Fault fault;
    fault.kind = kind;
    fault.when.after = sim::exactly(after);
    return fault;
}

/// A fault, what it needs beside it to show, and the same at strength zero.
struct Case {
    std::string name;
    Fault strong;
    Fault weak;
    Schedule beside;
};

/// How GoogleTest shows a case.
void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

Case simple(FaultKind kind, std::string_view parameter, std::int64_t strong, std::int64_t weak) {
    Case made{std::string(name_of(kind)), make(kind), make(kind), {}};
    made.strong.set(parameter, strong);
    made.weak.set(parameter, weak);
    return made;
}

/// A kind whose strength is how long it lasts.
Case lasting(FaultKind kind) {
    Case made{std::string(name_of(kind)), make(kind), make(kind), {}};
    made.strong.when.duration = sim::exactly(15 * kMs);
    made.weak.when.duration = sim::exactly(0);
    for (Fault* fault : {&made.strong, &made.weak}) {
        if (kind == FaultKind::isolate) {
            fault->target.role = "server";
        } else {
            fault->target.side_a = {"send*"};
            fault->target.side_b = {"receiver"};
        }
    }
    return made;
}

Case delay() {
    Case made = simple(FaultKind::delay, "mean", 30 * kMs, 0);
    made.strong.set("distribution", "exponential");
    return made;
}

Case crash() {
    Case made = simple(FaultKind::crash, "probability", kMillion, 0);
    for (Fault* fault : {&made.strong, &made.weak}) {
        fault->target.node = "receiver";
        fault->set("downtime", 5 * kMs);
    }
    return made;
}

/// Kills the receiver after it has handed its sixth item to the disk.
Fault crash_while_writing() {
    Fault fault = make(FaultKind::crash_at, 0);
    fault.name = "crash-while-writing";
    fault.target.node = "receiver";
    fault.when.nth = {6};
    fault.set("at", "receiver.stored").set("downtime", 5 * kMs);
    return fault;
}

Case crash_at() {
    Fault weak = crash_while_writing();
    weak.set("probability", 0);
    return {"crash-at", crash_while_writing(), weak, {}};
}

Case disk(FaultKind kind) {
    Case made = simple(kind, "probability", kMillion, 0);
    made.beside = {crash_while_writing()};
    return made;
}

Case restart_replay() {
    Case made = simple(FaultKind::replay_after_restart, "copies", 8, 0);
    for (Fault* fault : {&made.strong, &made.weak}) {
        fault->when.after = sim::exactly(0);
        fault->target.node = "receiver";
        fault->target.match = {{"kind", "item"}};
    }
    made.beside = {crash_while_writing()};
    return made;
}

std::vector<Case> cases() {
    Case replay = simple(FaultKind::replay_soon, "copies", 2, 0);
    replay.strong.when.nth = {3, 4};
    return {
        delay(),
        simple(FaultKind::loss, "probability", 300'000, 0),
        simple(FaultKind::duplicate, "copies", 2, 0),
        simple(FaultKind::reorder, "displacement", 1, 0),
        lasting(FaultKind::partition_complete),
        lasting(FaultKind::partition_simplex),
        lasting(FaultKind::isolate),
        crash(),
        crash_at(),
        disk(FaultKind::lose_unsynced),
        disk(FaultKind::torn_write),
        simple(FaultKind::clock_step_forward, "step", 3'600'000 * kMs, 0),
        simple(FaultKind::clock_step_back, "step", 3'600'000 * kMs, 0),
        replay,
        restart_replay(),
        simple(FaultKind::forge_source, "probability", 500'000, 0),
        simple(FaultKind::alter_field, "probability", 500'000, 0),
    };
}

Schedule with(const Case& c, const Fault& fault) {
    Schedule schedule = c.beside;
    schedule.push_back(fault);
    return schedule;
}

class EachFault : public testing::TestWithParam<Case> {};

/// The counters of the case's own fault, summed over seeds.
FaultCounters sweep(const Case& c, const Fault& fault, std::vector<std::size_t> mask) {
    FaultCounters sum;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        TwoNodes nodes(seeded(seed), with(c, fault), mask);
        nodes.run(milliseconds(100), milliseconds(300));
        EXPECT_TRUE(nodes.converged()) << c.name << " seed " << seed;
        const FaultCounters& counters = nodes.world.fault_counters()[c.beside.size()];
        sum.armed += counters.armed;
        sum.eligible += counters.eligible;
        sum.fired += counters.fired;
        sum.took_effect += counters.took_effect;
    }
    return sum;
}

TEST_P(EachFault, fires_and_takes_effect) {
    const FaultCounters sum = sweep(GetParam(), GetParam().strong, {});
    EXPECT_EQ(sum.armed, 20U);
    EXPECT_GT(sum.eligible, 0U);
    EXPECT_GT(sum.fired, 0U);
    EXPECT_GT(sum.took_effect, 0U);
}

TEST_P(EachFault, acts_no_more_when_masked) {
    const FaultCounters sum = sweep(GetParam(), GetParam().strong, {GetParam().beside.size()});
    EXPECT_EQ(sum.eligible, 0U);
    EXPECT_EQ(sum.fired, 0U);
    EXPECT_EQ(sum.took_effect, 0U);
}

std::uint64_t hash_of(std::uint64_t seed, Schedule schedule, std::vector<std::size_t> mask = {}) {
    TwoNodes nodes(seeded(seed), std::move(schedule), std::move(mask));
    nodes.run(milliseconds(100), milliseconds(300));
    return nodes.world.hash();
}

TEST_P(EachFault, changes_nothing_at_strength_zero) {
    const Case& c = GetParam();
    const FaultCounters sum = sweep(c, c.weak, {});
    EXPECT_EQ(sum.took_effect, 0U);
    EXPECT_EQ(hash_of(9, with(c, c.weak)), hash_of(9, c.beside));
}

TEST_P(EachFault, masked_leaves_the_run_without_it) {
    const Case& c = GetParam();
    EXPECT_EQ(hash_of(9, with(c, c.strong), {c.beside.size()}), hash_of(9, c.beside));
}

/// What each fault drew and decided, by fault and subject.
class DrawLog final : public sim::Observer {
  public:
    using Key = std::tuple<std::size_t, std::uint64_t, std::uint64_t, std::uint64_t>;

    void on_fault_visit(std::size_t index, Subject about, std::uint64_t draw, bool fired) override {
        visits[{index, about.a, about.b, about.c}] = {draw, fired};
    }

    std::map<Key, std::pair<std::uint64_t, bool>> visits;
};

DrawLog draws_of(const Schedule& schedule, std::vector<std::size_t> mask) {
    DrawLog log;
    TwoNodes nodes(seeded(5), schedule, std::move(mask));
    nodes.world.add_observer(log);
    nodes.run(milliseconds(100), milliseconds(300));
    return log;
}

TEST_P(EachFault, moves_no_draw_of_the_others_when_masked) {
    const Case& c = GetParam();
    Schedule schedule = with(c, c.strong);
    const std::size_t own = c.beside.size();
    for (const FaultKind kind : {FaultKind::loss, FaultKind::duplicate, FaultKind::delay}) {
        Fault other = make(kind, 0);
        other.name = "other-" + std::string(name_of(kind));
        other.set("probability", 200'000);
        schedule.push_back(other);
    }
    const DrawLog all = draws_of(schedule, {});
    const DrawLog masked = draws_of(schedule, {own});
    std::size_t common = 0;
    for (const auto& [key, decision] : masked.visits) {
        ASSERT_NE(std::get<0>(key), own);
        const auto same = all.visits.find(key);
        if (same != all.visits.end()) {
            EXPECT_EQ(same->second, decision);
            ++common;
        }
    }
    EXPECT_GT(common, 50U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EachFault, testing::ValuesIn(cases()), [](const auto& param) {
    std::string name = param.param.name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(FaultCases, cover_every_kind) {
    std::set<std::string> named;
    for (const Case& c : cases()) {
        named.insert(c.name);
    }
    EXPECT_EQ(named.size() + 1, sim::kFaultKinds);  // all but `custom`
}

}  // namespace
}  // namespace stormglass::tests
