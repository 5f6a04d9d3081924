#include "runtime/asio/detail/address.hpp"

#include <charconv>

namespace stormglass::asio::detail {

Result<HostAndPort> parse_address(std::string_view text) {
    HostAndPort parsed;
    const std::size_t colon = text.rfind(':');
    std::string_view host = colon == text.npos ? std::string_view() : text.substr(0, colon);
    const std::string_view port = colon == text.npos ? text : text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    if (error != std::errc() || end != port.data() + port.size() || port.empty()) {
        return Error{"link.address", "'" + std::string(text) + "' is not HOST:PORT"};
    }
    parsed.host = host.empty() ? "127.0.0.1" : host == "*" ? "0.0.0.0" : std::string(host);
    return parsed;
}

std::string text_of(const boost::asio::ip::tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace stormglass::asio::detail
