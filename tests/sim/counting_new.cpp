// Replaces operator new by one that counts. Kept apart, so that the compiler sees no mismatched
// pair of the two when it inlines.
#include "tests/sim/counting_new.hpp"

#include <cstdlib>
#include <new>

namespace {

std::uint64_t count = 0;

}  // namespace

std::uint64_t stormglass::tests::allocations() {
    return count;
}

void* operator new(std::size_t size) {
    ++count;
    if (void* const memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
