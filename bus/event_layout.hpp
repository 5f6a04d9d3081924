// How an encoded event is laid out, for writer and reader; the whole story: docs/wire_format.md.
#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/signing.hpp"

namespace stormglass::bus {

constexpr std::string_view kEventTag{"stormglass.event.v1\0", 20};
constexpr std::size_t kAttributesAt = kEventTag.size() + 2;
constexpr std::size_t kDigestBytes = sizeof(Digest);
constexpr std::size_t kSignatureBytes = sizeof(Signature);
constexpr std::size_t kAttributeOverhead = 6;  // u8 name length, u8 kind, u32 value length

}  // namespace stormglass::bus
