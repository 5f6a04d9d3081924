// How a person names a bus: `file:DIR` (its files, in this process) or `stormglass://HOST:PORT`.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/result.hpp"

namespace stormglass::scenarios {

struct BusUrl {
    enum class Kind { file, network };
    Kind kind = Kind::file;
    std::string path;  // of the files
    std::string host;
    std::uint16_t port = 0;
};

/// "HOST:PORT"; an IPv6 address stands in brackets. Fails with `url.bad`.
Result<BusUrl> parse_endpoint(const std::string& text);

/// Fails with `url.bad`, and says what was probably meant.
Result<BusUrl> parse_bus_url(const std::string& text);

}  // namespace stormglass::scenarios
