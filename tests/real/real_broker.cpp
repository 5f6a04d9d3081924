// A broker as a process of its own, to be killed: `real_broker DATA ADDRESS BUS_ID [unsound]`.
// Prints "ready ADDRESS PID" once it listens. `unsound`: it acknowledges before it has synced.
#include <cstdio>
#include <string_view>

#include "bus/engines/server.hpp"
#include "tests/defects/defects.hpp"

#include <unistd.h>

int main(int argc, char** argv) {
    using namespace stormglass;  // NOLINT: a program, not a header
    if (argc < 4) {
        std::fputs("usage: real_broker DATA ADDRESS BUS_ID [unsound]\n", stderr);
        return 64;
    }
    bus::ServerOptions options;
    options.data = argv[1];
    options.listen = {argv[2]};
    options.bus_id = argv[3];
    options.segment_bytes = 4 << 20;  // several segments in a run
    if (argc > 4 && std::string_view(argv[4]) == "unsound") {
        options.rules = &tests::ack_before_persist();
    }
    auto server = bus::Server::open(std::move(options));
    if (!server.ok()) {
        std::fprintf(stderr, "real_broker: %s\n", server.error().text.c_str());
        return 1;
    }
    (*server)->host().stop_on_signals();
    std::printf("ready %s %d\n", (*server)->addresses()[0].c_str(), static_cast<int>(getpid()));
    std::fflush(stdout);
    (*server)->run();
    return 0;
}
