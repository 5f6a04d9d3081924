// Reaching a running bus: from what the user said to a connection, with the key that fits; and what
// a server answers when it is asked about itself.
#pragma once

#include <chrono>
#include <string>

#include "bus/engines/connection.hpp"
#include "bus/engines/server.hpp"
#include "scenarios/operate/bus_view.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

/// Between looks at whether the user wants to stop.
constexpr std::chrono::milliseconds kLook{50};

/// Where a server that runs says how it is reached: DATA/.address, for tools on its machine.
std::string address_file(const std::string& data);

/// `file:DIR` is opened here, or reached through its server when one has it.
Result<bus::ConnectionPtr> reach(const Session& session);

/// The same with a URL given.
Result<bus::ConnectionPtr> reach(const Session& session, const BusUrl& url);

/// Teaches a server to answer what `BusView` wants to know.
void answer_views(bus::Server& server);

/// A running bus as a view.
std::unique_ptr<BusView> remote_view(bus::ConnectionPtr connection);

/// The URL that the user gave, or the one that follows from the data folder.
Result<BusUrl> bus_url(const Session& session);

/// The exit code for an error of a bus.
int exit_code_of(const Error& error);

}  // namespace stormglass::scenarios
