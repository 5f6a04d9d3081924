// Two hosts that talk: a server that echoes, and a client that counts what comes back.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/asio/host.hpp"
#include "tests/asio/hosted.hpp"

namespace stormglass::tests {

constexpr NodeId kServer{1};
constexpr NodeId kClient{2};

/// A server that echoes, on a thread of its own.
class Echo {
  public:
    explicit Echo(asio::LinkLimits limits = {}, std::string at = "127.0.0.1:0")
        : running_({asio::StorageMode::on_loop, limits, &notes, seconds(1)}) {
        node.at_message = [](NodeId from, Bytes frame, Effects& out) { out.send(from, frame); };
        CHECK(running_.host().add(kServer, node).ok());
        auto listening =
            running_.host().listen(at, kServer, std::make_shared<asio::OpenAuth>("", "echo"));
        CHECK(listening.ok());
        address = listening.value();
        running_.run();
    }

    asio::Host& host() { return running_.host(); }

    void stop() { running_.stop(); }

    Notes notes;
    ScriptedNode node;
    std::string address;

  private:
    Running running_;  // last: it steps the node until it is gone
};

/// A client whose node counts what comes back.
class Asker {
  public:
    explicit Asker(const std::string& address) {
        node.at_message = [this](NodeId from, Bytes frame, Effects&) {
            CHECK(from == kServer);
            signal.change([&] { answers.emplace_back(as_text(frame)); });
        };
        node.at_link = [this](NodeId, LinkState state, Effects&) {
            signal.change([&] { states.push_back(state); });
        };
        CHECK(running_.host().add(kClient, node).ok());
        asio::DialOptions dial;
        dial.node = kClient;
        dial.peer = kServer;
        dial.addresses = {address};
        dial.auth = std::make_shared<asio::OpenAuth>("client", "");
        running_.host().dial(std::move(dial));
        running_.run();
    }

    void send(std::string text) {
        running_.host().post([this, text = std::move(text)] {
            running_.host().step(kClient,
                                 [&](Moment, Effects& out) { out.send(kServer, as_bytes(text)); });
        });
    }

    bool wait_up(std::size_t times = 1) {
        return signal.wait([&] {
            return std::count(states.begin(), states.end(), LinkState::up) >=
                   static_cast<std::ptrdiff_t>(times);
        });
    }

    bool answered(const std::string& text) {
        send(text);
        return signal.wait([&] { return !answers.empty() && answers.back() == text; });
    }

    asio::Host& host() { return running_.host(); }

    Signal signal;
    std::vector<std::string> answers;
    std::vector<LinkState> states;

  private:
    ScriptedNode node;
    Running running_;
};

}  // namespace stormglass::tests
