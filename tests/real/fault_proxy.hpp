// A proxy between a client and a server that does what networks do: delays, cuts, resets, swallows.
// It listens on loopback at a free port and runs on a thread of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace stormglass::tests {

class FaultProxy {
  public:
    /// Passes everything on to "HOST:PORT".
    explicit FaultProxy(const std::string& upstream);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    const std::string& address() const { return address_; }

    // Each takes effect before it returns.
    void delay(std::chrono::milliseconds by);  // of each piece, both ways
    void black_hole();  // nothing passes, nothing is closed, new connections are taken
    void heal();        // connections that were swallowed are reset, as middleboxes do
    void cut();         // closes what is open, orderly
    void reset();       // closes what is open with RST

    /// Connections taken so far, and pieces of traffic that a fault held up.
    std::size_t connections() const;
    std::size_t held_up() const;

    struct Impl;

  private:
    std::string address_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stormglass::tests
