// The node in a simulated world: once as a test over many seeds, once as a property.
#include <stormglass/gtest.hpp>
#include <till.hpp>

namespace {

STORMGLASS_WORLD(shop_world, "scenarios/lossy.yaml") {
    const auto till = world.service<shop::Till>("till");
    const auto customer = world.service<shop::Customer>("customer", stormglass::NodeId{1});
    world.workload([&world](std::uint32_t number) {
        world.request("customer", std::to_string(number + 1), {});
    });
    world.check("never-more-than-paid", [till, customer](const auto& state) {
        const auto* counted = state.get(till);
        const auto* payer = state.get(customer);
        return counted == nullptr || payer == nullptr || counted->total() <= payer->paid();
    });
    world.eventually("all-payments-arrive", [customer](const auto& state) {
        return state.get(customer) != nullptr && state.get(customer)->idle();
    });
}

TEST(Till, counts_each_payment_once) {
    stormglass::trial::run_scenario_test(shop_world(), stormglass::trial::seeds(200));
}

RC_GTEST_PROP(Till, counts_each_payment_once_under_any_schedule, ()) {
    const auto workload = *stormglass::gen::workload(shop_world());
    const auto schedule = *stormglass::gen::schedule(shop_world());
    stormglass::gen::must_hold(shop_world(), schedule, workload);
}

}  // namespace
