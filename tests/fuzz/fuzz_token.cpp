// An entry for libFuzzer: what a user pastes as a replay token. An odd first byte makes a token
// whose checksum is right, or its content would stay unseen.
#include "runtime/check.hpp"
#include "sim/token.hpp"
#include "tests/sim/token_octets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass;  // NOLINT: an entry point, not a header
    if (size == 0) {
        return 0;
    }
    std::string text(data + 1, data + size);
    if (data[0] % 2 == 1 && size > 3) {
        tests::Octets octets{{data + 1, data + size}};
        octets.sign();
        text = octets.text();
    }
    const auto read = sim::decode_token(text);
    if (!read) {
        CHECK(read.error().code.starts_with("token."));
        CHECK(!read.error().text.empty());
        return 0;
    }
    const auto again = sim::decode_token(sim::encode_token(*read));
    CHECK(again.ok() && *again == *read);
    return 0;
}
