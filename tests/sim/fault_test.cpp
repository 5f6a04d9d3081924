// Faults as values, their triggers and targets, and kinds of a folder above.
#include "sim/fault.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/glob.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::exactly;
using sim::Fault;
using sim::FaultCounters;
using sim::FaultEvent;
using sim::FaultKind;
using sim::Schedule;

constexpr std::int64_t kMs = 1'000'000;

Fault make(FaultKind kind) {
    Fault fault;
    fault.kind = kind;
    return fault;
}

TEST(Fault, kinds_have_names_that_read_back) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i + 1 < sim::kFaultKinds; ++i) {
        const auto kind = static_cast<FaultKind>(i);
        EXPECT_EQ(sim::fault_kind(name_of(kind)), kind);
        names.insert(name_of(kind));
    }
    EXPECT_EQ(names.size() + 1, sim::kFaultKinds);
    EXPECT_FALSE(sim::fault_kind("custom").has_value());
    EXPECT_FALSE(sim::fault_kind("lose").has_value());
}

TEST(Fault, is_refused_with_its_place_when_it_makes_no_sense) {
    const auto refused = [](const Fault& fault) {
        const auto result = validate(fault);
        return result.ok() ? std::string() : result.error().text;
    };
    EXPECT_EQ(refused(make(FaultKind::loss)), "");
    EXPECT_EQ(refused(make(FaultKind::loss).set("probabilty", 5)),
              "loss: there is no parameter 'probabilty'");
    EXPECT_EQ(refused(make(FaultKind::loss).set("probability", 1'000'001)),
              "loss: 'probability' lies in 0 .. 1000000 (ppm)");
    EXPECT_EQ(refused(make(FaultKind::duplicate).set("copies", sim::Range{3, 2})),
              "duplicate: 'copies' lies in 0 .. 5 (count)");
    EXPECT_EQ(refused(make(FaultKind::lose_unsynced).set("mode", "some")),
              "lose-unsynced: 'mode' is one of all|prefix|subset, not 'some'");
    EXPECT_EQ(refused(make(FaultKind::partition_complete)),
              "partition-complete: the target needs a side");
    EXPECT_NE(refused(make(FaultKind::crash_at)), "");
    EXPECT_NE(refused(make(FaultKind::custom)), "");
    Fault nth = make(FaultKind::loss);
    nth.when.nth = {0};
    EXPECT_EQ(refused(nth), "loss: 'nth' counts from 1");
    Fault sides = make(FaultKind::loss);
    sides.target.side_a = {"a"};
    EXPECT_EQ(refused(sides), "loss: only partitions have sides");
}

TEST(Schedule, is_refused_with_the_position_of_the_first_bad_or_doubled_fault) {
    Schedule schedule(3, make(FaultKind::loss));
    EXPECT_TRUE(validate(schedule).ok());  // unnamed ones differ by position
    schedule[2].name = "loss#0";
    EXPECT_EQ(validate(schedule).error().text, "fault 3: another fault is named 'loss#0'");
    schedule[1].set("mean", 5);
    EXPECT_EQ(validate(schedule).error().text, "fault 2: loss: there is no parameter 'mean'");
}

TEST(Pattern, is_a_name_or_a_prefix_with_a_star) {
    EXPECT_TRUE(sim::fits_pattern("broker-1", "broker-1"));
    EXPECT_FALSE(sim::fits_pattern("broker-1", "broker-12"));
    EXPECT_TRUE(sim::fits_pattern("broker-*", "broker-12"));
    EXPECT_FALSE(sim::fits_pattern("broker-*", "service-1"));
    EXPECT_TRUE(sim::fits_pattern("*", "anything"));
}

/// Which frames of which kind were dropped, and when.
class Dropped final : public sim::Observer {
  public:
    void on_frame_dropped(const sim::FrameSeen& frame, MonotonicTime at) override {
        const auto wire = Wire::read(frame.bytes);
        drops.emplace_back(wire->what == 1 ? "item" : "ack", frame.attempt);
        times.push_back(at.ns / 1'000'000);
    }

