// Built by pkg-config alone, without CMake and without a test library.
#include <cstdio>

#include <stormglass/sim/world.hpp>
#include <till.hpp>

int main() {
    stormglass::sim::World world({});
    world.add_process({"till"}, [] { return std::make_unique<shop::Till>(); });
    const auto customer = world.add_process(
        {"customer"}, [] { return std::make_unique<shop::Customer>(stormglass::NodeId{1}); });
    world.after(stormglass::milliseconds(1),
                [&] { world.request(customer, stormglass::as_bytes("1"), {}); });
    world.run_for(stormglass::seconds(1));
    const auto* till = static_cast<const shop::Till*>(world.node(world.find("till")));
    std::printf("counted %llu\n", static_cast<unsigned long long>(till->total()));
    return till->total() == 1 ? 0 : 1;
}
