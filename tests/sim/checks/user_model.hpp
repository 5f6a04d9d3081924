// The model of docs/history.md: an account that refuses to be overdrawn. The block between the
// marks stands in the document word for word; a test compares them and uses it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/checks/linear/search.hpp"

namespace stormglass::tests {

// document: begin
/// Amounts go in with `add`, come out with `write`; a `read` sees the balance.
struct Account {
    using State = std::int64_t;

    const std::vector<sim::checks::Value>& values;

    State initial() const { return 0; }

    std::optional<State> step(const State& balance, const sim::checks::LinOp& op) const {
        const std::int64_t amount = values[op.a].payload();
        switch (op.f) {
            case sim::OpFunction::add:
                return balance + amount;
            case sim::OpFunction::write:
                return amount <= balance ? std::optional<State>(balance - amount) : std::nullopt;
            default:
                return values[op.result].payload() == balance ? std::optional<State>(balance)
                                                              : std::nullopt;
        }
    }

    bool observes(const sim::checks::LinOp& op) const { return op.f == sim::OpFunction::read; }

    std::string describe(const State& balance) const { return std::to_string(balance); }
};

// document: end

}  // namespace stormglass::tests
