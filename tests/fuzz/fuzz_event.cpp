// libFuzzer entry: one event in its binary form, as it comes from a peer or from a journal.
#include "tests/fuzz/exercise.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    stormglass::bus::fuzz::exercise_event({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
