// World: lives, clocks, timers, requests, links, budgets.
#include "sim/world.hpp"

#include <functional>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/sim/scripted.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

using sim::Distribution;
using sim::Fault;
using sim::FaultKind;
using sim::ProcessOptions;
using sim::Reply;
using sim::ReplyStatus;
using sim::RunEnd;
using sim::World;
using sim::WorldOptions;

TEST(World, delivers_a_frame_after_the_latency_of_its_link) {
    World world(plain());
    std::vector<std::pair<std::string, std::uint64_t>> heard;
    const Script sender{.start = [](const Recovered&, Moment, Effects& out) {
        out.send({2}, as_bytes("near"));
        out.send({3}, as_bytes("far"));
    }};
    const Script receiver{.message = [&](NodeId from, Bytes frame, Moment now, Effects&) {
        EXPECT_EQ(from, NodeId{1});
        heard.emplace_back(as_text(frame), now.monotonic.ns);
    }};
    add(world, "a", sender);
    add(world, "b", receiver);
    add(world, "c", receiver);
    world.set_link({1}, {3}, {Distribution::constant(milliseconds(7))});
    EXPECT_EQ(world.run_until(ms(20)), RunEnd::reached);
    EXPECT_EQ(heard,
              (std::vector<std::pair<std::string, std::uint64_t>>{{"near", 1'000'000},
                                                                  {"far", 7'000'000}}));
    EXPECT_EQ(world.outstanding(), 0U);
    EXPECT_EQ(world.now(), ms(20));
}

