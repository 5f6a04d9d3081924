// The business of the checkout world: stock, payments and shipping as functions of a command.
// Whether an order is declined, and where, is a draw about the order: the same in every life, for
// every attempt, and in a run in which a fault is masked.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "runtime/random.hpp"
#include "sagas/participant.hpp"

namespace stormglass::scenarios {

/// What a client orders; the payload of its saga.
struct Order {
    std::string id;
    std::int64_t price = 0;  // in cents
    std::uint32_t item = 0;  // of the catalogue
    bool poisoned = false;   // no handler can read it

    std::string encode() const;
    static Result<Order> decode(Bytes body);
};

/// The order of this number, from 0, under this seed: the same in the simulator and outside.
Order order_of(std::uint64_t seed, std::uint64_t number);

/// Step of the saga -> share of orders that its participant declines, in parts per million.
using DeclineRates = std::map<std::string, std::int64_t>;

class CheckoutBusiness final : public sagas::Business {
  public:
    CheckoutBusiness(std::uint64_t seed, DeclineRates rates)
        : seed_(seed),
          rates_(std::move(rates)) {}

    sagas::Decision decide(const sagas::Command& command) override;
    void apply(const sagas::EffectRecord& effect) override;
    void reset() override;

    /// What stands of each resource: all applied effects added up.
    const std::map<std::string, std::int64_t>& totals() const { return totals_; }

  private:
    bool declines(const sagas::Command& command) const;

    std::uint64_t seed_;
    DeclineRates rates_;
    std::map<std::string, std::int64_t> totals_;
    std::map<std::string, std::int64_t> applied_;  // saga/step -> amount that its do applied
};

}  // namespace stormglass::scenarios
