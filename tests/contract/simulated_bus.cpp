#include "tests/contract/simulated_bus.hpp"

#include <array>

#include "runtime/check.hpp"

namespace stormglass::tests {
namespace {

constexpr NodeId kBroker{1};
constexpr std::size_t kClientsMax = 5;
constexpr Duration kGlance = milliseconds(1);  // how often `run_until` looks

// Noted to arm the partition of one client.
constexpr std::array<Site, kClientsMax> kCutMarks = {
    "test.cut-0", "test.cut-1", "test.cut-2", "test.cut-3", "test.cut-4"};

sim::WorldOptions world_options(std::uint64_t seed, Weather weather) {
    sim::WorldOptions options;
    options.seed = seed;
    options.monotonic_base_max = {};  // tests compare the clients' clocks with the host's
    if (weather == Weather::stormy) {
        // Slow, so that a crash often meets what is written and not yet synced.
        options.disk.write = sim::Distribution::uniform(microseconds(20), milliseconds(1));
        options.disk.sync = sim::Distribution::uniform(microseconds(80), milliseconds(10));
    }
    return options;
}

std::string name_of(std::uint32_t client) {
    return "client-" + std::to_string(client);
}

sim::Fault on_every_link(sim::FaultKind kind, std::int64_t ppm) {
    sim::Fault fault;
    fault.kind = kind;
    fault.set("probability", ppm);
    return fault;
}

}  // namespace

/// Does in a step of the node what the test asks for.
class SimulatedBus::Hands final : public Component {
  public:
    explicit Hands(SimulatedBus& bus) : bus_(&bus) {}

    Handled on_request(RequestId id, const Request&, Moment now, Effects& out) override {
        CHECK(bus_->task_ != nullptr);
        (*bus_->task_)(now, out);
        out.reply(id, {});
        return Handled::yes;
    }

  private:
    SimulatedBus* bus_;
};

SimulatedBus::SimulatedBus(std::uint32_t clients, std::uint64_t seed, Weather weather)
    : BusFixture(clients),
      weather_(weather),
      world_(world_options(seed, weather)) {
    CHECK(clients <= kClientsMax);
    for (std::uint32_t n = 0; n < clients; ++n) {
        options.sources.push_back({source_of(n), key_of(n), node_of(n)});
    }
}

sim::Schedule SimulatedBus::schedule() const {
    using enum sim::FaultKind;
    sim::Schedule faults;
    if (weather_ == Weather::stormy) {
        faults.push_back(on_every_link(loss, 50'000));
        faults.push_back(
            on_every_link(duplicate, 50'000).set("lag", sim::Range{0, milliseconds(300).ns}));
        faults.push_back(on_every_link(reorder, 50'000).set("displacement", sim::Range{1, 8}));
        faults.push_back(on_every_link(delay, 100'000)
                             .set("mean", milliseconds(5).ns)
                             .set("distribution", "exponential"));
    }
    sim::Fault unsynced;
    unsynced.kind = lose_unsynced;
    unsynced.target.node = "broker";
    faults.push_back(unsynced.set("mode", "subset"));
    sim::Fault torn;
    torn.kind = torn_write;
    torn.target.node = "broker";
    faults.push_back(torn);
    for (std::uint32_t n = 0; n < apps.size(); ++n) {
        sim::Fault cut;
        cut.kind = partition_complete;
        cut.target.side_a = {"broker"};
        cut.target.side_b = {name_of(n)};
        cut.when.reached = kCutMarks[n].name;
        cut.when.duration = sim::exactly(kCut.ns);
        faults.push_back(cut);
    }
    CHECK(sim::validate(faults).ok());
    return faults;
}

void SimulatedBus::begin() {
    sim::ProcessOptions process;
    process.name = "broker";
    world_.add_process(process,
                       [this] { return std::make_unique<bus::Broker>(options, signing, *rules); });
    for (std::uint32_t n = 0; n < apps.size(); ++n) {
        process.name = name_of(n);
        world_.add_process(process, [this, n] { return make_client(n, kBroker); });
    }
    world_.set_schedule(schedule());
    world_.add_observer(*this);
    CHECK(run_until([&] { return ready(); }));
}

Moment SimulatedBus::now() const {
    return {world_.now(), world_.moment(kBroker).wall};
}

void SimulatedBus::run_for(Duration span) {
    CHECK(world_.run_for(span) == sim::RunEnd::reached);
}

bool SimulatedBus::run_until(const std::function<bool()>& done, Duration span) {
    const MonotonicTime end = world_.now() + span;
    while (!done()) {
        if (world_.now() >= end) {
            return false;
        }
        run_for(kGlance);
    }
    return true;
}

void SimulatedBus::step_client(std::uint32_t n, const std::function<void(Moment, Effects&)>& what) {
    CHECK(client_alive(n) && task_ == nullptr);
    task_ = &what;
    bool done = false;
    world_.request(node_of(n), {}, [&](const sim::Reply& reply) {
        CHECK(reply.status == sim::ReplyStatus::answered);
        done = true;
        world_.stop();
    });
    const sim::RunEnd end = world_.run_for(seconds(1));
    CHECK(done && end == sim::RunEnd::stopped);
    task_ = nullptr;
}

bool SimulatedBus::client_alive(std::uint32_t n) const {
    return world_.node(node_of(n)) != nullptr;
}

void SimulatedBus::kill_client(std::uint32_t n) {
    world_.crash(node_of(n));
}

void SimulatedBus::restart_client(std::uint32_t n) {
    world_.start(node_of(n));
}

bool SimulatedBus::broker_alive() const {
    return world_.node(kBroker) != nullptr;
}

/// Here a process that dies takes the page cache with it: the armed faults of the disk act.
void SimulatedBus::kill_broker() {
    world_.crash(kBroker);
}

void SimulatedBus::cut_power_of_broker() {
    world_.crash(kBroker);
}

void SimulatedBus::restart_broker() {
    world_.start(kBroker);
}

void SimulatedBus::calm() {
    world_.heal();
    weather_ = Weather::calm;
}

void SimulatedBus::cut_off(std::uint32_t n) {
    step_client(n, [n](Moment, Effects& out) { out.note(kCutMarks[n], {}); });
}

void SimulatedBus::inspect(const std::function<void(bus::Broker&)>& look) {
    CHECK(broker_alive());
    look(static_cast<bus::Broker&>(*world_.node(kBroker)));
}

void SimulatedBus::on_note(NodeId node, std::uint32_t, MonotonicTime, const Note& note) {
    notes_.push_back(kept(node, note));
}

void SimulatedBus::on_cover(NodeId, std::uint32_t, MonotonicTime, Site mark) {
    marks_.insert(std::string(mark.name));
}

void SimulatedBus::add_parts(std::uint32_t, Assembly& node) {
    node.add(std::make_unique<Hands>(*this));
}

}  // namespace stormglass::tests
