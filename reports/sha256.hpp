// SHA-256 (FIPS 180-4) for fingerprints: of files that were read, of a document's lines, of the
// page's own style. Not for secrets: signatures are made in `runtime/crypto`.
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
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// The first 16 digits: enough to tell a document's lines apart, short enough to read.
[[nodiscard]] std::string short_hash(std::string_view bytes);

/// RFC 4648 with padding, as a content security policy wants it.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string base64(const Sha256& digest);

}  // namespace stormglass::reports
