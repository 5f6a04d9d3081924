// Real signatures: Ed25519 (RFC 8032) and SHA-256 by libsodium, behind the seam's `Signing`.
// Call `initialise` once in the program, before the first world or node: it reads the system's
// random source. Nothing else here reads anything; signatures are deterministic.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "runtime/signing.hpp"

namespace stormglass::crypto {

using PublicKey = std::array<std::byte, 32>;
using KeySeed = std::array<std::byte, 32>;

struct KeyPair {
    PublicKey public_key{};
    std::array<std::byte, 64> secret_key{};
};

/// Prepares libsodium. Fails with CRYPTO_UNAVAILABLE; may be called again.
Result<void> initialise();

KeyPair key_pair_from(const KeySeed& seed);

/// Key pairs that a seed and the key's id determine, for simulated worlds: the same world has the
/// same keys in every run. Never for real use: whoever knows the seed has all keys.
class Ed25519Keys {
  public:
    explicit Ed25519Keys(std::uint64_t seed) : seed_(seed) {}

    KeyPair pair(std::string_view key_id) const;

  private:
    std::uint64_t seed_;
};

/// A key ring. Verifications are remembered by key, message and signature in a table of fixed size:
/// in a simulation every receiver checks what one of them has checked before.
class Ed25519Signing final : public Signing {
  public:
    /// Slots of the memory; rounded up to a power of two, at least 2.
    explicit Ed25519Signing(std::size_t memory_slots = 16'384);

    /// From now on signs and verifies with this pair. Replaces an earlier key of that id.
    void hold(std::string_view key_id, const KeyPair& pair);

    /// From now on verifies with this key. Fails with CRYPTO_BAD_KEY for a point that is none or
    /// of small order.
    Result<void> trust(std::string_view key_id, const PublicKey& key);

    /// Remembers signatures, too, and that they hold: for worlds whose signers and verifiers share
    /// this object, run twice from the same seed. Answers stay the same: an equal message gets an
    /// equal signature, and bytes that differ in one bit are verified in earnest, as one in sixteen
    /// of the signatures made here is. Slots are rounded up to a power of two.
    void remember_signatures(std::size_t slots);

    std::string_view name() const override { return "ed25519"; }

    Signature sign(std::string_view key_id, Bytes message) override;
    bool verify(std::string_view key_id, Bytes message, const Signature& signature) override;
    Digest digest(Bytes message) override;

    /// Verifications asked and those answered from memory.
    std::uint64_t verifications() const { return verifications_; }

    std::uint64_t remembered() const { return remembered_; }

    /// Signatures that were not made anew.
    std::uint64_t signatures_remembered() const { return signatures_remembered_; }

  private:
    struct Key {
        std::string id;
        KeyPair pair;
        bool can_sign = false;
    };

    struct Memory {
        Digest fingerprint{};  // of key, signature and message: equal ones are equal questions
        bool used = false;
        bool valid = false;
    };

    struct SignedMemory {
        Digest fingerprint{};  // of key and message
        bool used = false;
        Signature signature{};
    };

    const Key* find(std::string_view key_id) const;
    static Signature make_signature(const Key& key, Bytes message);
    Key& slot(std::string_view key_id);
    Memory& memory_of(const Digest& fingerprint);

    std::vector<Key> keys_;  // sorted by id
    std::vector<Memory> memory_;
    std::vector<SignedMemory> signed_;  // empty: signatures are not remembered
    std::uint64_t verifications_ = 0;
    std::uint64_t remembered_ = 0;
    std::uint64_t signatures_remembered_ = 0;
    std::uint64_t signatures_made_ = 0;
};

}  // namespace stormglass::crypto
