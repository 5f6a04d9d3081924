// Links between hosts, and peers that break the rules: each is cut off or limited, and harms no
// other.
#include <algorithm>
#include <deque>

#include <gtest/gtest.h>

#include "tests/asio/echo.hpp"
#include "tests/asio/raw_peer.hpp"

namespace stormglass::asio {
namespace {

using tests::Asker;
using tests::Echo;
using tests::kServer;
using tests::RawPeer;
using tests::ScriptedNode;
using tests::Signal;

TEST(Link, carries_frames_of_all_sizes_in_order) {
    Echo echo;
    Asker asker(echo.address);
    ASSERT_TRUE(asker.wait_up());
    std::vector<std::string> sent;
    for (std::size_t size = 0; size < (3U << 20); size = size * 3 + 1) {
        sent.emplace_back(size, static_cast<char>('a' + size % 26));
        asker.send(sent.back());
    }
    ASSERT_TRUE(asker.signal.wait([&] { return asker.answers.size() == sent.size(); }));
    EXPECT_EQ(asker.answers, sent);
}

TEST(Link, comes_back_after_the_server_restarts) {
    auto echo = std::make_unique<Echo>();
    const std::string address = echo->address;
    Asker asker(address);
    for (std::size_t life = 1; life <= 3; ++life) {
        ASSERT_TRUE(asker.wait_up(life));
        EXPECT_TRUE(asker.answered("life " + std::to_string(life)));
        echo.reset();
        ASSERT_TRUE(asker.signal.wait([&] { return asker.states.back() == LinkState::down; }));
        echo = std::make_unique<Echo>(LinkLimits{}, address);
    }
}

TEST(Link, peers_that_send_garbage_are_cut_off_and_others_go_on) {
    Echo echo;
    Asker asker(echo.address);
    ASSERT_TRUE(asker.wait_up());
    {
        RawPeer http(echo.address);
        http.send_text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(http.read_to_end(), "link.garbage");
    }
    {
        RawPeer other(echo.address);
        ByteBuffer preamble;
        append_preamble(preamble, kLinkVersion + 1);
        other.send(preamble);
        EXPECT_EQ(other.read_to_end(), "link.version");
    }
    {
        RawPeer huge(echo.address);
        huge.shake_hands();
        ByteBuffer header;
        append_frame_header(header, FrameKind::message, std::size_t{1} << 30);
        huge.send(header);
        EXPECT_EQ(huge.read_to_end(), "link.oversize");
    }
    {
        RawPeer early(echo.address);  // a message before the handshake
        ByteBuffer out;
        append_preamble(out);
        append_frame(out, FrameKind::message, as_bytes("let me in"));
        early.send(out);
        EXPECT_EQ(early.read_to_end(), "link.handshake");
    }
    {
        RawPeer late(echo.address);  // and a handshake after it
        late.shake_hands();
        ByteBuffer out;
        append_hello(out, FrameKind::hello, {});
        late.send(out);
        EXPECT_EQ(late.read_to_end(), "link.handshake");
    }
    {
        RawPeer elsewhere(echo.address);
        ByteBuffer out;
        append_preamble(out);
        Hello hello;
        hello.realm = "another";
        append_hello(out, FrameKind::hello, hello);
        elsewhere.send(out);
        EXPECT_EQ(elsewhere.read_to_end(), "link.realm");
    }
    EXPECT_TRUE(asker.answered("still here"));
    EXPECT_TRUE(echo.notes.wait_for("host.peer-refused link.version"));
}

TEST(Link, a_peer_that_does_not_finish_its_handshake_is_cut_off) {
    LinkLimits limits;
    limits.handshake = milliseconds(100);
    Echo echo(limits);
    RawPeer silent(echo.address);
    RawPeer slow(echo.address);
    slow.send_text("STRM");
    EXPECT_EQ(silent.read_to_end(), "link.slow");
    EXPECT_EQ(slow.read_to_end(), "link.slow");
}

TEST(Link, only_so_many_connections_are_taken) {
    LinkLimits limits;
    limits.connections_per_address_max = 3;
    Echo echo(limits);
    std::deque<RawPeer> peers;
    for (int n = 0; n < 3; ++n) {
        peers.emplace_back(echo.address).shake_hands();
    }
    RawPeer one_more(echo.address);
    EXPECT_EQ(one_more.read_to_end(), "link.too-many");
    peers[0].send_frame(FrameKind::message, as_bytes("hello"));
    EXPECT_EQ(peers[0].next()->second, "hello");
}

/// Makes the echo answer a large message with more than the link may queue, and again each time
/// there is room, until the system's own buffers are full too; says "end" when it has had enough.
class Pusher {
  public:
    Pusher(Echo& echo, int times) : echo_(&echo), left_(times) {
        Signal done;
        bool set = false;
        echo.host().post([&] {
            echo.node.at_message = [this](NodeId from, Bytes frame, Effects& out) {
                large_.assign(frame.begin(), frame.end());
                frame.size() > 100 ? push(from, out) : out.send(from, frame);
            };
            echo.node.at_link = [this](NodeId peer, LinkState state, Effects& out) {
                if (state == LinkState::writable) {
                    left_-- > 0 ? push(peer, out) : out.send(peer, as_bytes("end"));
                }
                signal.change([&] { states.push_back(state); });
            };
            done.change([&] { set = true; });
        });
        CHECK(done.wait([&] { return set; }));
    }

