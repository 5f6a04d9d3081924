// What the loopback bench asks of each bus: the same work through each one's own client.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "tests/bench/clock.hpp"

namespace stormglass::bench {

enum class Safety : std::uint8_t { written, synced };

constexpr std::size_t kPayloadBytes = 200;

/// Events that may be unacknowledged at a time, and of these how many go together, where a bus
/// knows such a thing.
struct Window {
    std::size_t events = 1;
    std::size_t per_batch = 1;
};

class Contender {
  public:
    virtual ~Contender() = default;

    virtual std::string name() const = 0;

    /// Publishes for about so long; returns events that were acknowledged.
    virtual std::size_t publish(Window window, double for_seconds) = 0;

    /// Publishes at a rate while a consumer of a group takes and settles: from when an event was
    /// due to be sent until its consumer has it.
    virtual Latencies end_to_end(double per_second, double for_seconds) = 0;

    /// Stores that many events, then has one consumer take and settle them: events a second.
    virtual double consume(std::size_t events) = 0;

    /// Processor time of the server so far, in seconds.
    virtual double server_cpu() const = 0;
};

std::unique_ptr<Contender> start_redis(Safety safety);
/// JetStream, a stream of one replica in files. It has no way to sync each acknowledged event.
std::unique_ptr<Contender> start_nats();
/// `self`: this program, which is its own server when called with "--serve".
std::unique_ptr<Contender> start_stormglass(Safety safety, const std::string& self);

/// The server's half: serves until SIGTERM.
int serve_stormglass(const std::string& data, const std::string& port, Safety safety);

/// Calls `send` when each event is due, on this thread, and `idle` in between; nanoseconds of the
/// steady clock.
template <class Send, class Idle>
void pace(double per_second, double for_seconds, Send send, Idle idle) {
    const auto gap = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / per_second));
    const Instant from = clock_now();
    const auto count = static_cast<std::int64_t>(per_second * for_seconds);
    for (std::int64_t n = 0; n < count; ++n) {
        const Instant due = from + gap * n;
        while (clock_now() < due) {
            idle();
            const auto left = due - clock_now();
            if (left > std::chrono::microseconds(80)) {
                const auto nap = left - std::chrono::microseconds(60);
                const timespec wait{0, std::chrono::nanoseconds(nap).count()};
                ::nanosleep(&wait, nullptr);
            }
        }
        send(due.time_since_epoch().count());
    }
}

/// Keeps a window of events under way, for about so long. `send` adds one, `take` waits for one
/// acknowledgement. Refills by halves: sending each as one falls out would be a write call each.
template <class Send, class Take>
std::size_t keep_under_way(std::size_t window, double for_seconds, Send send, Take take) {
    std::size_t sent = 0;
    std::size_t done = 0;
    const Instant from = clock_now();
    while (seconds_since(from) < for_seconds) {
        for (; sent < done + window; ++sent) {
            send();
        }
        for (std::size_t n = 0; n < (window + 1) / 2; ++n, ++done) {
            take();
        }
    }
    for (; done < sent; ++done) {
        take();
    }
    return done;
}

inline std::string stamped_payload(std::int64_t ns) {
    std::string payload = std::to_string(ns) + " ";
    payload.resize(kPayloadBytes, 'p');
    return payload;
}

inline double us_since_stamp(const std::string& payload) {
    const std::int64_t now = clock_now().time_since_epoch().count();
    return static_cast<double>(now - std::stoll(payload)) / 1e3;
}

}  // namespace stormglass::bench
