// The worlds of these tests, once with a node that counts too much and once with a sound one.
#pragma once

#include "scenarios/gtest/gtest.hpp"
#include "tests/gtest/nodes.hpp"

namespace stormglass::tests {

inline trial::Body counting(Care care) {
    return [care](trial::World& world) {
        const auto counter = world.service<Counter>("counter", care);
        const auto sender = world.service<Sender>("sender", NodeId{1});
        world.workload([&world](std::uint32_t number) {
            world.request("sender", "frame " + std::to_string(number), {});
        });
        world.check("never-too-many", [counter, sender](const trial::State& state) {
            const Counter* counted = state.get(counter);
            const Sender* sent = state.get(sender);
            return counted == nullptr || sent == nullptr || counted->count() <= sent->asked();
        });
        world.eventually("all-arrive", [sender](const trial::State& state) {
            return state.get(sender) != nullptr && state.get(sender)->idle();
        });
    };
}

inline const trial::Trial& noisy(Care care) {
    const trial::Place place{"scenarios/noisy.yaml", STORMGLASS_TEST_DIR, __FILE__};
    static const trial::Trial careless(place, counting(Care::careless));
    static const trial::Trial careful(place, counting(Care::careful));
    return care == Care::careless ? careless : careful;
}

}  // namespace stormglass::tests
