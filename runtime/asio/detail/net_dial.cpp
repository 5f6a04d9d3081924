// Dialling, and dialling again.
#include <algorithm>

#include "runtime/asio/detail/address.hpp"
#include "runtime/asio/detail/net.hpp"
#include "runtime/check.hpp"

namespace stormglass::asio::detail {

void Net::dial(DialOptions options) {
    CHECK(!options.addresses.empty());
    CHECK(options.auth != nullptr);
    auto dialler = std::make_shared<Dialler>();
    dialler->options = std::move(options);
    diallers_.push_back(dialler);
    start_attempt(dialler);
}

void Net::start_attempt(const std::shared_ptr<Dialler>& dialler) {
    if (ending_ || dialler->ended) {
        return;
    }
    const auto& addresses = dialler->options.addresses;
    const std::string& address = addresses[dialler->next++ % addresses.size()];
    const auto parsed = parse_address(address);
    if (!parsed) {
        attempt_failed(dialler, parsed.error());
        return;
    }
    boost::system::error_code error;
    const net::ip::address numeric = net::ip::make_address(parsed->host, error);
    if (!error) {
        connect(dialler, {numeric, parsed->port});
        return;
    }
    resolver_.async_resolve(
        parsed->host,
        std::to_string(parsed->port),
        [this, dialler, address](boost::system::error_code failed,
                                 const tcp::resolver::results_type& found) {
            if (failed == net::error::operation_aborted || ending_) {
                return;
            }
            if (failed || found.empty()) {
                attempt_failed(dialler, {"link.unreachable", address + ": " + failed.message()});
            } else {
                connect(dialler, found.begin()->endpoint());
            }
            after_handler_();
        });
}

void Net::connect(const std::shared_ptr<Dialler>& dialler, tcp::endpoint to) {
    auto link =
        std::make_shared<Link>(*this, tcp::socket(io_), LinkRole::dialler, dialler->options.auth);
    link->dialler = dialler;
    link->node = dialler->options.node;
    link->address = text_of(to);
    links_.push_back(link);
    watch();
    link->socket.async_connect(to, [this, link](boost::system::error_code error) {
        if (link->state == Link::State::closed) {
            return;
        }
        if (error) {
            link->close({"link.unreachable", link->address + ": " + error.message()});
        } else {
            link->begin();
        }
        after_handler_();
    });
}

void Net::attempt_failed(const std::shared_ptr<Dialler>& dialler, const Error& why) {
    core_.note(dialler->options.node,
               "host.dial-failed",
               {{"peer", dialler->options.peer.value},
                {"code", why.code},
                {"text", std::string_view(why.text)},
                {"tries", dialler->tries + 1}});
    if (dialler->options.on_attempt) {
        dialler->options.on_attempt(why);
    }
    dial_again(dialler);
}

void Net::dial_again(const std::shared_ptr<Dialler>& dialler) {
    if (ending_ || dialler->ended) {
        return;
    }
    std::int64_t delay = limits_.retry_base.ns;
    for (std::uint32_t n = 0; n < dialler->tries && delay < limits_.retry_max.ns; ++n) {
        delay *= 2;
    }
    ++dialler->tries;
    delay = std::min(delay, limits_.retry_max.ns);
    const auto half = static_cast<std::uint64_t>(delay / 2);
    delay -= static_cast<std::int64_t>(bounded(SystemChance().draw("host.redial"), half + 1));
    core_.call_at(Core::now().monotonic + Duration{delay},
                  [this, dialler] { start_attempt(dialler); });
}

}  // namespace stormglass::asio::detail
