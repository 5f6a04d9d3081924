#include "runtime/crypto/ed25519.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/check.hpp"
#include "runtime/crypto/sha256.hpp"
#include "runtime/crypto/sodium_bytes.hpp"

#include <sodium.h>

namespace stormglass::crypto {
namespace {

static_assert(sizeof(PublicKey) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(KeyPair::secret_key) == crypto_sign_SECRETKEYBYTES);
static_assert(sizeof(Signature) == crypto_sign_BYTES);

constexpr std::uint64_t kVerifiedEvery = 16;  // of the signatures made here, to be on the safe side

/// BLAKE2b-256 over key, signature and message; the first two have a fixed size, so no two
/// questions share their bytes.
Digest fingerprint_of(const PublicKey& key, Bytes message, const Signature& signature) {
    crypto_generichash_state state;
    Digest fingerprint;
    crypto_generichash_init(&state, nullptr, 0, fingerprint.size());
    crypto_generichash_update(&state, raw(key.data()), key.size());
    crypto_generichash_update(&state, raw(signature.data()), signature.size());
    crypto_generichash_update(&state, raw(message.data()), message.size());
    crypto_generichash_final(&state, raw(fingerprint.data()), fingerprint.size());
    return fingerprint;
}

}  // namespace

Result<void> initialise() {
    if (sodium_init() < 0) {
        return Error{"CRYPTO_UNAVAILABLE", "libsodium cannot be initialised on this machine"};
    }
    return {};
}

Ed25519Signing::Ed25519Signing(std::size_t memory_slots)
    : memory_(std::bit_ceil(std::max<std::size_t>(memory_slots, 2))) {}

const Ed25519Signing::Key* Ed25519Signing::find(std::string_view key_id) const {
    const auto at = std::lower_bound(
        keys_.begin(), keys_.end(), key_id, [](const Key& key, std::string_view id) {
            return key.id < id;
        });
    return at != keys_.end() && at->id == key_id ? &*at : nullptr;
}

Ed25519Signing::Key& Ed25519Signing::slot(std::string_view key_id) {
    CHECK(!key_id.empty());
    const auto at = std::lower_bound(
        keys_.begin(), keys_.end(), key_id, [](const Key& key, std::string_view id) {
            return key.id < id;
        });
    if (at != keys_.end() && at->id == key_id) {
        return *at;
    }
    return *keys_.insert(at, Key{std::string(key_id), {}, false});
}

void Ed25519Signing::hold(std::string_view key_id, const KeyPair& pair) {
    CHECK(crypto_core_ed25519_is_valid_point(raw(pair.public_key.data())) == 1);
    Key& key = slot(key_id);
    key.pair = pair;
    key.can_sign = true;
}

Result<void> Ed25519Signing::trust(std::string_view key_id, const PublicKey& public_key) {
    if (crypto_core_ed25519_is_valid_point(raw(public_key.data())) != 1) {
        return Error{"CRYPTO_BAD_KEY",
                     "key " + std::string(key_id) + " is not a point of the main subgroup"};
    }
    Key& key = slot(key_id);
    key.pair = {public_key, {}};
    key.can_sign = false;
    return {};
}

Ed25519Signing::Memory& Ed25519Signing::memory_of(const Digest& fingerprint) {
    std::uint64_t word = 0;
    std::memcpy(&word, fingerprint.data(), sizeof(word));
    return memory_[word & (memory_.size() - 1)];
}

void Ed25519Signing::remember_signatures(std::size_t slots) {
    signed_.assign(std::bit_ceil(std::max<std::size_t>(slots, 2)), SignedMemory{});
}

Signature Ed25519Signing::sign(std::string_view key_id, Bytes message) {
    const Key* key = find(key_id);
    CHECK(key != nullptr);
    CHECK(key->can_sign);
    if (signed_.empty()) {
        return make_signature(*key, message);
    }
    const Digest fingerprint = fingerprint_of(key->pair.public_key, message, Signature{});
    std::uint64_t word = 0;
    std::memcpy(&word, fingerprint.data(), sizeof(word));
    SignedMemory& memory = signed_[word & (signed_.size() - 1)];
    if (memory.used && memory.fingerprint == fingerprint) {
        ++signatures_remembered_;
        return memory.signature;
    }
    memory = {fingerprint, true, make_signature(*key, message)};
    if (++signatures_made_ % kVerifiedEvery != 0) {
        const Digest made = fingerprint_of(key->pair.public_key, message, memory.signature);
        memory_of(made) = {made, true, true};
    }
    return memory.signature;
}

Signature Ed25519Signing::make_signature(const Key& key, Bytes message) {
    Signature signature;
    const int failed = crypto_sign_detached(raw(signature.data()),
                                            nullptr,
                                            raw(message.data()),
                                            message.size(),
                                            raw(key.pair.secret_key.data()));
    CHECK(failed == 0);
    return signature;
}

bool Ed25519Signing::verify(std::string_view key_id, Bytes message, const Signature& signature) {
    ++verifications_;
    const Key* key = find(key_id);
    if (key == nullptr) {
        return false;
    }
    const Digest fingerprint = fingerprint_of(key->pair.public_key, message, signature);
    Memory& memory = memory_of(fingerprint);
    if (memory.used && memory.fingerprint == fingerprint) {
        ++remembered_;
        return memory.valid;
    }
    const bool valid = crypto_sign_verify_detached(raw(signature.data()),
                                                   raw(message.data()),
                                                   message.size(),
                                                   raw(key->pair.public_key.data())) == 0;
    memory = {fingerprint, true, valid};
    return valid;
}

Digest Ed25519Signing::digest(Bytes message) {
    return sha256(message);
}

}  // namespace stormglass::crypto
