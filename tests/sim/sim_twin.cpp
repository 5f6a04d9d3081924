// A twin: runs the two-node world of one seed under faults and prints its hash. The determinism
// test starts it twice with another heap and another environment and compares.
// Usage: sim_twin SEED [HEAP_KEY]
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include "sim/perturb.hpp"
#include "tests/sim/two_node.hpp"

namespace stormglass::tests {
namespace {

std::uint64_t number(const char* text) {
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

sim::Schedule schedule() {
    sim::Schedule schedule(4);
    schedule[0].kind = sim::FaultKind::loss;
    schedule[0].set("probability", 150'000);
    schedule[1].kind = sim::FaultKind::duplicate;
    schedule[1].set("probability", 150'000).set("lag", 5'000'000);
    schedule[2].kind = sim::FaultKind::crash;
    schedule[2].when.after = {5'000'000, 30'000'000};
    schedule[2].set("downtime", 5'000'000);
    schedule[3].kind = sim::FaultKind::lose_unsynced;
    schedule[3].set("mode", "subset");
    return schedule;
}

}  // namespace
}  // namespace stormglass::tests

int main(int argc, char** argv) {
    using namespace stormglass;
    const std::uint64_t seed = argc > 1 ? tests::number(argv[1]) : 1;
    std::unique_ptr<sim::HeapPerturbation> junk;
    if (argc > 2) {
        junk = std::make_unique<sim::HeapPerturbation>(tests::number(argv[2]));
    }
    sim::WorldOptions options = tests::seeded(seed);
    options.link.latency = sim::Distribution::exponential(microseconds(200), milliseconds(1));
    tests::TwoNodes nodes(options, tests::schedule());
    nodes.run(milliseconds(200), milliseconds(300));
    std::printf("%016llx %llu %s\n",
                static_cast<unsigned long long>(nodes.world.hash()),
                static_cast<unsigned long long>(nodes.world.trace().events()),
                nodes.converged() ? "converged" : "stuck");
    return 0;
}