    std::vector<std::pair<std::string, std::uint32_t>> drops;
    std::vector<std::uint64_t> times;
};

TEST(Trigger, nth_counts_the_frames_that_match_link_and_content) {
    Fault fault = make(FaultKind::loss);
    fault.when.nth = {2, 5};
    fault.target.match = {{"kind", "ack"}};
    TwoNodes nodes(seeded(1), {fault});
    Dropped dropped;
    nodes.world.add_observer(dropped);
    nodes.run();
    EXPECT_TRUE(nodes.converged());
    EXPECT_EQ(dropped.drops,
              (std::vector<std::pair<std::string, std::uint32_t>>{{"ack", 1}, {"ack", 1}}));
    EXPECT_EQ(nodes.world.fault_counters()[0].fired, 2U);
    EXPECT_GE(nodes.world.fault_counters()[0].eligible, 24U);
}

TEST(Trigger, a_window_begins_and_ends) {
    Fault fault = make(FaultKind::loss);
    fault.target.from = "send*";
    fault.when.after = exactly(10 * kMs);
    fault.when.duration = exactly(20 * kMs);
    TwoNodes nodes(seeded(1), {fault});
    Dropped dropped;
    nodes.world.add_observer(dropped);
    nodes.run();
    ASSERT_FALSE(dropped.times.empty());
    EXPECT_GE(dropped.times.front(), 10U);
    EXPECT_LT(dropped.times.back(), 30U);
}

/// When each fault armed.
class Armed final : public sim::Observer {
  public:
    void on_fault(std::size_t index, const Fault&, FaultEvent event, MonotonicTime at) override {
        if (event == FaultEvent::armed) {
            at_ns[index] = at.ns;
        }
    }

    void on_note(NodeId, std::uint32_t, MonotonicTime at, const Note& note) override {
        if (note.kind == Site("receiver.stored") && ++stored == 3) {
            third_stored = at.ns;
        }
    }

    std::map<std::size_t, std::uint64_t> at_ns;
    int stored = 0;
    std::uint64_t third_stored = 0;
};

TEST(Trigger, waits_for_the_nth_visit_of_a_note_or_mark_and_then_a_delay) {
    Fault note = make(FaultKind::loss);
    note.when.reached = "receiver.stored";
    note.when.reached_visit = 3;
    note.when.after = exactly(2 * kMs);
    note.when.duration = exactly(5 * kMs);
    Fault mark = note;
    mark.when.reached = "two-node.receiver-ready";
    mark.when.reached_visit = 1;
    Fault elsewhere = mark;
    elsewhere.when.reached_at = "sender";
    TwoNodes nodes(seeded(1), {note, mark, elsewhere});
    Armed armed;
    nodes.world.add_observer(armed);
    nodes.run();
    EXPECT_EQ(armed.at_ns[0], armed.third_stored + 2'000'000);
    EXPECT_EQ(armed.at_ns[1], 100'000U + 2'000'000U);  // created 20 us, synced 80 us
    EXPECT_FALSE(armed.at_ns.contains(2));
}

TEST(Trigger, ranges_are_drawn_once_a_run_within_their_ends) {
    std::set<std::uint64_t> starts;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        Fault fault = make(FaultKind::loss);
        fault.when.after = {5 * kMs, 9 * kMs};
        TwoNodes nodes(seeded(seed), {fault});
        Armed armed;
        nodes.world.add_observer(armed);
        nodes.run(milliseconds(20), milliseconds(1));
        EXPECT_GE(armed.at_ns[0], 5'000'000U);
        EXPECT_LE(armed.at_ns[0], 9'000'000U);
        starts.insert(armed.at_ns[0]);
    }
    EXPECT_GT(starts.size(), 35U);
}

