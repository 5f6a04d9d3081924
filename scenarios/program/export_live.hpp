// The events of a live bus, read topic by topic without a group: nothing is settled, nobody
// notices.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {

struct LiveLog {
    std::deque<ByteBuffer> bytes;  // what the views in `log` look into
    std::vector<LoggedEvent> log;  // by the time that their sources wrote, which nobody verifies
};

/// Reads every topic from its beginning to its head. Fails as `bus::connect` does, or with
/// `export.too-large`.
Result<LiveLog> read_bus(const std::string& url, const std::string& data);

}  // namespace stormglass::scenarios
