// How a broker is set up. Everything that decides over stored events is copied into the journal
// when it is first used, so that another configuration later cannot change the past.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "runtime/ids.hpp"

namespace stormglass::bus {

/// A producer or consumer that may connect: who it is, which key is its own, and which link the
/// host authenticates as it. One node holds one source.
struct SourceOptions {
    std::string source;
    std::string key_id;
    NodeId node;
};

struct BrokerLimits {
    std::size_t in_flight_bytes_max = 16 << 20;  // more answers `overloaded`
    std::size_t cache_bytes = 8 << 20;           // of the newest entries
    std::size_t read_bytes_max = 256 << 10;      // one piece of a read
    std::size_t reads_waiting_max = 256;
    std::size_t window_max = 16'384;            // events under way, a group
    std::uint32_t parked_per_key_max = 10'000;  // more pause the group
    std::uint32_t attempts_max = 8;             // then a dead letter
    std::size_t topics_max = 10'000;            // opened by use, beside those declared
};

struct BrokerTimeouts {
    Duration visibility = seconds(2);      // a delivery without an answer is tried again
    Duration member_silence = seconds(1);  // then its memberships lapse
    Duration retry_base = milliseconds(100);
    Duration retry_cap = seconds(30);
    Duration gap = seconds(5);               // a missing sequence is reported
    Duration lazy_flush = milliseconds(20);  // entries that ride along wait no longer than this
    Duration background_sync = milliseconds(200);  // of `Durability::written`: at least so often
    Duration ahead_max = minutes(5);               // how far in the future an event's `time` may be
};

/// What becomes of a topic that nobody declared, when a source first publishes or subscribes to it.
enum class UnknownTopic : std::uint8_t {
    refused,
    opened,  // if its name is [A-Za-z0-9._-]+ and there are fewer than `BrokerLimits::topics_max`
};

struct BrokerOptions {
    std::string bus_id;
    std::vector<std::string> topics;
    UnknownTopic unknown_topic = UnknownTopic::refused;
    std::vector<SourceOptions> sources;
    Durability durability = Durability::synced;  // the strongest that a batch may ask for
    std::uint64_t segment_bytes = 64 << 20;
    BrokerLimits limits;
    BrokerTimeouts timeouts;
};

}  // namespace stormglass::bus
