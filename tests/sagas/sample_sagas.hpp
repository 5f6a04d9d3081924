// Definitions for tests: the checkout of the design, a chain, and random legal ones.
#pragma once

#include <string>
#include <vector>

#include "sagas/definition.hpp"
#include "tests/sagas/dice.hpp"

namespace stormglass::sagas::tests {

inline Definition built(const DefinitionBuilder& builder) {
    auto definition = builder.build();
    CHECK(definition.ok());
    return std::move(definition).value();
}

/// reserve, then charge and label side by side, confirm as pivot, ship.
inline DefinitionBuilder checkout_builder() {
    return define("checkout", 3)
        .step("reserve", {.command = "stock.reserve.v1", .compensate = "stock.release.v1"})
        .step("charge",
              {.command = "payment.charge.v1",
               .compensate = "payment.refund.v1",
               .after = {"reserve"}})
        .step("label",
              {.command = "shipping.label.v1",
               .compensate = "shipping.void.v1",
               .after = {"reserve"}})
        .pivot("confirm", {.command = "order.confirm.v1", .after = {"charge", "label"}})
        .step("ship", {.command = "shipping.dispatch.v1", .retriable = true, .after = {"confirm"}})
        .deadline(minutes(15));
}

inline Definition checkout() {
    return built(checkout_builder());
}

/// Two compensatable steps, one after the other; no pivot.
inline Definition chain_of_two() {
    return built(
        define("chain", 1)
            .step("a", {.command = "p.a.v1", .compensate = "p.un-a.v1", .attempts = 2})
            .step("b",
                  {.command = "p.b.v1", .compensate = "p.un-b.v1", .after = {"a"}, .attempts = 2})
            .undo_attempts(2)
            .deadline(minutes(10)));
}

/// A legal definition of up to `before` compensatable and `behind` retriable steps, with random
/// edges, with or without a pivot. Commands go to the topics "p.commands" and "q.commands".
inline Definition random_saga(Dice& dice, std::uint32_t undo_attempts = 1000) {
    auto builder = define("random", 1);
    std::vector<std::string> before;
    const std::uint64_t count = 1 + dice.below(6);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string name = "t" + std::to_string(i);
        StepOptions options{.command = "p.do.v1", .compensate = "p.undo.v1"};
        options.topic = dice.chance(50) ? "p.commands" : "q.commands";
        options.attempts = static_cast<std::uint32_t>(1 + dice.below(3));
        for (const std::string& earlier : before) {
            if (dice.chance(35)) {
                options.after.push_back(earlier);
            }
        }
        builder.step(name, options);
        before.push_back(name);
    }
    if (dice.chance(60)) {
        builder.pivot("pivot", {.command = "p.do.v1", .after = before});
        std::vector<std::string> behind = {"pivot"};
        for (std::uint64_t i = dice.below(3); i > 0; --i) {
            const std::string name = "r" + std::to_string(i);
            StepOptions options{.command = "p.do.v1", .retriable = true, .after = {"pivot"}};
            if (dice.chance(50)) {
                options.after = {behind.back()};
            }
            builder.step(name, options);
            behind.push_back(name);
        }
    }
    return built(builder.undo_attempts(undo_attempts).deadline(minutes(15)));
}

}  // namespace stormglass::sagas::tests
