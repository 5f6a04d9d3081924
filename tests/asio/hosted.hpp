// Nodes and hosts for tests of the real host: a node that does what the test says, and a host on a
// thread of its own that ends with the test.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/asio/host.hpp"
#include "runtime/check.hpp"

namespace stormglass::tests {

/// Every input has a function; what is left empty is ignored.
class ScriptedNode final : public Node {
  public:
    std::function<void(const Recovered&, Effects&)> at_start;
    std::function<void(NodeId, Bytes, Effects&)> at_message;
    std::function<void(TimerId, Moment, Effects&)> at_timer;
    std::function<void(StorageToken, const StorageResult&, Effects&)> at_storage;
    std::function<void(RequestId, Bytes, Effects&)> at_request;
    std::function<void(NodeId, LinkState, Effects&)> at_link;

    void start(const Recovered& disk, Moment, Effects& out) override {
        if (at_start) {
            at_start(disk, out);
        }
    }

    void on_message(NodeId from, Bytes frame, Moment, Effects& out) override {
        if (at_message) {
            at_message(from, frame, out);
        }
    }

    void on_timer(TimerId timer, Moment now, Effects& out) override {
        if (at_timer) {
            at_timer(timer, now, out);
        }
    }

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment,
                    Effects& out) override {
        if (at_storage) {
            at_storage(token, result, out);
        }
    }

    void on_request(RequestId id, const Request& request, Moment, Effects& out) override {
        if (at_request) {
            at_request(id, request.body, out);
        }
    }

    void on_link(NodeId peer, LinkState state, Moment, Effects& out) override {
        if (at_link) {
            at_link(peer, state, out);
        }
    }
};

/// Something that another thread brings about, and waiting for it.
class Signal {
  public:
    template <class Change>
    void change(Change what) {
        const std::lock_guard hold(mutex_);
        what();
        changed_.notify_all();
    }

    template <class Condition>
    bool wait(Condition holds) {
        std::unique_lock hold(mutex_);
        return changed_.wait_for(hold, std::chrono::seconds(20), holds);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// Remembers the notes of a host as text.
class Notes final : public asio::Observer {
  public:
    void on_note(NodeId, Moment, const Note& note) override {
        signal_.change([&] {
            seen_.push_back(std::string(note.kind.name) + " " + std::string(note.text("code")));
        });
    }

    bool wait_for(const std::string& line, std::size_t count = 1) {
        return signal_.wait([&] {
            return static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), line)) >= count;
        });
    }

  private:
    Signal signal_;
    std::vector<std::string> seen_;
};

/// A host that runs beside the test.
class Running {
  public:
    explicit Running(asio::HostOptions options = {}) : host_(std::move(options)) {}

    ~Running() { stop(); }

    asio::Host& host() { return host_; }

    void run() {
        thread_ = std::thread([this] { host_.run(); });
    }

    void stop() {
        if (thread_.joinable()) {
            host_.stop();
            thread_.join();
        }
    }

  private:
    asio::Host host_;
    std::thread thread_;
};

}  // namespace stormglass::tests