    ~Pusher() { echo_->stop(); }  // it calls us

    LinkState last() {
        LinkState state = LinkState::up;
        signal.change([&] { state = states.back(); });
        return state;
    }

    Signal signal;
    std::vector<LinkState> states;

  private:
    void push(NodeId to, Effects& out) const {
        for (int n = 0; n < 8; ++n) {
            out.send(to, large_);
        }
    }

    Echo* echo_;
    int left_;
    ByteBuffer large_;
};

// It asks for much and reads nothing: frames over the bound are dropped, the node is told, and in
// the end the peer is cut off. Whoever else is there notices nothing.
TEST(Link, a_peer_that_does_not_read_is_limited_and_then_cut_off) {
    LinkLimits limits;
    limits.send_queue_bytes_max = 1 << 20;
    limits.stall = milliseconds(300);
    Echo echo(limits);
    Pusher pusher(echo, 1'000);
    Asker asker(echo.address);
    ASSERT_TRUE(asker.wait_up());
    RawPeer greedy(echo.address);
    greedy.shake_hands();
    greedy.send_frame(FrameKind::message, as_bytes(std::string(256 << 10, 'x')));
    EXPECT_TRUE(echo.notes.wait_for("host.link-down link.stalled"));
    EXPECT_EQ(pusher.last(), LinkState::down);
    EXPECT_TRUE(asker.answered("still here"));
}

TEST(Link, one_that_was_full_is_writable_again_once_the_peer_reads) {
    LinkLimits limits;
    limits.send_queue_bytes_max = 1 << 20;
    Echo echo(limits);
    Pusher pusher(echo, 30);  // 30 MiB: more than loopback holds
    RawPeer peer(echo.address);
    peer.shake_hands();
    peer.send_frame(FrameKind::message, as_bytes(std::string(256 << 10, 'x')));
    std::size_t reads = 0;
    const auto count = [&](LinkState state) {
        std::ptrdiff_t times = 0;
        pusher.signal.change(
            [&] { times = std::count(pusher.states.begin(), pusher.states.end(), state); });
        return times;
    };
    for (auto frame = peer.next();; frame = peer.next()) {
        ASSERT_TRUE(frame.has_value());
        if (frame->second == "end") {
            break;
        }
        EXPECT_EQ(frame->second.size(), std::size_t{256} << 10);
        ++reads;
    }
    EXPECT_GT(reads, 30U);
    EXPECT_EQ(count(LinkState::writable), 31);
    EXPECT_EQ(count(LinkState::down), 31);
    echo.stop();
    EXPECT_GT(echo.host().link_counts().frames_dropped, 0U);
}

TEST(Link, the_same_peer_again_takes_the_place_of_its_old_connection) {
    class Named final : public LinkAuth {
      public:
        std::string realm() const override { return "echo"; }

        std::string name() const override { return {}; }

        std::string key_id() const override { return {}; }

        Signature prove(Bytes) override { return {}; }

        Result<NodeId> admit(const LinkClaim& peer) override {
            if (peer.name == "stranger") {
                return Error{"link.unknown", "nobody knows you"};
            }
            return NodeId{peer.name == "a" ? 100U : 200U};
        }

        Result<void> confirm(const LinkClaim&) override { return {}; }
    };

    std::string address;
    Signal signal;
    Echo echo;
    echo.host().post([&] {
        auto listening = echo.host().listen("127.0.0.1:0", kServer, std::make_shared<Named>());
        signal.change([&] { address = listening.value(); });
    });
    ASSERT_TRUE(signal.wait([&] { return !address.empty(); }));
    RawPeer first(address);
    first.shake_hands("a");
    RawPeer other(address);
    other.shake_hands("b");
    RawPeer second(address);
    second.shake_hands("a");
    EXPECT_EQ(first.read_to_end(), "link.superseded");
    for (RawPeer* peer : {&second, &other}) {
        peer->send_frame(FrameKind::message, as_bytes("hello"));
        EXPECT_EQ(peer->next()->second, "hello");
    }
    RawPeer stranger(address);
    ByteBuffer out;
    append_preamble(out);
    Hello hello;
    hello.name = "stranger";
    append_hello(out, FrameKind::hello, hello);
    append_proof(out, FrameKind::proof, {});
    stranger.send(out);
    EXPECT_EQ(stranger.read_to_end(), "link.unknown");
}

TEST(Link, questions_are_answered_or_fail_but_never_hang) {
    Signal signal;
    std::map<std::string, std::string> told;
    std::vector<Host::AnswerHandler> open_questions;
    Echo echo;
    echo.host().post([&] {
        echo.host().serve_questions([&](NodeId, Bytes body, const Host::AnswerHandler& answer) {
            if (as_text(body) == "later") {
                open_questions.push_back(answer);
            } else if (as_text(body) == "bad") {
                answer(Error{"no", "no such thing"});
            } else {
                answer(ByteBuffer(body.rbegin(), body.rend()));
            }
        });
    });
    Asker asker(echo.address);
    ASSERT_TRUE(asker.wait_up());
    const auto ask = [&](const std::string& what) {
        asker.host().post([&, what] {
            asker.host().ask(kServer, as_bytes(what), [&, what](const Result<ByteBuffer>& answer) {
                signal.change([&] {
                    told[what] = answer.ok() ? std::string(as_text(answer.value()))
                                             : std::string(answer.error().code);
                });
            });
        });
    };
    ask("abc");
    ask("bad");
    ASSERT_TRUE(signal.wait([&] { return told.size() == 2; }));
    EXPECT_EQ(told["abc"], "cba");
    EXPECT_EQ(told["bad"], "link.answer");
    ask("later");
    ask("last");
    ASSERT_TRUE(signal.wait([&] { return told.size() == 3; }));
    echo.stop();
    ASSERT_TRUE(signal.wait([&] { return told.size() == 4; }));
    EXPECT_EQ(told["later"], "link.down");
}

// As after SIGSTOP, or behind a sync that took long: whoever spoke in time was there in time.
TEST(Link, what_came_in_time_is_heard_before_a_timer_that_is_late) {
    Signal signal;
    std::vector<std::string> order;
    Echo echo;
    RawPeer peer(echo.address);
    peer.shake_hands();
    echo.host().post([&] {
        echo.node.at_message = [&](NodeId, Bytes, Effects&) {
            signal.change([&] { order.emplace_back("message"); });
        };
        echo.node.at_timer = [&](TimerId, Moment, Effects&) {
            signal.change([&] { order.emplace_back("timer"); });
        };
        MonotonicTime due;
        echo.host().step(kServer, [&](Moment now, Effects& out) {
            due = now.monotonic + milliseconds(5);
            out.set_timer({1}, due);
        });
        peer.send_frame(FrameKind::message, as_bytes("here"));
        while (echo.host().now().monotonic < due + milliseconds(60)) {
        }
    });
    ASSERT_TRUE(signal.wait([&] { return order.size() == 2; }));
    EXPECT_EQ(order, (std::vector<std::string>{"message", "timer"}));
}

TEST(Link, addresses_that_make_no_sense_are_errors) {
    ScriptedNode node;
    Host host;
    ASSERT_TRUE(host.add(kServer, node).ok());
    for (const std::string_view address :
         {"", "localhost", "127.0.0.1:99999", "127.0.0.1:x", "no.such.host.invalid:1"}) {
        const auto listening = host.listen(address, kServer, std::make_shared<OpenAuth>());
        EXPECT_FALSE(listening.ok()) << address;
    }
    const auto first = host.listen("127.0.0.1:0", kServer, std::make_shared<OpenAuth>());
    ASSERT_TRUE(first.ok());
    const auto second = host.listen(first.value(), kServer, std::make_shared<OpenAuth>());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, "link.listen");
}

}  // namespace
}  // namespace stormglass::asio
