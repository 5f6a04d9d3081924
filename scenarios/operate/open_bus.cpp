// From what the user said to a bus that can be looked at.
#include "scenarios/files/suggest.hpp"
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
    session.complain(session.who() + ": " + error.text + "\n");
    return exit_code_of(error);
}

int no_such(const Session& session,
            std::string_view what,
            const std::string& name,
            const std::vector<std::string>& known) {
    // The verb that was asked is the one that lists them.
    const std::string list = "`" + session.who() + " list` tells which there are";
    session.complain(session.who() + ": there is no " + std::string(what) + " " + in_quotes(name) +
                     did_you_mean_or(name, known, list) + "\n");
    return kExitUsage;
}

}  // namespace stormglass::scenarios
