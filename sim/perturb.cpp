// Junk of drawn sizes, freed in a drawn order.
#include "sim/perturb.hpp"

#include "runtime/random.hpp"

namespace stormglass::sim {

HeapPerturbation::HeapPerturbation(std::uint64_t key) {
    constexpr std::size_t kBlocks = 4096;
    constexpr std::uint64_t kBytesMax = 2048;
    std::vector<std::unique_ptr<char[]>> junk;
    for (std::size_t i = 0; i < kBlocks; ++i) {
        const std::uint64_t draw = chain64(key, i);
        junk.push_back(std::make_unique<char[]>(1 + bounded(draw, kBytesMax)));
    }
    // Free every block or keep it, by draw: the free lists end up in another order each key.
    for (std::size_t i = 0; i < kBlocks; ++i) {
        if ((chain64(key, kBlocks + i) & 1) != 0) {
            kept_.push_back(std::move(junk[i]));
        }
    }
}

}  // namespace stormglass::sim
