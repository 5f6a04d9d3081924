// Signing: how the core signs, verifies and digests without knowing a crypto library. The real
// one (Ed25519, SHA-256) is `runtime/crypto`; the simulator lends a keyed-hash stand-in for runs
// that make no claim about forgery, and reports say which of the two was at work.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "runtime/bytes.hpp"

namespace stormglass {

using Signature = std::array<std::byte, 64>;
using Digest = std::array<std::byte, 32>;

class Signing {
  public:
    virtual ~Signing() = default;

    /// "ed25519" or "stand-in": printed wherever results are.
    virtual std::string_view name() const = 0;

    /// Signs with the private half of `key_id`. Requires: this instance holds that key.
    virtual Signature sign(std::string_view key_id, Bytes message) = 0;

    /// False for a wrong signature and for a key that this instance does not know.
    virtual bool verify(std::string_view key_id, Bytes message, const Signature& signature) = 0;

    /// SHA-256, or the stand-in's digest of the same length.
    virtual Digest digest(Bytes message) = 0;
};

}  // namespace stormglass
