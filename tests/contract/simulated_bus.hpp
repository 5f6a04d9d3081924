// The contract's host inside the simulator: the same broker and sessions on virtual time, where
// frames are lost, doubled, overtaken and late, and where a broker that dies loses what it had not
// synced, torn as it comes.
#pragma once

#include <vector>

#include "sim/world.hpp"
#include "tests/support/bus_fixture.hpp"

namespace stormglass::tests {

enum class Weather : std::uint8_t { calm, stormy };

class SimulatedBus final : public BusFixture, private sim::Observer {
  public:
    SimulatedBus(std::uint32_t clients, std::uint64_t seed, Weather weather);

    void begin() override;

    Moment now() const override;
    void run_for(Duration span) override;
    bool run_until(const std::function<bool()>& done, Duration span = seconds(60)) override;
    void step_client(std::uint32_t n, const std::function<void(Moment, Effects&)>& what) override;

    bool client_alive(std::uint32_t n) const override;
    void kill_client(std::uint32_t n) override;
    void restart_client(std::uint32_t n) override;
    bool broker_alive() const override;
    void kill_broker() override;
    void cut_power_of_broker() override;
    void restart_broker() override;

    bool stormy() const override { return weather_ == Weather::stormy; }

    void calm() override;
    void cut_off(std::uint32_t n) override;

    void inspect(const std::function<void(bus::Broker&)>& look) override;

    using BusFixture::notes;

    const std::vector<KeptNote>& notes() const override { return notes_; }

    bool reached(const std::string& mark) const override { return marks_.contains(mark); }

  private:
    class Hands;

    void on_note(NodeId node, std::uint32_t life, MonotonicTime at, const Note& note) override;
    void on_cover(NodeId node, std::uint32_t life, MonotonicTime at, Site mark) override;
    void add_parts(std::uint32_t n, Assembly& node) override;
    sim::Schedule schedule() const;

    static NodeId node_of(std::uint32_t client) { return {2 + client}; }

    Weather weather_;
    sim::World world_;
    std::vector<KeptNote> notes_;
    std::set<std::string> marks_;
    const std::function<void(Moment, Effects&)>* task_ = nullptr;  // of the step under way
};

}  // namespace stormglass::tests
