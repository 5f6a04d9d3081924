// What a Connection is made of. Bodies: connection.cpp (opening and closing), connection_calls.cpp.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "bus/engines/connection.hpp"
#include "bus/engines/detail/client_core.hpp"
#include "bus/engines/server.hpp"

namespace stormglass::bus {

struct Connection::Impl {
    explicit Impl(ConnectOptions with) : options(std::move(with)) {}

    Result<void> load_keys();
    Result<void> open_embedded(const std::string& directory);
    void open_remote(std::vector<std::string> addresses);
    Result<void> start_session(const std::string& bus_id);
    Result<void> wait_until_ready();
    void on_loop(std::function<void()> what);

    bool here() const { return std::this_thread::get_id() == loop; }

    ConnectOptions options;
    std::string source;
    std::string key_id;
    crypto::KeyRing keys;            // of a remote connection
    std::unique_ptr<Server> server;  // of an embedded bus
    std::unique_ptr<asio::Host> own_host;
    asio::Host* host = nullptr;
    std::unique_ptr<detail::ClientCore> core;
    Assembly node;
    bool has_session = false;
    std::thread thread;
    std::thread::id loop;
    std::atomic<bool> closed = false;
    std::uint64_t emits_dropped = 0;  // guarded by `mutex`

    std::mutex mutex;
    std::vector<std::function<void()>> calls;  // for the loop; guarded by `mutex`
    std::size_t emits_waiting = 0;             // guarded by `mutex`
    std::optional<Error> last_failure;         // of an attempt to reach the bus
};

}  // namespace stormglass::bus
