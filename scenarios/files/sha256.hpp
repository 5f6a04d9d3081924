// SHA-256 (FIPS 180-4), for fingerprints of files and of document lines. Not for secrets:
// signatures are made in `runtime/crypto`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stormglass::scenarios {

std::array<std::uint8_t, 32> sha256(std::string_view text);

std::string sha256_hex(std::string_view text);

/// The first 16 hex digits: enough to tell a document's lines apart, short enough to read.
std::string short_hash(std::string_view text);

}  // namespace stormglass::scenarios
