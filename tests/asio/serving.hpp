// A bus server on a thread of its own, at a port that stays the same over its lives.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "bus/engines/server.hpp"
#include "runtime/check.hpp"

namespace stormglass::tests {

class Serving {
  public:
    explicit Serving(const std::string& data, bus::ServerOptions options = {})
        : options_(std::move(options)) {
        options_.data = data;
        options_.listen = {"127.0.0.1:0"};
        options_.segment_bytes = 1 << 20;
        options_.timeouts.visibility = milliseconds(500);
        start();
    }

    ~Serving() { stop(); }

    void start() {
        auto server = bus::Server::open(options_);
        CHECK(server.ok());
        server_ = std::move(server).value();
        options_.listen = server_->addresses();
        thread_ = std::thread([this] { server_->run(); });
    }

    void stop() {
        if (server_ != nullptr) {
            server_->host().stop();
            thread_.join();
            server_.reset();
        }
    }

    std::string url() const { return "stormglass://" + options_.listen[0]; }

    bus::Server& server() { return *server_; }

  private:
    bus::ServerOptions options_;
    std::unique_ptr<bus::Server> server_;
    std::thread thread_;
};

}  // namespace stormglass::tests
