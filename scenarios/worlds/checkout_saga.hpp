// The saga of the checkout world: reserve, then charge and label in parallel, confirm as the point
// of no return, ship until it holds; and the topics on which it runs.
#pragma once

#include <string_view>
#include <vector>

#include "sagas/definition.hpp"

namespace stormglass::scenarios {

namespace topics {
constexpr std::string_view kJournal = "checkout.journal";
constexpr std::string_view kReplies = "checkout.replies";
constexpr std::string_view kNotifications = "checkout.notifications";
constexpr std::string_view kStockCommands = "stock.commands";
constexpr std::string_view kStockEffects = "stock.effects";
constexpr std::string_view kPaymentCommands = "payments.commands";
constexpr std::string_view kPaymentEffects = "payments.effects";
constexpr std::string_view kShippingCommands = "shipping.commands";
constexpr std::string_view kShippingEffects = "shipping.effects";
}  // namespace topics

constexpr std::string_view kSagaName = "checkout";
constexpr std::string_view kCoordinatorGroup = "checkout.coordinators";

/// All topics of the world, as the broker is told.
std::vector<std::string> checkout_topics();

sagas::Definition checkout_definition();

}  // namespace stormglass::scenarios
