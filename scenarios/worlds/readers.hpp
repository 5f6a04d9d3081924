// Who looks at the dashboard: each client, once its order stands, asks to see it, with the token it
// was given; and an operator, who has the read model built anew when a fault says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "sim/world.hpp"

namespace stormglass::scenarios {

constexpr std::string_view kRebuildFault = "rebuild-projection";

/// What one client asked and saw.
struct ClientRead {
    std::string order;
    std::optional<bus::Position> written;  // the token
    std::uint64_t asked_at = 0;            // ns of world time
    std::uint64_t answered_at = 0;         // 0: never
    enum class Answer : std::uint8_t { none, shown, absent, refused } answer = Answer::none;
    bus::Position position = 0;  // of the next event, as answered
};

class Readers {
  public:
    /// The world must outlive the readers, and the readers the world's last run.
    Readers(sim::World& world, NodeId dashboard) : world_(world), dashboard_(dashboard) {}

    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    /// Asks for an order that was confirmed just now.
    void look(const std::string& order, std::optional<bus::Position> written);

    const std::vector<ClientRead>& reads() const { return reads_; }

    /// Looks every so often whether a fault "rebuild-projection" acts; once, before the run.
    void operate(Duration every, MonotonicTime until);

    /// A rebuild that the dashboard has begun.
    struct Begun {
        std::size_t fault = 0;
        std::uint64_t at = 0;
    };

    const std::vector<Begun>& begun() const { return begun_; }

  private:
    void answer(std::size_t read, const sim::Reply& reply);
    void visit(std::uint64_t round);
    void keep_snapshot();

    sim::World& world_;
    NodeId dashboard_;
    std::vector<ClientRead> reads_;
    std::vector<Begun> begun_;
    ByteBuffer snapshot_;  // the last one that the operator was given
};

}  // namespace stormglass::scenarios