TEST(World, frames_to_nowhere_and_to_the_dead_vanish) {
    World world(plain());
    int heard = 0;
    const Script sender{.start = [](const Recovered&, Moment, Effects& out) {
        out.send({99}, as_bytes("nowhere"));
        out.send({0}, as_bytes("nobody"));
        out.send({2}, as_bytes("dead"));
    }};
    const Script receiver{.message = [&](NodeId, Bytes, Moment, Effects&) { ++heard; }};
    add(world, "a", sender);
    const NodeId b = add(world, "b", receiver);
    world.at({500'000}, [&] { world.crash(b); });
    world.run_until(ms(10));
    EXPECT_EQ(heard, 0);
}

TEST(World, a_crash_ends_timers_and_storage_of_that_life_and_keeps_what_was_written) {
    World world(plain());
    std::vector<std::string> seen;
    const Script script{.start =
                            [&](const Recovered& disk, Moment, Effects& out) {
                                seen.push_back("start " + std::to_string(disk.files.size()));
                                if (disk.files.empty()) {
                                    out.create({1}, "f", 0);
                                    out.set_timer({5}, ms(10));
                                } else {
                                    seen.push_back(std::string(disk.files[0].name));
                                }
                            },
                        .timer = [&](TimerId, Moment, Effects&) { seen.push_back("timer"); },
                        .storage =
                            [&](StorageToken, const StorageResult&, Moment, Effects& out) {
                                out.append({2}, "f", as_bytes("x"));
                                out.set_timer({6}, ms(20));
                            }};
    const NodeId id = add(world, "a", script);
    world.at({25'000}, [&] { world.crash(id); });
    world.at(ms(2), [&] {
        EXPECT_EQ(world.node(id), nullptr);
        world.start(id);
    });
    world.run_until(ms(50));
    EXPECT_EQ(seen, (std::vector<std::string>{"start 0", "start 1", "f"}));
    EXPECT_EQ(world.life(id), 2U);
}

TEST(World, setting_a_timer_again_moves_it_and_cancelling_ends_it) {
    World world(plain());
    std::vector<std::pair<std::uint64_t, std::uint64_t>> fired;
    const Script script{.start =
                            [](const Recovered&, Moment, Effects& out) {
                                out.set_timer({1}, ms(5));
                                out.set_timer({2}, ms(5));
                                out.set_timer({3}, ms(6));
                                out.set_timer({1}, ms(9));
                                out.cancel_timer({2});
                                out.cancel_timer({77});
                            },
                        .timer =
                            [&](TimerId timer, Moment now, Effects& out) {
                                fired.emplace_back(timer.value, now.monotonic.ns / 1'000'000);
                                if (timer.value == 3) {
                                    out.set_timer({4}, ms(1));  // past: now
                                }
                            }};
    add(world, "a", script);
    world.run_until(ms(50));
    EXPECT_EQ(fired,
              (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{3, 6}, {4, 6}, {1, 9}}));
}

TEST(World, answers_requests_once_and_says_what_became_of_the_others) {
    World world(plain());
    const Script script{.request = [](RequestId id, Bytes body, Moment, Effects& out) {
        if (as_text(body) == "echo") {
            out.reply(id, body);
            out.reply(id, as_bytes("twice"));
        }
    }};
    const NodeId id = add(world, "a", script);
    std::map<std::string, ReplyStatus> outcome;
    std::string echoed;
    const auto ask = [&](std::string label, std::string_view body) {
        world.request(id, as_bytes(body), [&, label](const Reply& reply) {
            EXPECT_FALSE(outcome.contains(label));
            outcome[label] = reply.status;
            echoed += as_text(reply.body);
        });
    };
    world.at(ms(1), [&] { ask("answered", "echo"); });
    world.at(ms(2), [&] { ask("lost", "silence"); });
    world.at(ms(3), [&] { world.crash(id); });
    world.at(ms(4), [&] { ask("refused", "echo"); });
    world.run_until(ms(10));
    EXPECT_EQ(outcome,
              (std::map<std::string, ReplyStatus>{{"answered", ReplyStatus::answered},
                                                  {"lost", ReplyStatus::lost},
                                                  {"refused", ReplyStatus::refused}}));
    EXPECT_EQ(echoed, "echo");
}

TEST(World, clocks_start_where_options_say_and_steps_move_the_wall_alone) {
    WorldOptions options = plain();
    options.monotonic_base_max = minutes(60);
    World world(options);
    std::vector<Moment> seen;
    const Script script{
        .start = [&](const Recovered&, Moment now, Effects&) { seen.push_back(now); }};
    const NodeId a = world.add_process({.name = "a", .wall_offset = seconds(-3)},
                                       [&] { return std::make_unique<Scripted>(script); });
    world.at(ms(5), [&] {
        const Moment before = world.moment(a);
        world.step_wall_clock(a, seconds(100));
        EXPECT_EQ(world.moment(a).wall - before.wall, seconds(100));
        EXPECT_EQ(world.moment(a).monotonic, before.monotonic);
        world.crash(a);
        world.start(a);
    });
    world.run_until(ms(10));
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].wall.ns, (946'684'800LL - 3) * 1'000'000'000);
    EXPECT_EQ(seen[1].wall - seen[0].wall, seconds(100) + milliseconds(5));
    EXPECT_NE(seen[1].monotonic - seen[0].monotonic, milliseconds(5));  // a base of its own
}

TEST(World, timers_fire_at_the_right_time_whatever_the_monotonic_base) {
    World world(seeded(11));
    std::uint64_t fired_at = 0;
    const Script script{.start =
                            [](const Recovered&, Moment now, Effects& out) {
                                out.set_timer({1}, now.monotonic + milliseconds(3));
                            },
                        .timer = [&](TimerId, Moment, Effects&) { fired_at = world.now().ns; }};
    add(world, "a", script);
    world.run_until(ms(10));
    EXPECT_EQ(fired_at, 3'000'000U);
}

TEST(World, ends_a_livelock_with_the_names_of_those_in_it) {
    WorldOptions options = plain();
    options.stall_limit = 2000;
    World world(options);
    const Script script{.start = [](const Recovered&,
                                    Moment now,
                                    Effects& out) { out.set_timer({1}, now.monotonic); },
                        .timer =
                            [](TimerId timer, Moment now, Effects& out) {
                                out.set_timer(timer, now.monotonic);  // the planted standstill
                            }};
    add(world, "spinner", script);
    EXPECT_EQ(world.run_until(ms(5)), RunEnd::stalled);
    EXPECT_NE(world.end_text().find("spinner timer x"), std::string::npos) << world.end_text();
}

TEST(World, ends_when_a_budget_is_used_up_and_when_told_to) {
    WorldOptions options = plain();
    options.event_budget = 100;
    World world(options);
    const Script script{
        .start = [](const Recovered&,
                    Moment now,
                    Effects& out) { out.set_timer({1}, now.monotonic + milliseconds(1)); },
        .timer = [](TimerId timer,
                    Moment now,
                    Effects& out) { out.set_timer(timer, now.monotonic + milliseconds(1)); }};
    add(world, "a", script);
    world.at(ms(10), [&] { world.stop(); });
    EXPECT_EQ(world.run_until(ms(10'000)), RunEnd::stopped);
    EXPECT_EQ(world.now(), ms(10));
    EXPECT_EQ(world.run_until(ms(10'000)), RunEnd::event_budget);
    EXPECT_EQ(world.events_done(), 100U);
}

TEST(World, a_broken_rule_prints_seed_time_node_and_the_last_lines) {
    const auto run = [] {
        World world(seeded(812));
        const Script script{.start =
                                [](const Recovered&, Moment now, Effects& out) {
                                    out.note("test.before-the-bug", {});
                                    out.set_timer({1}, now.monotonic + milliseconds(2));
                                },
                            .timer = [](TimerId, Moment, Effects&) { CHECK(1 + 1 == 3); }};
        add(world, "clumsy", script);
        world.run_until(ms(5));
    };
    EXPECT_DEATH(run(), "seed 812, time 0.002000 s, node clumsy(.|\n)*test.before-the-bug");
}

TEST(World, knows_its_processes_by_name) {
    TwoNodes nodes(seeded(1));
    EXPECT_EQ(nodes.world.find("receiver"), kReceiver);
    EXPECT_EQ(nodes.world.find("nobody"), NodeId{});
    EXPECT_EQ(nodes.world.name(kSender), "sender");
    nodes.run();
    EXPECT_EQ(nodes.world.name(nodes.world.adversary()), "adversary");
    EXPECT_EQ(nodes.world.file_size(kReceiver, Receiver::kFile), kItems * Record::kSize);
}

}  // namespace
}  // namespace stormglass::tests
