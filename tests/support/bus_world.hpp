// A bus in a tiny world: the calm host of the contract, and what the broker's own tests use, since
// it also gives exact instants, a tap, foreign frames and damaged disks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/bus_fixture.hpp"
#include "tests/support/tiny_world.hpp"

namespace stormglass::tests {

constexpr NodeId kBroker{1};
constexpr NodeId kAdversary{99};

/// Client n is node 10 + n.
inline NodeId node_of(std::uint32_t client) {
    return {10 + client};
}

class BusWorld final : public TinyWorld, public BusFixture {
  public:
    explicit BusWorld(std::uint32_t clients, std::uint64_t seed = 1)
        : TinyWorld(seed),
          BusFixture(clients) {
        for (std::uint32_t n = 0; n < clients; ++n) {
            options.sources.push_back({source_of(n), key_of(n), node_of(n)});
        }
    }

    void begin() override {
        add(kBroker, [this] { return std::make_unique<bus::Broker>(options, signing, *rules); });
        for (std::uint32_t n = 0; n < apps.size(); ++n) {
            add(node_of(n), [this, n] { return make_client(n, kBroker); });
        }
        CHECK(run_until([&] { return ready(); }));
    }

    bus::Broker& broker() { return node<bus::Broker>(kBroker); }

    Moment now() const override { return TinyWorld::now(); }

    void run_for(Duration span) override { TinyWorld::run_for(span); }

    bool run_until(const std::function<bool()>& done, Duration span = seconds(60)) override {
        return TinyWorld::run_until(done, span);
    }

    void step_client(std::uint32_t n, const std::function<void(Moment, Effects&)>& what) override {
        step(node_of(n), what);
    }

    bool client_alive(std::uint32_t n) const override { return alive(node_of(n)); }

    void kill_client(std::uint32_t n) override { kill(node_of(n)); }

    void restart_client(std::uint32_t n) override { restart(node_of(n)); }

    bool broker_alive() const override { return alive(kBroker); }

    void kill_broker() override { kill(kBroker); }

    void cut_power_of_broker() override {
        power_cut(kBroker, static_cast<TinyDisk::Tear>(++cuts_of_power_ % 4));
    }

    void restart_broker() override { restart(kBroker); }

    bool stormy() const override {
        return loss_ppm > 0 || duplicate_ppm > 0 || latency_spread.ns > 0;
    }

    void calm() override {
        loss_ppm = duplicate_ppm = 0;
        latency_spread = {};
        heal();
    }

    void cut_off(std::uint32_t n) override {
        cut(kBroker, node_of(n));
        after(kCut, [this] { heal(); });
    }

    void inspect(const std::function<void(bus::Broker&)>& look) override { look(broker()); }

    using BusFixture::notes;

    const std::vector<KeptNote>& notes() const override { return TinyWorld::notes(); }

    using BusFixture::distinct_notes;

    bool reached(const std::string& mark) const override { return TinyWorld::reached(mark); }

  private:
    std::uint32_t cuts_of_power_ = 0;
};

}  // namespace stormglass::tests
