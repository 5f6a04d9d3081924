#include "runtime/crypto/key_ring.hpp"

#include "runtime/check.hpp"
#include "runtime/crypto/sodium_bytes.hpp"
#include "runtime/random.hpp"

#include <sodium.h>

namespace stormglass::crypto {
namespace {

static_assert(std::tuple_size_v<Signature> == crypto_generichash_BYTES_MAX);
static_assert(std::tuple_size_v<Signature> == crypto_verify_64_BYTES);
static_assert(std::tuple_size_v<LocalSecret> == crypto_generichash_KEYBYTES);

}  // namespace

LocalSecret fresh_secret() {
    LocalSecret secret;
    randombytes_buf(secret.data(), secret.size());
    return secret;
}

std::string local_key_id(std::string_view source) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id(kLocalKeyPrefix);
    const std::uint64_t hash = name_hash(source);
    for (int shift = 60; shift >= 0; shift -= 4) {
        id.push_back(kDigits[(hash >> shift) & 15]);
    }
    return id;
}

// The key id goes in first, behind its length: one key's hashes are no other's.
Signature KeyRing::keyed_hash(std::string_view key_id, Bytes message) const {
    CHECK(local_.has_value());
    CHECK(key_id.size() < 256);
    Signature hash;
    crypto_generichash_state state;
    crypto_generichash_init(&state, raw(local_->data()), local_->size(), hash.size());
    const auto length = static_cast<unsigned char>(key_id.size());
    crypto_generichash_update(&state, &length, 1);
    crypto_generichash_update(&state, raw(as_bytes(key_id).data()), key_id.size());
    crypto_generichash_update(&state, raw(message.data()), message.size());
    crypto_generichash_final(&state, raw(hash.data()), hash.size());
    return hash;
}

Signature KeyRing::sign(std::string_view key_id, Bytes message) {
    return key_id.starts_with(kLocalKeyPrefix) ? keyed_hash(key_id, message)
                                               : pairs_.sign(key_id, message);
}

bool KeyRing::verify(std::string_view key_id, Bytes message, const Signature& signature) {
    if (!key_id.starts_with(kLocalKeyPrefix)) {
        return pairs_.verify(key_id, message, signature);
    }
    if (!local_.has_value() || key_id.size() >= 256) {
        return false;
    }
    const Signature expected = keyed_hash(key_id, message);
    return crypto_verify_64(raw(expected.data()), raw(signature.data())) == 0;  // in constant time
}

}  // namespace stormglass::crypto
