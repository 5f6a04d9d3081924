// A publisher that keeps its own book: which events the bus has acknowledged, recorded outside it.
// Afterwards the book is held against what the topic holds.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bus/engines/connection.hpp"

namespace stormglass::tests {

/// How much a run tries; `make real` asks for more through the environment.
std::size_t events_of_a_run();
std::size_t rounds();

/// What was wrong with a topic after a run, in numbers and in words.
struct Verdict {
    std::size_t acknowledged = 0;
    std::size_t stored = 0;
    std::size_t lost = 0;        // acknowledged and not there
    std::size_t doubled = 0;     // there more than once
    std::size_t unexpected = 0;  // there and never published
    std::size_t misplaced = 0;   // behind a later one, although none was published anew
    std::size_t refused = 0;     // outcomes that are neither accepted nor to be tried again
    std::string first;           // the first finding

    bool sound() const { return lost + doubled + unexpected + misplaced + refused == 0; }
};

class Load {
  public:
    /// Publishes `count` events to "load" on a thread of its own, many at a time, and tries again
    /// when told that the bus is overloaded or away.
    Load(bus::Connection& bus, std::size_t count);
    ~Load();

    void wait_for_acks(std::size_t count);
    /// Until every event has its outcome.
    void finish();

    std::size_t acks() const;

    /// Holds the book against the topic, read through `reader`.
    Verdict judge(bus::Connection& reader) const;

  private:
    void publish_all();
    void publish(std::size_t number);
    void settle(std::size_t number, const bus::Published& done);

    bus::Connection& bus_;
    std::vector<std::uint8_t> acked_;  // by number
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> again_;
    bool published_anew_ = false;  // then their order is the publisher's own doing
    std::size_t under_way_ = 0;
    std::size_t done_ = 0;
    std::size_t refused_ = 0;
    std::string first_refusal_;
    std::thread thread_;
};

/// A member of a group that counts what it was handed, over whatever breaks.
class Consumer {
  public:
    Consumer(bus::Connection& bus, std::size_t count);

    /// Until each event was handed out at least once.
    void wait_for_all();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::uint8_t> seen_;
    std::size_t different_ = 0;
};

}  // namespace stormglass::tests
