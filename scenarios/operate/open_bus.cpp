// From what the user said to a bus that can be looked at.
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {

Result<std::unique_ptr<BusView>> view_of(const Session& session) {
    auto url = bus_url(session);
    if (!url) {
        return std::move(url).error();
    }
    if (url->kind == BusUrl::Kind::file) {
        return open_bus_files(url->path);
    }
    auto connection = reach(session, *url);
    if (!connection) {
        return std::move(connection).error();
    }
    return remote_view(std::move(connection).value());
}

int complain(const Session& session, const Error& error) {
    session.complain(session.program() + ": " + error.text + "\n");
    return exit_code_of(error);
}

}  // namespace stormglass::scenarios
