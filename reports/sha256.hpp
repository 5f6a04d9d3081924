// SHA-256 (FIPS 180-4) for fingerprints that outputs state: the page's own style, a file that was
// read. Signing and keys use libsodium in runtime/crypto, which reports do not link.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stormglass::reports {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hex(const Sha256& digest);

/// RFC 4648 with padding, as a content security policy wants it.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string base64(const Sha256& digest);

}  // namespace stormglass::reports