TEST(Loss, meets_frames_that_were_in_flight_when_it_armed) {
    Fault fault = make(FaultKind::loss);
    fault.when.after = exactly(500'000);  // the first item left at 0, needs 1 ms
    fault.when.duration = exactly(1);
    TwoNodes nodes(seeded(1), {fault});
    nodes.run();
    EXPECT_EQ(nodes.world.fault_counters()[0].fired, 1U);
    EXPECT_EQ(nodes.world.fault_counters()[0].took_effect, 1U);
    EXPECT_TRUE(nodes.converged());
}

TEST(Loss, takes_no_effect_on_frames_to_a_process_that_is_down) {
    Fault crash = make(FaultKind::crash);
    crash.target.node = "receiver";
    crash.when.after = exactly(0);
    crash.set("downtime", 500 * kMs);
    Fault loss = make(FaultKind::loss);
    loss.target.to = "receiver";
    loss.when.duration = exactly(100 * kMs);
    crash.when.after = exactly(1);
    TwoNodes nodes(seeded(1), {crash, loss});
    nodes.run(milliseconds(100), milliseconds(1));
    const FaultCounters& counters = nodes.world.fault_counters()[1];
    EXPECT_GT(counters.fired, 0U);
    EXPECT_EQ(counters.took_effect, 0U);
}

TEST(Partition, simplex_cuts_one_way_and_complete_both) {
    const auto drops = [](FaultKind kind) {
        Fault fault = make(kind);
        fault.target.side_a = {"sender"};
        fault.when.after = exactly(5 * kMs);
        fault.when.duration = exactly(20 * kMs);
        TwoNodes nodes(seeded(1), {fault});
        Dropped dropped;
        nodes.world.add_observer(dropped);
        nodes.run();
        EXPECT_TRUE(nodes.converged());
        std::set<std::string> kinds;
        for (const auto& [what, attempt] : dropped.drops) {
            kinds.insert(what);
        }
        return kinds;
    };
    EXPECT_EQ(drops(FaultKind::partition_simplex), (std::set<std::string>{"item"}));
    EXPECT_EQ(drops(FaultKind::partition_complete), (std::set<std::string>{"ack", "item"}));
}

TEST(Isolate, asks_who_holds_the_role_when_it_fires) {
    Fault fault = make(FaultKind::isolate);
    fault.target.role = "leader";
    fault.when.after = exactly(5 * kMs);
    fault.when.duration = exactly(20 * kMs);
    TwoNodes nodes(seeded(1), {fault});
    std::uint64_t asked_at = 0;
    nodes.world.set_role_oracle([&](std::string_view role) {
        EXPECT_EQ(role, "leader");
        asked_at = nodes.world.now().ns;
        return std::vector<NodeId>{kReceiver};
    });
    nodes.run();
    EXPECT_EQ(asked_at, 5'000'000U);
    EXPECT_GT(nodes.world.fault_counters()[0].took_effect, 0U);
}

TEST(CrashAt, executes_the_effects_before_its_point_and_none_after) {
    // One step of the receiver: append, sync, note. Before the first sync of an item (the second
    // of all, after the one at start) the append is on its way and the note never comes.
    Fault fault = make(FaultKind::crash_at);
    fault.target.node = "receiver";
    fault.when.nth = {2};
    fault.set("at", "sync").set("side", "before").set("downtime", 1000 * kMs);
    TwoNodes nodes(seeded(1), {fault});
    Armed notes;
    nodes.world.add_observer(notes);
    nodes.world.run_for(milliseconds(100));
    EXPECT_EQ(notes.stored, 0);
    EXPECT_EQ(nodes.world.node(kReceiver), nullptr);
    EXPECT_EQ(nodes.world.fault_counters()[0].took_effect, 1U);
}

TEST(Heal, ends_faults_and_starts_what_they_have_crashed) {
    Fault crash = make(FaultKind::crash);
    crash.target.node = "receiver";
    crash.when.after = exactly(5 * kMs);
    crash.set("downtime", 3'000'000 * kMs);
    Fault loss = make(FaultKind::loss);
    Fault later = make(FaultKind::loss);
    later.when.after = exactly(200 * kMs);
    TwoNodes nodes(seeded(1), {crash, loss, later});
    nodes.run(milliseconds(100), milliseconds(400));
    EXPECT_TRUE(nodes.converged());
    EXPECT_EQ(nodes.world.fault_counters()[2].armed, 0U);
}

TEST(Custom, shares_triggers_counters_and_masks) {
    Fault poison = make(FaultKind::custom);
    poison.custom = "poison-message";
    poison.when.nth = {3};
    poison.when.after = exactly(2 * kMs);
    poison.target.node = "sender";
    const auto run = [&](std::vector<std::size_t> mask) {
        TwoNodes nodes(seeded(1), {poison}, std::move(mask));
        std::vector<std::uint64_t> acted;
        for (std::uint64_t i = 0; i < 10; ++i) {
            nodes.world.at({i * 1'000'000 + 1}, [&nodes, &acted, i] {
                EXPECT_FALSE(nodes.world.visit("poison-message", kReceiver, {i}).has_value());
                EXPECT_FALSE(nodes.world.visit("another", kSender, {i}).has_value());
                if (const auto visit = nodes.world.visit("poison-message", kSender, {i})) {
                    acted.push_back(i);
                    nodes.world.took_effect(visit->fault);
                }
            });
        }
        nodes.world.run_for(milliseconds(20));
        return std::pair(acted, nodes.world.fault_counters()[0]);
    };
    const auto [acted, counters] = run({});
    EXPECT_EQ(acted, (std::vector<std::uint64_t>{4}));  // visits at 2, 3, 4 ms
    EXPECT_EQ(counters, (FaultCounters{1, 8, 1, 1}));
    EXPECT_EQ(run({0}).first, std::vector<std::uint64_t>{});
}

/// Frames that the adversary delivered.
class FromAdversary final : public sim::Observer {
  public:
    explicit FromAdversary(const sim::World& world) : world_(world) {}

    void on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime) override {
        if (frame.from == world_.adversary()) {
            frames.emplace_back(as_text(frame.bytes));
        } else {
            honest.emplace_back(as_text(frame.bytes));
        }
    }

    std::vector<std::string> frames;
    std::vector<std::string> honest;

  private:
    const sim::World& world_;
};

