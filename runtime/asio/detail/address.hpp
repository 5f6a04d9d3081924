// Addresses as people write them.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "runtime/result.hpp"

namespace stormglass::asio::detail {

struct HostAndPort {
    std::string host;
    std::uint16_t port = 0;
};

/// "HOST:PORT", "[V6]:PORT", ":PORT" and "PORT" (both: loopback), "*:PORT" (all interfaces). Fails
/// with `link.address`.
Result<HostAndPort> parse_address(std::string_view text);

std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace stormglass::asio::detail
