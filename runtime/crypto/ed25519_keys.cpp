// Deriving keys: from 32 bytes as RFC 8032 says, and those 32 bytes from a world's seed.
#include <cstring>

#include "runtime/check.hpp"
#include "runtime/crypto/ed25519.hpp"

#include <sodium.h>

namespace stormglass::crypto {

KeyPair key_pair_from(const KeySeed& seed) {
    KeyPair pair;
    const int failed =
        crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(pair.public_key.data()),
                                 reinterpret_cast<unsigned char*>(pair.secret_key.data()),
                                 reinterpret_cast<const unsigned char*>(seed.data()));
    CHECK(failed == 0);
    return pair;
}

KeyPair Ed25519Keys::pair(std::string_view key_id) const {
    CHECK(!key_id.empty());
    constexpr std::string_view kPurpose = "stormglass.simulated-key.v1";
    crypto_generichash_state state;
    KeySeed seed;
    unsigned char number[8];
    for (std::size_t i = 0; i < sizeof(number); ++i) {
        number[i] = static_cast<unsigned char>(seed_ >> (8 * i));
    }
    crypto_generichash_init(&state, nullptr, 0, seed.size());
    for (const std::string_view part : {kPurpose, key_id}) {
        crypto_generichash_update(
            &state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
        crypto_generichash_update(&state, number, sizeof(number));  // also keeps the parts apart
    }
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(seed.data()), seed.size());
    return key_pair_from(seed);
}

}  // namespace stormglass::crypto
