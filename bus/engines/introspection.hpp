// What a running broker tells of itself, as JSON: its own view, never another's word.
#pragma once

#include <string>
#include <string_view>

#include "bus/broker.hpp"
#include "runtime/asio/host.hpp"

namespace stormglass::bus {

/// Bus, state, links, topics and groups.
std::string describe_status(const Broker& broker,
                            std::string_view bus_id,
                            const asio::LinkCounts& links);

/// [{"topic", "length"}]
std::string describe_topics(const Machine& machine);

/// [{"group", "topic", "settled_below", "lag", "dead"}]
std::string describe_groups(const Machine& machine);

}  // namespace stormglass::bus
