// `serve`: a bus on the real machine, until a signal ends it.
#include <csignal>
#include <cstdio>
#include <fstream>

#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/verbs.hpp"

#include <unistd.h>

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kDefaultAddress = "127.0.0.1:7400";
constexpr Duration kStopLook = milliseconds(50);

bool is_loopback(const std::string& host) {
    return host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// Says, once each time, when the bus begins to serve and when it stops to.
class Announcer {
  public:
    Announcer(const Session& session, bus::Server& server) : session_(session), server_(server) {}

    void look() {
        const bus::Broker::State state = server_.broker().state();
        if (state == bus::Broker::State::serving && !serving_) {
            session_.print(ready_line());
            if (said_ready_) {
                session_.complain("stormglass serve: serving again\n");
            }
            serving_ = true;
            said_ready_ = true;
        } else if (state == bus::Broker::State::halted && last_ != state) {
            serving_ = false;
            session_.complain("stormglass serve: halted, nothing is acknowledged: " +
                              server_.broker().failure().text + "\n");
        }
        last_ = state;
        server_.host().call_after(kStopLook, [this] { look(); });
    }

  private:
    std::string ready_line() const {
        return "stormglass serve: bus '" + server_.options().bus_id + "' ready at stormglass://" +
               server_.addresses().front() + ", data in " + server_.options().data + ", process " +
               std::to_string(getpid()) + "\n";
    }

    const Session& session_;
    bus::Server& server_;
    bus::Broker::State last_ = bus::Broker::State::recovering;
    bool serving_ = false;
    bool said_ready_ = false;
};

}  // namespace

int serve_verb(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    if (asked.data.empty()) {
        session.complain("stormglass serve: say where its files are: --data DIR\n");
        return kExitUsage;
    }
    const std::string listen = asked.listen.empty() ? std::string(kDefaultAddress) : asked.listen;
    const auto endpoint = parse_endpoint(listen.starts_with(':') ? "localhost" + listen : listen);
    if (!endpoint) {
        session.complain("stormglass serve: --listen " + endpoint.error().text + "\n");
        return kExitUsage;
    }
    if (!is_loopback(endpoint->host)) {
        session.complain("stormglass serve: warning: " + printable(listen) +
                         " can be reached from other machines and there is no TLS yet: events are "
                         "signed, but anybody on the way can read them\n");
    }
    bus::ServerOptions options;
    options.data = asked.data;
    options.listen = {listen};
    options.topics = asked.topics;
    options.durability = asked.written ? bus::Durability::written : bus::Durability::synced;
    auto server = bus::Server::open(std::move(options));
    if (!server) {
        session.complain("stormglass serve: " + server.error().text + "\n");
        return exit_code_of(server.error());
    }
    answer_views(**server);
    std::ofstream(address_file(asked.data)) << (*server)->addresses().front() << "\n";
    Announcer announcer(session, **server);
    (*server)->host().stop_on_signals();
    (*server)->host().call_after(milliseconds(1), [&announcer] { announcer.look(); });
    (*server)->run();
    std::remove(address_file(asked.data).c_str());
    session.complain("stormglass serve: ended in good order\n");
    return kExitPassed;
}

}  // namespace stormglass::scenarios
