// The checkout on the real bus: one broker, two coordinators of which one is in charge, and four
// services, each a session and a part in one process. What happened is read off the broker's
// notes of what it stored, in the order in which it stored it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/stand_in_signing.hpp"
#include "sagas/coordinator.hpp"
#include "sagas/definition.hpp"
#include "sagas/participant.hpp"
#include "tests/sagas/laws.hpp"
#include "tests/support/tiny_world.hpp"

namespace stormglass::sagas::tests {

/// A business that cannot handle the do of one step, refuses every do of a step named here for
/// sagas whose number divides by three, and otherwise moves one unit of its resource.
class UnitBusiness final : public Business {
  public:
    UnitBusiness(std::string refuses, std::string cannot)
        : refuses_(std::move(refuses)),
          cannot_(std::move(cannot)) {}

    Decision decide(const Command& command) override;

    void apply(const EffectRecord& effect) override { units_ += effect.amount; }

    void reset() override { units_ = 0; }

    std::int64_t units() const { return units_; }

  private:
    std::string refuses_;
    std::string cannot_;
    std::int64_t units_ = 0;
};

class CheckoutWorld : public stormglass::tests::TinyWorld {
  public:
    static constexpr NodeId kBroker{1};
    static constexpr NodeId kOrders{10};
    static constexpr NodeId kStandby{11};
    static constexpr NodeId kStock{12};
    static constexpr NodeId kPayment{13};
    static constexpr NodeId kShipping{14};
    static constexpr NodeId kOrder{15};

    explicit CheckoutWorld(std::uint64_t seed = 1, const Rules& rules = sound_rules());

    std::string poisoned;  // a step whose do nobody can handle; before `begin`

    void begin();
    void start_saga(NodeId coordinator, int number);
    /// Asks both coordinators for all sagas again, those that died with the request included.
    void start_all(int count);
    bool all_finished(int count) const;
    bool in_charge(NodeId coordinator);

    Coordinator& coordinator(NodeId node) { return *coordinators_.at(node); }

    /// Empty when every law held for `count` sagas from `first` on and the services' books agree.
    std::string judge(int count, int first = 0);
    std::map<std::string, SagaState> ends() const;

    static std::string saga(int number) { return "order-" + std::to_string(number); }

  private:
    struct Service {
        NodeId node;
        std::string name;     // group; topics are name.commands and name.effects
        std::string refuses;  // step
    };

    std::unique_ptr<Node> make_coordinator(NodeId id);
    std::unique_ptr<Node> make_service(const Service& service);
    bus::SessionOptions session_of(NodeId id) const;
    std::vector<std::pair<std::string, ByteBuffer>> stored() const;  // topic, payload

    const Rules& rules_;
    Definition definition_;
    std::vector<Service> services_;
    StandInSigning signing_;
    bus::BrokerOptions options_;
    std::map<NodeId, Coordinator*> coordinators_;
    std::map<NodeId, UnitBusiness*> businesses_;
    std::map<NodeId, std::unique_ptr<UnitBusiness>> owned_;
};

}  // namespace stormglass::sagas::tests
