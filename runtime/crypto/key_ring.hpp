// Key ring: signs and verifies for a real bus. Two kinds of keys stand behind one `Signing`:
// Ed25519 pairs, which prove to anyone who wrote something, and a local secret, which all processes
// that can read one data directory share: its "signature" is a keyed hash (BLAKE2b-512). Whoever
// holds the secret may speak as any local source, which is what "local" means, and nobody else may.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/crypto/ed25519.hpp"

namespace stormglass::crypto {

using LocalSecret = std::array<std::byte, 32>;

/// 32 bytes of the system's random source. Requires: `initialise` succeeded.
LocalSecret fresh_secret();

/// Every key id that begins so belongs to the local secret.
constexpr std::string_view kLocalKeyPrefix = "local-";

/// The local key id of a source: one key, one source holds for them too.
std::string local_key_id(std::string_view source);

class KeyRing final : public Signing {
  public:
    KeyRing() = default;

    void hold_local(const LocalSecret& secret) { local_ = secret; }

    bool holds_local() const { return local_.has_value(); }

    /// Ed25519 keys are held and trusted here; none may have a local id.
    Ed25519Signing& pairs() { return pairs_; }

    std::string_view name() const override { return "key-ring"; }

    /// Requires: the local secret, or the pair, is held.
    Signature sign(std::string_view key_id, Bytes message) override;
    bool verify(std::string_view key_id, Bytes message, const Signature& signature) override;

    Digest digest(Bytes message) override { return pairs_.digest(message); }

  private:
    Signature keyed_hash(std::string_view key_id, Bytes message) const;

    std::optional<LocalSecret> local_;
    Ed25519Signing pairs_;
};

}  // namespace stormglass::crypto
