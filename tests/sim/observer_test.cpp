// What a node draws, and what observers hear.
#include "sim/observer.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim/scripted.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::Distribution;
using sim::World;
using sim::WorldOptions;

/// The draws of a node in its first two lives.
std::vector<std::uint64_t> draws(std::uint64_t seed, std::string_view second_process) {
    World world(seeded(seed));
    std::vector<std::uint64_t> seen;
    const Script script{.start = [&](const Recovered&, Moment, Effects& out) {
        seen.push_back(out.draw("test.visit"));
        seen.push_back(out.draw("test.visit"));
        seen.push_back(out.draw("test.about", {1, 2, 3}));
    }};
    const Script quiet;
    const NodeId a = add(world, "a", script);
    if (!second_process.empty()) {
        add(world, std::string(second_process), quiet);
    }
    world.at(ms(1), [&] {
        world.crash(a);
        world.start(a);
    });
    world.run_until(ms(2));
    return seen;
}

TEST(Chance, draws_by_visit_within_a_life_and_by_subject_for_ever) {
    const auto seen = draws(1, "");
    ASSERT_EQ(seen.size(), 6U);
    EXPECT_EQ(seen[2], seen[5]);
    const std::set<std::uint64_t> by_visit{seen[0], seen[1], seen[3], seen[4]};
    EXPECT_EQ(by_visit.size(), 4U);
    EXPECT_EQ(draws(1, "another"), seen);
    EXPECT_NE(draws(2, ""), seen);
}

TEST(Chance, takes_rare_branches_only_when_asked_and_about_as_often_as_it_should) {
    int active = 0;
    int fired = 0;
    const auto run = [&](std::uint64_t seed, sim::RareBranches rare) {
        WorldOptions options = seeded(seed);
        options.rare_branches = rare;
        World world(options);
        const Script script{.start = [&](const Recovered&, Moment, Effects& out) {
            int taken = 0;
            for (int i = 0; i < 100; ++i) {
                taken += MAYBE(out, "test.rare") ? 1 : 0;
            }
            active += taken > 0 ? 1 : 0;
            fired += taken;
        }};
        add(world, "a", script);
        world.run_until(ms(1));
    };
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        run(seed, sim::RareBranches::off);
    }
    EXPECT_EQ(fired, 0);
    for (std::uint64_t seed = 0; seed < 800; ++seed) {
        run(seed, sim::RareBranches::on);
    }
    EXPECT_NEAR(active, 200, 50);
    EXPECT_NEAR(fired, active * 25, active * 3);
}

class Listener final : public sim::Observer {
  public:
    void on_start(NodeId node, std::uint32_t life, MonotonicTime) override {
        log("start", node, life);
    }

    void on_crash(NodeId node, std::uint32_t life, MonotonicTime) override {
        log("crash", node, life);
    }

    void on_note(NodeId node, std::uint32_t life, MonotonicTime, const Note& note) override {
        log(std::string(note.kind.name) + "=" + std::to_string(note.number("n")), node, life);
    }

    void on_cover(NodeId node, std::uint32_t life, MonotonicTime, Site mark) override {
        log(mark.name, node, life);
    }

    void on_frame_sent(const sim::FrameSeen& frame, MonotonicTime) override {
        log("sent " + std::string(as_text(frame.bytes)), frame.from, frame.attempt);
    }

    void on_frame_delivered(const sim::FrameSeen& frame, MonotonicTime) override {
        log("delivered " + std::string(as_text(frame.bytes)), frame.to, frame.attempt);
    }

    void on_frame_dropped(const sim::FrameSeen& frame, MonotonicTime) override {
        log("dropped " + std::string(as_text(frame.bytes)), frame.to, frame.attempt);
    }

    std::vector<std::string> lines;

  private:
    void log(std::string_view what, NodeId node, std::uint32_t count) {
        lines.push_back(std::string(what) + " " + std::to_string(node.value) + " " +
                        std::to_string(count));
    }
};

TEST(Observer, hears_lives_notes_marks_and_frames_in_order) {
    World world(plain());
    const Script script{.start =
                            [](const Recovered&, Moment, Effects& out) {
                                out.note("test.note", {{"n", 4}});
                                COVER(out, "test.mark");
                                out.send({1}, as_bytes("x"));
                                out.send({1}, as_bytes("x"));
                            },
                        .message = {}};
    Listener listener;
    world.add_observer(listener);
    const NodeId id = add(world, "a", script);
    world.at({1'500'000}, [&] { world.crash(id); });
    world.set_link({1}, {1}, {Distribution::constant(milliseconds(1))});
    world.run_until(ms(5));
    EXPECT_EQ(listener.lines,
              (std::vector<std::string>{"start 1 1",
                                        "test.note=4 1 1",
                                        "test.mark 1 1",
                                        "sent x 1 1",
                                        "sent x 1 2",
                                        "delivered x 1 1",
                                        "delivered x 1 2",
                                        "crash 1 1"}));
}

TEST(Observer, changes_no_run) {
    Listener listener;
    TwoNodes heard(seeded(3));
    heard.world.add_observer(listener);
    heard.run();
    TwoNodes unheard(seeded(3));
    unheard.run();
    EXPECT_EQ(heard.world.hash(), unheard.world.hash());
    EXPECT_FALSE(listener.lines.empty());
}

}  // namespace
}  // namespace stormglass::tests
