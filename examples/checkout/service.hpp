// Service: one process of the demo. Its parts are the very ones that the simulator runs; here they
// stand on a real host, beside a session that reaches the bus over TCP with the local key.
#pragma once

#include <memory>
#include <string>

#include "bus/session.hpp"
#include "runtime/asio/host.hpp"
#include "runtime/component.hpp"
#include "runtime/crypto/key_ring.hpp"

namespace stormglass::examples {

/// Where the bus is, and the folder with its local key.
struct BusAddress {
    std::string host_and_port;  // "127.0.0.1:7400"
    std::string data;
};

class Service {
  public:
    /// Fails when the local key cannot be read.
    static Result<std::unique_ptr<Service>> open(const std::string& name, const BusAddress& bus);

    bus::Session& session() { return *session_; }

    /// Parts beside the session; all of them before `run`.
    template <class Part>
    Part& add(std::unique_ptr<Part> part) {
        return node_.add(std::move(part));
    }

    asio::Host& host() { return host_; }

    /// A request of this process's own application to its parts.
    void request(const std::string& body, std::function<void(Bytes)> on_reply);

    /// Runs until a signal ends it.
    int run();

  private:
    Service() = default;

    std::string address_;
    std::string source_;
    crypto::KeyRing keys_;
    Assembly node_;
    bus::Session* session_ = nullptr;
    asio::Host host_;
};

}  // namespace stormglass::examples
