// The embedded bus in process, on real files: synced and pipelined publishing of 200-byte events
// against the raw disk of the same run, appending and syncing one event at a time. Signatures are
// the stand-in's; what Ed25519 adds is measured where it is implemented. Run in the directory whose
// disk is meant.
#include <cstdio>
#include <ctime>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/stand_in_signing.hpp"
#include "tests/bench/file_host.hpp"

namespace stormglass::bench {
namespace {

constexpr std::size_t kPayload = 200;
constexpr double kBar = 8.0;  // times the raw rate
constexpr double kSeconds = 2.0;
constexpr NodeId kBroker{1};
constexpr NodeId kClient{2};

/// Preallocated appends of one event, each synced: events a second.
double raw_one_by_one() {
    const TempDir dir;
    Files files(dir.path());
    const int fd = files.create("raw", 64 << 20);
    const std::vector<char> event(256, 'x');
    CHECK(::fdatasync(fd) == 0);
    std::size_t count = 0;
    const auto from = clock_now();
    double spent = 0;
    while (spent < kSeconds / 2 && (count + 1) * event.size() < (64 << 20)) {
        const auto at = static_cast<off_t>(count * event.size());
        CHECK(::pwrite(fd, event.data(), event.size(), at) == static_cast<ssize_t>(event.size()));
        CHECK(::fdatasync(fd) == 0);
        ++count;
        spent = seconds_since(from);
    }
    return static_cast<double>(count) / spent;
}

// Publishes as fast as the session lets it, and counts what was acknowledged.
class Publisher final : public bus::Listener {
  public:
    void on_ready(std::uint32_t, Moment, Effects&) override { ready = true; }

    void on_outcome(const bus::BatchOutcome& outcome, Moment, Effects&) override {
        CHECK(outcome.accepted);
        acknowledged += outcome.positions.size();
    }

    void on_delivery(const bus::Delivery&, Moment, Effects&) override {}

    void on_records(bus::ReadId, std::span<const bus::Record>, bool, Moment, Effects&) override {}

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

    bool ready = false;
    std::uint64_t acknowledged = 0;
};

struct Measured {
    double events_per_second = 0;
    double syncs_per_second = 0;
    double cpu_us_per_event = 0;
};

bus::BrokerOptions broker_options() {
    bus::BrokerOptions options;
    options.bus_id = "bench";
    options.topics = {"orders"};
    options.sources = {{"urn:agent:bench", "bench-key", kClient}};
    return options;
}

Measured publish(std::size_t events_per_batch, std::size_t outstanding) {
    const TempDir dir;
    StandInSigning signing({"bench-key"});
    bus::Broker broker(broker_options(), signing);
    bus::SessionOptions options;
    options.source = "urn:agent:bench";
    options.key_id = "bench-key";
    options.broker = kBroker;
    options.bus_id = "bench";
    options.outstanding_max = outstanding;
    Publisher publisher;
    Assembly client;
    bus::Session& session = client.add(std::make_unique<bus::Session>(options, signing));
    session.listen(publisher);
    FileHost host(dir.path());
    host.add(kBroker, broker);
    while (host.turn()) {
    }
    host.add(kClient, client);
    while (!publisher.ready) {
        host.turn();
        host.fire_timers();
    }

    const std::string payload(kPayload, 'p');
    const std::vector<std::string> keys = {"a", "b", "c", "d", "e", "f", "g", "h"};
    bus::Batch batch;
    for (std::size_t n = 0; n < events_per_batch; ++n) {
        bus::Publication publication;
        publication.topic = "orders";
        publication.type = "orders.order-placed.v1";
        publication.partition_key = keys[n % keys.size()];
        publication.payload = as_bytes(payload);
        batch.publications.push_back(publication);
    }
    const std::uint64_t syncs = host.syncs();
    const std::clock_t cpu = std::clock();
    const auto from = clock_now();
    double spent = 0;
    while (spent < kSeconds) {
        host.step(kClient, [&](Moment now, Effects& out) {
            while (session.outstanding() < outstanding &&
                   session.publish(batch, bus::Durability::synced, now, out).ok()) {
            }
        });
        host.turn();
        host.fire_timers();
        spent = seconds_since(from);
    }
    CHECK(broker.state() == bus::Broker::State::serving);
    const auto events = static_cast<double>(publisher.acknowledged);
    Measured measured;
    measured.events_per_second = events / spent;
    measured.syncs_per_second = static_cast<double>(host.syncs() - syncs) / spent;
    measured.cpu_us_per_event =
        static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC * 1e6 / events;
    return measured;
}

void row(const char* name, const Measured& measured, double raw) {
    std::printf("%-44s %10.0f events/s %7.0f syncs/s %6.2f us cpu/event %6.1f x raw\n",
                name,
                measured.events_per_second,
                measured.syncs_per_second,
                measured.cpu_us_per_event,
                measured.events_per_second / raw);
}

int main_of_bench() {
    const double raw = raw_one_by_one();
    std::printf("%-44s %10.0f events/s\n", "raw disk, 256 B + fdatasync, one by one", raw);
    row("bus, synced, one by one", publish(1, 1), raw);
    row("bus, synced, pipelined, 1 event a batch", publish(1, 1'024), raw);
    const Measured pipelined = publish(16, 256);
    row("bus, synced, pipelined, 16 events a batch", pipelined, raw);
    const double ratio = pipelined.events_per_second / raw;
    std::printf("bar: >= %.0f x raw: %s (%.1f), signing: stand-in\n",
                kBar,
                ratio >= kBar ? "met" : "MISSED",
                ratio);
    return ratio >= kBar ? 0 : 1;
}

}  // namespace
}  // namespace stormglass::bench

int main() {
    return stormglass::bench::main_of_bench();
}
