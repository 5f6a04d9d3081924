// The checkout world: one broker, orders (the coordinator, twice where a scenario asks), stock,
// payments, shipping, a dashboard, their clients, and whatever the schedule does to them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/signing.hpp"
#include "scenarios/files/scenario.hpp"
#include "scenarios/ledger/ledger.hpp"
#include "scenarios/runs/run.hpp"
#include "scenarios/worlds/dashboard.hpp"
#include "scenarios/worlds/readers.hpp"
#include "scenarios/worlds/shop.hpp"
#include "sim/world.hpp"

namespace stormglass::bus {
class Broker;
struct SessionOptions;
}  // namespace stormglass::bus

namespace stormglass::sagas {
class Coordinator;
}

namespace stormglass::scenarios {

/// How far behind the journal the dashboard may be, outside of faults.
constexpr Duration kStalenessMax = seconds(1);

class CheckoutWorld {
  public:
    CheckoutWorld(const Plan& plan, const RunOptions& options);
    ~CheckoutWorld();
    CheckoutWorld(const CheckoutWorld&) = delete;
    CheckoutWorld& operator=(const CheckoutWorld&) = delete;

    /// Runs workload and faults, heals, and lets everything settle. False when it did not come to
    /// rest within the scenario's time, or a budget ran out: see `end_text`.
    bool run() { return run_until({~std::uint64_t{0}}); }

    /// The same, cut short at `latest`: what a story shows is what led up to that instant.
    bool run_until(MonotonicTime latest);

    const Ledger& ledger() const { return ledger_; }

    const Shop& shop() const { return *shop_; }

    /// Null in a world without a dashboard.
    const Readers* readers() const { return readers_.get(); }

    /// Null while the dashboard is down, and in a world without one.
    const sagas::Projection* projection() const;

    const CheckoutFold& fold() const { return fold_; }

    sim::World& world() { return world_; }

    std::shared_ptr<stormglass::Signing> signing() const { return signing_; }

    /// Null while the broker is down.
    const bus::Broker* broker() const;

    /// Why the run ended otherwise than at rest; empty when it did not.
    const std::string& end_text() const { return end_text_; }

  private:
    struct Rules {
        const bus::Rules* bus = nullptr;
        const sagas::Rules* sagas = nullptr;
        const sagas::ProjectionRules* projections = nullptr;
    };

    void add_broker(const Topology& topology);
    void add_orders(const std::string& name);
    void add_participant(const std::string& name,
                         std::string_view commands,
                         std::string_view effects);
    void add_dashboard(const std::string& name);
    void add_process(const std::string& name, const std::string& role, sim::Factory factory);
    bus::SessionOptions session_options(const std::string& service) const;
    bool at_rest() const;
    bool dashboard_is_level(const bus::Broker& broker) const;
    MonotonicTime heal_time() const;

    const Plan& plan_;
    Rules rules_;
    std::shared_ptr<stormglass::Signing> signing_;  // of this world and, maybe, of its twin
    Ledger ledger_;
    sim::World world_;
    NodeId broker_;
    std::size_t services_ = 0;  // added so far
    std::vector<NodeId> desks_;
    std::vector<const sagas::Coordinator*> coordinators_;  // of each desk; valid while it lives
    CheckoutFold fold_;
    NodeId dashboard_;
    const sagas::Projection* projection_ = nullptr;  // of the dashboard; valid while it lives
    std::unique_ptr<Readers> readers_;
    std::unique_ptr<Shop> shop_;
    std::string end_text_;
};

/// Ids, URIs and keys of the world's sources, in the order of its processes.
std::vector<std::string> source_services(const Topology& topology);

}  // namespace stormglass::scenarios
