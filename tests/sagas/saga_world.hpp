// Two coordinators, two participants (one of them twice) and a few sagas on one fake bus, driven by
// a die: every legal order, crashes, replaced owners that do not know it, dropped and repeated
// deliveries. The truth is read off the bus: journal and effects topics, in the order in which they
// were stored.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sagas/coordinator.hpp"
#include "sagas/participant.hpp"
#include "tests/sagas/dice.hpp"
#include "tests/sagas/fake_bus.hpp"
#include "tests/sagas/laws.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::sagas::tests {

/// A business that fails at random and counts what was applied.
class DiceBusiness final : public Business {
  public:
    DiceBusiness(Dice& dice, std::uint32_t fail_percent)
        : dice_(dice),
          fail_percent_(fail_percent) {}

    Decision decide(const Command& command) override;
    void apply(const EffectRecord& effect) override;

    void reset() override { applied_.clear(); }

    const std::map<std::string, int>& applied() const { return applied_; }

    bool healed = false;

  private:
    Dice& dice_;
    std::uint32_t fail_percent_;
    std::map<std::string, int> applied_;  // by idempotency key
};

struct WorldOptions {
    std::uint64_t sagas = 3;
    std::uint32_t crash_percent = 3;
    std::uint32_t usurp_percent = 3;  // a new owner is appointed while the old one lives
    std::uint32_t drop_percent = 10;  // of deliveries
    int storm_steps = 400;
};

class SagaWorld {
  public:
    SagaWorld(std::uint64_t seed, const Rules& rules, WorldOptions options = {});
    ~SagaWorld();

    /// Faults for a while, then none until all is quiet. Empty when every law held.
    std::string play();

    std::set<std::string> marks() const { return marks_; }

    const FakeBus& bus() const { return bus_; }

  private:
    /// One process: a client and the part that listens on it, both reborn after a crash.
    struct Host {
        std::string name;
        bool coordinates = false;
        std::unique_ptr<FakeClient> client;
        std::unique_ptr<DiceBusiness> business;
        std::unique_ptr<Coordinator> coordinator;
        std::unique_ptr<Participant> participant;
        std::map<std::uint64_t, std::uint64_t> timers;  // id, due
    };

    void boot(Host& host);
    void crash(Host& host);
    void start_some_saga();
    void act(bool storm);
    void fault();
    bool deliver_something(bool storm);
    void hand_over_something();
    bool fire_timer();
    void take(Host& host);
    Host& host_of(const FakeClient* client);
    bool quiet();

    std::string judge();
    std::string judge_saga(const std::string& saga);
    std::string judge_memories();

    Dice dice_;
    const Rules& rules_;
    WorldOptions options_;
    FakeBus bus_;
    Definition definition_;
    std::vector<Host> hosts_;
    std::uint64_t started_ = 0;
    stormglass::tests::TestChance chance_;
    Effects out_;
    std::set<std::string> marks_;
};

}  // namespace stormglass::sagas::tests
