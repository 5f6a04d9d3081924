#include "examples/checkout/service.hpp"

#include <cstdio>

#include "bus/engines/key_files.hpp"
#include "bus/engines/server.hpp"

namespace stormglass::examples {
namespace {

constexpr std::string_view kBusId = "main";

/// Proves to hold the local key, and lets nobody be the bus who does not.
class LocalAuth final : public asio::LinkAuth {
  public:
    LocalAuth(crypto::KeyRing& keys, std::string source)
        : keys_(keys),
          source_(std::move(source)) {}

    std::string realm() const override { return std::string(kBusId); }

    std::string name() const override { return source_; }

    std::string key_id() const override { return crypto::local_key_id(source_); }

    Signature prove(Bytes transcript) override { return keys_.sign(key_id(), transcript); }

    Result<NodeId> admit(const asio::LinkClaim&) override {
        return Error{"link.role", "this is a client"};
    }

    Result<void> confirm(const asio::LinkClaim& peer) override {
        if (peer.key_id != crypto::local_key_id(bus::kServerSource) ||
            !keys_.verify(peer.key_id, peer.transcript, peer.proof)) {
            return Error{"link.impostor", "that bus does not hold our local key"};
        }
        return {};
    }

  private:
    crypto::KeyRing& keys_;
    std::string source_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::open(const std::string& name, const BusAddress& bus) {
    if (auto ready = crypto::initialise(); !ready) {
        return std::move(ready).error();
    }
    const auto secret = bus::load_local_key(bus.data);
    if (!secret) {
        return secret.error();
    }
    std::unique_ptr<Service> service(new Service);
    service->address_ = bus.host_and_port;
    service->source_ = "urn:stormglass:local:" + name;
    service->keys_.hold_local(secret.value());
    bus::SessionOptions options;
    options.source = service->source_;
    options.key_id = crypto::local_key_id(service->source_);
    options.broker = bus::kBrokerNode;
    options.bus_id = std::string(kBusId);
    service->session_ =
        &service->node_.add(std::make_unique<bus::Session>(options, service->keys_));
    return service;
}

void Service::request(const std::string& body, std::function<void(Bytes)> on_reply) {
    host_.request(bus::kClientNode, as_bytes(body), std::move(on_reply));
}

int Service::run() {
    if (auto added = host_.add(bus::kClientNode, node_, {}); !added) {
        std::fprintf(stderr, "%s\n", added.error().text.c_str());
        return 70;
    }
    asio::DialOptions dial;
    dial.node = bus::kClientNode;
    dial.peer = bus::kBrokerNode;
    dial.addresses = {address_};
    dial.auth = std::make_shared<LocalAuth>(keys_, source_);
    host_.dial(std::move(dial));
    host_.stop_on_signals();
    host_.run();
    return 0;
}

}  // namespace stormglass::examples
