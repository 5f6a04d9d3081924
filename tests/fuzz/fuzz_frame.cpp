// libFuzzer entry: a peer's frame. The checksum is made right, or bodies would stay unseen.
#include <cstring>

#include "bus/crc32c.hpp"
#include "bus/wire_codec.hpp"
#include "tests/fuzz/exercise.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass;  // NOLINT: an entry point, not a header
    const Bytes input(reinterpret_cast<const std::byte*>(data), size);
    ByteBuffer frame(input.begin(), input.end());
    if (frame.size() >= bus::wire::kHeadBytes) {
        const auto length = static_cast<std::uint32_t>(frame.size() - bus::wire::kHeadBytes);
        std::memcpy(frame.data() + 2, &length, 4);
        const Bytes view(frame);
        const std::uint32_t crc = bus::crc32c(view.subspan(bus::wire::kHeadBytes),
                                              bus::crc32c(view.first(bus::wire::kChecksumAt)));
        std::memcpy(frame.data() + bus::wire::kChecksumAt, &crc, 4);
    }
    bus::fuzz::exercise_frame(frame);
    return 0;
}