TEST(Adversary, replays_the_same_bytes_under_its_own_name) {
    Fault fault = make(FaultKind::replay_soon);
    fault.target.match = {{"kind", "item"}};
    fault.when.nth = {3};
    fault.set("copies", 2).set("lag", 20 * kMs);
    TwoNodes nodes(seeded(1), {fault});
    FromAdversary seen(nodes.world);
    nodes.world.add_observer(seen);
    nodes.run();
    ASSERT_EQ(seen.frames.size(), 2U);
    EXPECT_EQ(seen.frames[0], seen.frames[1]);
    EXPECT_EQ(seen.frames[0], as_text(Wire::make(Word::item, 3, kSender).bytes()));
    EXPECT_TRUE(nodes.converged());
}

TEST(Adversary, sends_altered_frames_beside_the_honest_ones_or_in_their_place) {
    const auto run = [](std::string_view in_place) {
        Fault fault = make(FaultKind::alter_field);
        fault.target.match = {{"kind", "item"}};
        fault.when.nth = {3};
        fault.set("in-place", in_place);
        TwoNodes nodes(seeded(1), {fault});
        FromAdversary seen(nodes.world);
        nodes.world.add_observer(seen);
        nodes.run();
        EXPECT_TRUE(nodes.converged());
        return std::pair(seen.frames.size(),
                         static_cast<const Receiver*>(nodes.world.node(kReceiver))->refused());
    };
    EXPECT_EQ(run("no"), (std::pair<std::size_t, std::uint64_t>{1, 1}));
    EXPECT_EQ(run("yes"), (std::pair<std::size_t, std::uint64_t>{0, 1}));
}

}  // namespace
}  // namespace stormglass::tests
