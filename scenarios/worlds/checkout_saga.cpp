#include "scenarios/worlds/checkout_saga.hpp"

#include "runtime/check.hpp"

namespace stormglass::scenarios {

std::vector<std::string> checkout_topics() {
    std::vector<std::string> names;
    for (const std::string_view name : {topics::kJournal,
                                        topics::kReplies,
                                        topics::kNotifications,
                                        topics::kStockCommands,
                                        topics::kStockEffects,
                                        topics::kPaymentCommands,
                                        topics::kPaymentEffects,
                                        topics::kShippingCommands,
                                        topics::kShippingEffects}) {
        names.emplace_back(name);
    }
    return names;
}

sagas::Definition checkout_definition() {
    auto built = sagas::define(std::string(kSagaName), 1)
                     .step("reserve",
                           {.command = "stock.reserve.v1",
                            .compensate = "stock.release.v1",
                            .topic = std::string(topics::kStockCommands)})
                     .step("charge",
                           {.command = "payment.charge.v1",
                            .compensate = "payment.refund.v1",
                            .after = {"reserve"},
                            .topic = std::string(topics::kPaymentCommands)})
                     .step("label",
                           {.command = "shipping.label.v1",
                            .compensate = "shipping.void.v1",
                            .after = {"reserve"},
                            .topic = std::string(topics::kShippingCommands)})
                     .pivot("confirm",
                            {.command = "stock.confirm.v1",
                             .after = {"charge", "label"},
                             .topic = std::string(topics::kStockCommands)})
                     .step("ship",
                           {.command = "shipping.dispatch.v1",
                            .retriable = true,
                            .after = {"confirm"},
                            .topic = std::string(topics::kShippingCommands)})
                     .deadline(minutes(15))
                     .build();
    CHECK(built.ok());
    return std::move(built).value();
}

}  // namespace stormglass::scenarios
