// A node whose inputs each test scripts with lambdas, and small helpers for worlds of such nodes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "runtime/node.hpp"
#include "sim/world.hpp"

namespace stormglass::tests {

/// A node whose behaviour each test fills in.
struct Script {
    std::function<void(const Recovered&, Moment, Effects&)> start = {};
    std::function<void(NodeId, Bytes, Moment, Effects&)> message = {};
    std::function<void(TimerId, Moment, Effects&)> timer = {};
    std::function<void(StorageToken, const StorageResult&, Moment, Effects&)> storage = {};
    std::function<void(RequestId, Bytes, Moment, Effects&)> request = {};
};

class Scripted final : public Node {
  public:
    explicit Scripted(const Script& script) : script_(script) {}

    void start(const Recovered& disk, Moment now, Effects& out) override {
        if (script_.start) {
            script_.start(disk, now, out);
        }
    }

    void on_message(NodeId from, Bytes frame, Moment now, Effects& out) override {
        if (script_.message) {
            script_.message(from, frame, now, out);
        }
    }

    void on_timer(TimerId timer, Moment now, Effects& out) override {
        if (script_.timer) {
            script_.timer(timer, now, out);
        }
    }

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override {
        if (script_.storage) {
            script_.storage(token, result, now, out);
        }
    }

    void on_request(RequestId id, const Request& request, Moment now, Effects& out) override {
        if (script_.request) {
            script_.request(id, request.body, now, out);
        }
    }

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

  private:
    const Script& script_;
};

inline NodeId add(sim::World& world, std::string name, const Script& script) {
    return world.add_process({std::move(name)},
                             [&script] { return std::make_unique<Scripted>(script); });
}

/// Monotonic clocks are world time.
inline sim::WorldOptions plain() {
    sim::WorldOptions options;
    options.monotonic_base_max = {};
    return options;
}

inline MonotonicTime ms(std::uint64_t count) {
    return {count * 1'000'000};
}

}  // namespace stormglass::tests
