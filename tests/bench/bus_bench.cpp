// The embedded bus in process, on real files: synced and pipelined publishing of 200-byte events
// against the raw disk of the same run, appending and syncing one event at a time. Host, broker and
// session as `connect("file:...")` puts them together, without the copies that its callers' threads
// need. Run in the directory whose disk is meant.
#include <ctime>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/asio/host.hpp"
#include "runtime/crypto/key_ring.hpp"
#include "runtime/stand_in_signing.hpp"
#include "tests/bench/clock.hpp"
#include "tests/bench/rows.hpp"

namespace stormglass::bench {
namespace {

constexpr std::size_t kPayload = 200;

/// Times the rate at which the raw disk syncs one event after the other.
struct Marks {
    double bar = 0;
    double aim = 0;
};

constexpr Marks kPipelined{8, 0};
constexpr Marks kOneByOne{0.8, 0.9};
constexpr double kSeconds = 2.0;
constexpr NodeId kBroker{1};
constexpr NodeId kClient{2};
constexpr std::string_view kSource = "urn:agent:bench";

// Publishes as fast as the session lets it, and counts what was acknowledged.
class Publisher final : public bus::Listener {
  public:
    void on_ready(std::uint32_t, Moment, Effects&) override { ready = true; }

    void on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out) override {
        CHECK(outcome.accepted);
        acknowledged += outcome.positions.size();
        if (go_on) {
            go_on(now, out);
        }
    }

    void on_delivery(const bus::Delivery&, Moment, Effects&) override {}

    void on_records(bus::ReadId, std::span<const bus::Record>, bool, Moment, Effects&) override {}

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

    bool ready = false;
    std::uint64_t acknowledged = 0;
    std::function<void(Moment, Effects&)> go_on;
};

struct Measured {
    double events_per_second = 0;
    double cpu_us_per_event = 0;
};

bus::BrokerOptions broker_options(const std::string& key) {
    bus::BrokerOptions options;
    options.bus_id = "bench";
    options.topics = {"orders"};
    options.sources = {{std::string(kSource), key, kClient}};
    return options;
}

bus::Batch batch_of(std::size_t events, std::string_view payload) {
    static const std::vector<std::string> keys = {"a", "b", "c", "d", "e", "f", "g", "h"};
    bus::Batch batch;
    for (std::size_t n = 0; n < events; ++n) {
        bus::Publication publication;
        publication.topic = "orders";
        publication.type = "orders.order-placed.v1";
        publication.partition_key = keys[n % keys.size()];
        publication.payload = as_bytes(payload);
        batch.publications.push_back(publication);
    }
    return batch;
}

Measured publish(Signing& signing,
                 const std::string& key,
                 std::size_t events_per_batch,
                 std::size_t outstanding) {
    const TempDir dir;
    bus::Broker broker(broker_options(key), signing);
    bus::SessionOptions options;
    options.source = kSource;
    options.key_id = key;
    options.broker = kBroker;
    options.bus_id = "bench";
    options.outstanding_max = outstanding;
    Publisher publisher;
    Assembly client;
    bus::Session& session = client.add(std::make_unique<bus::Session>(options, signing));
    session.listen(publisher);
    asio::HostOptions with;
    with.storage = asio::StorageMode::on_loop;
    asio::Host host(with);
    CHECK(host.add(kBroker, broker, {dir.path(), {}}).ok());
    CHECK(host.add(kClient, client).ok());
    CHECK(host.run_until([&] { return publisher.ready; }, seconds(20)));

    const std::string payload(kPayload, 'p');
    const bus::Batch batch = batch_of(events_per_batch, payload);
    bool over = false;
    publisher.go_on = [&](Moment now, Effects& out) {
        while (!over && session.outstanding() < outstanding &&
               session.publish(batch, bus::Durability::synced, now, out).ok()) {
        }
    };
    const std::clock_t cpu = std::clock();
    const Instant from = clock_now();
    host.step(kClient, publisher.go_on);
    host.run_until([&] { return over = seconds_since(from) >= kSeconds; }, seconds(60));
    const double spent = seconds_since(from);
    CHECK(broker.state() == bus::Broker::State::serving);
    const auto events = static_cast<double>(publisher.acknowledged);
    Measured measured;
    measured.events_per_second = events / spent;
    measured.cpu_us_per_event =
        static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC * 1e6 / events;
    return measured;
}

void report(Rows& rows, std::string name, const Measured& measured, double raw, Marks marks = {}) {
    Row rate;
    rate.name = "in process, synced, " + std::move(name);
    rate.value = measured.events_per_second;
    rate.unit = "events/s";
    rate.peers = {{"raw disk", raw}};
    rate.bar = marks.bar;
    rate.aim = marks.aim;
    Row cost;
    cost.name = rate.name + ", cpu";
    cost.value = measured.cpu_us_per_event;
    cost.unit = "us/event";
    cost.better = Better::less;
    rows.add(std::move(rate));
    rows.add(std::move(cost));
}

int main_of_bench(std::string_view file) {
    CHECK(crypto::initialise().ok());
    StandInSigning stand_in({"bench-key"});
    crypto::KeyRing local;
    local.hold_local(crypto::fresh_secret());
    crypto::KeyRing pairs;
    pairs.pairs().hold("bench-key", crypto::key_pair_from(crypto::fresh_secret()));
    const std::string local_key = crypto::local_key_id(kSource);

    // Raw before and after, since the disk is shared.
    const double before = raw_synced_writes(256, kSeconds / 2);
    const Measured one = publish(local, local_key, 1, 1);
    const double raw = (before + raw_synced_writes(256, kSeconds / 2)) / 2;
    Rows rows;
    report(rows, "one by one", one, raw, kOneByOne);
    report(rows, "one by one, stand-in signatures", publish(stand_in, "bench-key", 1, 1), raw);
    report(rows, "one by one, Ed25519", publish(pairs, "bench-key", 1, 1), raw);
    report(rows, "1,024 batches of 1", publish(local, local_key, 1, 1'024), raw);
    report(rows, "256 batches of 16", publish(local, local_key, 16, 256), raw, kPipelined);
    report(rows,
           "256 batches of 16, stand-in signatures",
           publish(stand_in, "bench-key", 16, 256),
           raw);
    report(rows, "256 batches of 16, Ed25519", publish(pairs, "bench-key", 16, 256), raw);
    rows.write(file);
    return rows.good() ? 0 : 1;
}

}  // namespace
}  // namespace stormglass::bench

int main(int argc, char** argv) {
    return stormglass::bench::main_of_bench(argc > 1 ? argv[1] : "");
}
