// libFuzzer entry for trace headers: `make fuzz`.
#include "tests/fuzz/exercise_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    stormglass::bus::fuzz::exercise_trace({reinterpret_cast<const char*>(data), size});
    return 0;
}
