// CRC32C (Castagnoli, RFC 3720 appendix B.4), by the processor where it can, else
// eight bytes a step from tables. Our own because Debian 12
// packages no library for it and the journal's speed rests on it.
#pragma once

#include <cstdint>

#include "runtime/bytes.hpp"

namespace stormglass::bus {

/// CRC32C of `bytes`; `before` continues an earlier one.
std::uint32_t crc32c(Bytes bytes, std::uint32_t before = 0);

/// The same without the processor's instruction, for machines that lack it.
std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t before = 0);

}  // namespace stormglass::bus
