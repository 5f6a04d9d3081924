// A stand-in for signatures where a run makes no claim about forgery: a fast keyed hash whose keys
// are public knowledge. It finds accidents, it stops nobody. Reports print its name; everything
// about attacks runs with `runtime/crypto`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/signing.hpp"

namespace stormglass {

class StandInSigning final : public Signing {
  public:
    /// Knows these keys, all of them with their private halves.
    explicit StandInSigning(std::vector<std::string> key_ids);

    std::string_view name() const override { return "stand-in"; }

    Signature sign(std::string_view key_id, Bytes message) override;
    bool verify(std::string_view key_id, Bytes message, const Signature& signature) override;
    Digest digest(Bytes message) override;

  private:
    bool knows(std::string_view key_id) const;

    std::vector<std::string> key_ids_;  // sorted
};

}  // namespace stormglass
