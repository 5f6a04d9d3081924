// The loop: timers, storage, requests, posts, draws, the orderly end.
#include "runtime/asio/host.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/asio/console.hpp"
#include "runtime/asio/timers.hpp"
#include "tests/asio/hosted.hpp"
#include "tests/support/temp_dir.hpp"

namespace stormglass::asio {
namespace {

using tests::Running;
using tests::ScriptedNode;
using tests::Signal;
using tests::TempDir;

constexpr NodeId kNode{1};

RC_GTEST_PROP(Timers, fire_as_a_plain_list_of_them_would, ()) {
    struct Armed {
        TimerKey key;
        MonotonicTime at;
        std::uint64_t turn = 0;
    };

    Timers timers;
    std::vector<Armed> model;
    std::uint64_t turns = 0;
    const auto forget = [&](TimerKey key) {
        std::erase_if(model, [&](const Armed& armed) { return armed.key == key; });
    };
    const auto count = *rc::gen::inRange(0, 400);
    for (int n = 0; n < count; ++n) {
        const TimerKey key{*rc::gen::inRange<std::uint32_t>(0, 2),
                           {*rc::gen::inRange<std::uint64_t>(0, 5)}};
        const MonotonicTime at{*rc::gen::inRange<std::uint64_t>(0, 20)};
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
                timers.cancel(key);
                forget(key);
                break;
            case 1:
                timers.cancel_all(key.owner);
                std::erase_if(model,
                              [&](const Armed& armed) { return armed.key.owner == key.owner; });
                break;
            case 2: {
                std::vector<Armed> due;
                std::copy_if(model.begin(), model.end(), std::back_inserter(due), [&](auto& a) {
                    return a.at <= at;
                });
                std::sort(due.begin(), due.end(), [](const Armed& a, const Armed& b) {
                    return std::tie(a.at.ns, a.turn) < std::tie(b.at.ns, b.turn);
                });
                for (const Armed& armed : due) {
                    RC_ASSERT(timers.take_due(at) == std::optional(armed.key));
                    forget(armed.key);
                }
                RC_ASSERT(!timers.take_due(at).has_value());
                break;
            }
            default:
                timers.set(key, at);
                forget(key);
                model.push_back({key, at, ++turns});
        }
        const auto next = std::min_element(
            model.begin(), model.end(), [](auto& a, auto& b) { return a.at < b.at; });
        RC_ASSERT(timers.next_due() == (model.empty() ? std::nullopt : std::optional(next->at)));
        RC_ASSERT(timers.armed() == model.size());
        RC_ASSERT(timers.places() <= 64 + 2 * model.size() + 1);
    }
}

TEST(Host, fires_timers_in_order_and_not_before_their_time) {
    ScriptedNode node;
    std::vector<std::uint64_t> fired;
    MonotonicTime begun;
    node.at_timer = [&](TimerId timer, Moment now, Effects& out) {
        EXPECT_GE(now.monotonic, begun + milliseconds(static_cast<std::int64_t>(timer.value)));
        fired.push_back(timer.value);
        if (timer.value == 4) {
            out.cancel_timer({6});
            out.set_timer({2}, now.monotonic);  // already due: still only after this step
        }
    };
    Host host;
    ASSERT_TRUE(host.add(kNode, node).ok());
    host.step(kNode, [&](Moment now, Effects& out) {
        begun = now.monotonic;
        for (const std::int64_t ms : {8, 6, 4, 1}) {
            out.set_timer({static_cast<std::uint64_t>(ms)}, now.monotonic + milliseconds(ms));
        }
        out.set_timer({1}, now.monotonic + milliseconds(3));  // moved
    });
    EXPECT_TRUE(host.run_until([&] { return fired.size() == 4; }, seconds(20)));
    EXPECT_EQ(fired, (std::vector<std::uint64_t>{1, 4, 2, 8}));
}

class HostStorage : public testing::TestWithParam<StorageMode> {};

TEST_P(HostStorage, answers_each_request_and_keeps_files_between_lives) {
    const TempDir data;
    HostOptions options;
    options.storage = GetParam();
    for (std::uint64_t life = 0; life < 3; ++life) {
        std::map<std::uint64_t, StorageStatus> answers;
        std::string read;
        ScriptedNode node;
        node.at_start = [&](const Recovered& disk, Effects& out) {
            ASSERT_EQ(disk.files.size(), life == 0 ? 0U : 1U);
            if (life == 0) {
                out.create({1}, "log", 4'096);
            } else {
                EXPECT_EQ(disk.files[0].name, "log");
                EXPECT_EQ(disk.files[0].size, 4'096U);
                out.read({1}, "log", 0, life);
            }
            out.write_at({2}, "log", life, as_bytes("abc").subspan(life, 1));
            out.sync({3}, "log");
            out.read({4}, "missing", 0, 1);
        };
        node.at_storage = [&](StorageToken token, const StorageResult& result, Effects&) {
            answers[token.value] = result.status;
            if (token.value == 1 && life > 0) {
                read = as_text(result.bytes);
            }
        };
        Host host(options);
        ASSERT_TRUE(host.add(kNode, node, {data.path(), {}}).ok());
        EXPECT_TRUE(host.run_until([&] { return answers.size() == 4; }, seconds(20)));
        EXPECT_EQ(answers[1], StorageStatus::ok);
        EXPECT_EQ(answers[2], StorageStatus::ok);
        EXPECT_EQ(answers[3], StorageStatus::ok);
        EXPECT_EQ(answers[4], StorageStatus::not_found);
        EXPECT_EQ(read, std::string("abc").substr(0, life));
        ScriptedNode second;
        EXPECT_EQ(host.add({2}, second, {data.path(), {}}).error().code, "data.locked");
    }
}

INSTANTIATE_TEST_SUITE_P(Modes,
                         HostStorage,
                         testing::Values(StorageMode::on_loop, StorageMode::on_thread),
                         [](const auto& mode) {
                             return mode.param == StorageMode::on_loop ? "on_loop" : "on_thread";
                         });

TEST(Host, carries_messages_between_its_own_nodes_and_replies_to_requests) {
    ScriptedNode front;
    ScriptedNode back;
    RequestId asked;
    front.at_request = [&](RequestId id, Bytes body, Effects& out) {
        asked = id;
        out.send({2}, body);
    };
    front.at_message = [&](NodeId from, Bytes frame, Effects& out) {
        EXPECT_EQ(from, NodeId{2});
        out.reply(asked, frame);
    };
    back.at_message = [](NodeId from, Bytes frame, Effects& out) {
        const std::string doubled = std::string(as_text(frame)) + std::string(as_text(frame));
        out.send(from, as_bytes(doubled));
    };
    Host host;
    ASSERT_TRUE(host.add({1}, front).ok());
    ASSERT_TRUE(host.add({2}, back).ok());
    std::string reply;
    host.request({1}, as_bytes("ab"), [&](Bytes body) { reply = as_text(body); });
    EXPECT_TRUE(host.run_until([&] { return !reply.empty(); }, seconds(20)));
    EXPECT_EQ(reply, "abab");
}

TEST(Host, draws_differ_between_hosts_and_rare_branches_stay_closed) {
    const auto draws = [] {
        ScriptedNode node;
        std::vector<std::uint64_t> drawn;
        node.at_start = [&](const Recovered&, Effects& out) {
            drawn = {out.draw("x"), out.draw("x"), out.draw("x", {1}), out.draw("x", {1})};
            EXPECT_FALSE(MAYBE(out, "anything"));
            COVER(out, "tests.asio-drawn");
        };
        Host host;
        EXPECT_TRUE(host.add(kNode, node).ok());
        EXPECT_EQ(host.covered().at("tests.asio-drawn"), 1U);
        return drawn;
    };
    const auto one = draws();
    const auto other = draws();
    EXPECT_NE(one[0], one[1]);
    EXPECT_EQ(one[2], one[3]);  // keyed: the same question, the same answer
    EXPECT_NE(one[0], other[0]);
    EXPECT_NE(one[2], other[2]);
}

TEST(Host, runs_what_other_threads_post_in_their_order) {
    std::vector<int> seen;
    Signal signal;
    Running running;
    running.run();
    for (int n = 0; n < 1'000; ++n) {
        running.host().post([&, n] { signal.change([&] { seen.push_back(n); }); });
    }
    ASSERT_TRUE(signal.wait([&] { return seen.size() == 1'000; }));
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

// What was asked before the end is answered before the end.
TEST(Host, an_orderly_end_lets_storage_finish) {
    const TempDir data;
    ScriptedNode node;
    int synced = 0;
    node.at_start = [&](const Recovered&, Effects& out) { out.create({0}, "log", 1 << 20); };
    node.at_storage = [&](StorageToken token, const StorageResult& result, Effects& out) {
        EXPECT_EQ(result.status, StorageStatus::ok);
        if (token.value < 50) {
            out.append({token.value + 1}, "log", as_bytes("x"));
            out.sync({100}, "log");
        }
        synced += token.value == 100 ? 1 : 0;
    };
    Running running;
    ASSERT_TRUE(running.host().add(kNode, node, {data.path(), [&] { return synced == 50; }}).ok());
    running.run();
    running.stop();
    EXPECT_EQ(synced, 50);
}

TEST(Host, an_end_that_takes_too_long_comes_anyway) {
    HostOptions options;
    options.drain = milliseconds(50);
    ScriptedNode node;
    Running running(options);
    ASSERT_TRUE(running.host().add(kNode, node, {{}, [] { return false; }}).ok());
    running.run();
    running.stop();  // returns
}

TEST(Console, lines_cannot_be_forged_by_what_peers_send) {
    const NoteField fields[] = {{"code", std::string_view("EV_SIG")},
                                {"source", std::string_view("urn:a\n2026 I bus.fine")},
                                {"text", std::string_view("say \"hi\"")},
                                {"count", 7}};
    const Note note{"bus.alarm", fields};
    EXPECT_EQ(line_of({3}, note),
              R"(bus.alarm node=3 code=EV_SIG source=<21 bytes> text="say \"hi\"" count=7)");
    EXPECT_EQ(level_of(note), 'W');
    EXPECT_EQ(level_of({"bus.published", {}}), 'D');
    EXPECT_EQ(level_of({"bus.halted", {}}), 'E');
}

}  // namespace
}  // namespace stormglass::asio
