// Bytes as views and as owned buffers, and the two casts between them and text.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace stormglass {

/// A view; whoever hands it out says how long it lives (normally: until the call returns).
using Bytes = std::span<const std::byte>;
using ByteBuffer = std::vector<std::byte>;

inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace stormglass
