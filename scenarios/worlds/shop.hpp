// The clients of the checkout world: one order every so often, asked for until somebody confirms
// it. What they asked and were told is the black-box history of the run.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "scenarios/worlds/business.hpp"
#include "sim/history.hpp"
#include "sim/reduction.hpp"
#include "sim/world.hpp"

namespace stormglass::scenarios {

struct ShopOptions {
    int orders = 20;
    Duration every = milliseconds(200);
    Duration first = milliseconds(500);     // by then every service has found the bus
    Duration patience = milliseconds(800);  // before an order is asked for again, elsewhere
    std::vector<NodeId> desks;              // asked in turn
    std::function<void(const std::string& order, std::optional<bus::Position> written)>
        on_confirmed = {};  // once for each; where the order stands, when that was told
    std::string poison;     // name of the custom fault that poisons an order; empty: none does
    sim::IndexSet placed;   // of the orders, those that are placed at all
};

class Shop {
  public:
    /// The world must outlive the shop, and the shop the world's last run.
    Shop(sim::World& world, ShopOptions options);
    Shop(const Shop&) = delete;
    Shop& operator=(const Shop&) = delete;

    /// Plans all orders; call once, before the world runs.
    void open();

    /// Orders that a desk has confirmed as under way.
    std::uint64_t confirmed() const { return confirmed_; }

    bool all_confirmed() const { return confirmed_ == wanted_; }

    const sim::History& history() const { return history_; }

    /// The fault that poisoned this order, if one did.
    std::optional<std::size_t> poisoned_by(std::string_view order) const;

  private:
    struct Placed {
        Order order;
        bool confirmed = false;
        std::uint32_t tries = 0;
        std::optional<std::size_t> poison;
    };

    void place(std::size_t index);
    void answer(std::size_t index, std::uint32_t attempt, const sim::Reply& reply);
    void tell(const std::string& order, std::string_view position) const;
    void record(std::size_t index, std::uint32_t attempt, sim::OpType type);

    sim::World& world_;
    ShopOptions options_;
    std::vector<Placed> orders_;
    std::uint64_t wanted_ = 0;
    std::uint64_t confirmed_ = 0;
    sim::History history_;
};

}  // namespace stormglass::scenarios
