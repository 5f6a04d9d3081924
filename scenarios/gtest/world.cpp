#include "scenarios/gtest/world.hpp"

#include <algorithm>

#include "bus/broker.hpp"
#include "bus/rules.hpp"
#include "runtime/check.hpp"
#include "runtime/stand_in_signing.hpp"
#include "scenarios/faults/frames.hpp"

namespace stormglass::trial {
namespace {

constexpr std::string_view kBroker = "broker";
constexpr std::string_view kBusId = "test-bus";
constexpr std::uint64_t kSegmentBytes = 4 << 20;  // a run writes less

std::string source_of(const std::string& service) {
    return "stormglass://test/" + service;
}

std::string key_of(const std::string& service) {
    return "key-" + service;
}

}  // namespace

/// The user's node, and a look at it after each of its steps.
class World::Watched final : public Node {
  public:
    Watched(World& world, Slot& slot) : world_(world), slot_(slot), node_(slot.make(slot)) {}

    ~Watched() override { slot_.live = nullptr; }

    void start(const Recovered& disk, Moment now, Effects& out) override {
        step([&] { node_->start(disk, now, out); });
    }

    void on_message(NodeId from, Bytes frame, Moment now, Effects& out) override {
        step([&] { node_->on_message(from, frame, now, out); });
    }

    void on_timer(TimerId timer, Moment now, Effects& out) override {
        step([&] { node_->on_timer(timer, now, out); });
    }

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override {
        step([&] { node_->on_storage(token, result, now, out); });
    }

    void on_request(RequestId id, const Request& request, Moment now, Effects& out) override {
        step([&] { node_->on_request(id, request, now, out); });
    }

    void on_link(NodeId peer, LinkState state, Moment now, Effects& out) override {
        step([&] { node_->on_link(peer, state, now, out); });
    }

  private:
    template <class Step>
    void step(const Step& take) {
        world_.stepping_ = &slot_;
        {
            const AssertionScope listening(world_);
            take();
        }
        world_.stepping_ = nullptr;
        world_.after_step(slot_);
    }

    World& world_;
    Slot& slot_;
    std::unique_ptr<Node> node_;
};

World::World(sim::WorldOptions options) : world_(std::make_unique<sim::World>(options)) {}

World::~World() {
    world_.reset();  // its nodes look at the slots when they go
}

void World::add(std::unique_ptr<Slot> slot) {
    CHECK(find(slot->name) == nullptr);
    Slot* kept = slot.get();
    slots_.push_back(std::move(slot));
    sim::ProcessOptions process;
    process.name = kept->name;
    process.roles = {kept->name};
    kept->id = world_->add_process(std::move(process), [this, kept]() -> std::unique_ptr<Node> {
        return std::make_unique<Watched>(*this, *kept);
    });
}

void World::bus(std::vector<std::string> topics) {
    CHECK(!has_bus_);
    has_bus_ = true;
    topics_ = std::move(topics);
    world_->set_adapter(std::make_shared<scenarios::BusFrames>());
    auto slot = std::make_unique<Slot>();
    slot->name = kBroker;
    slot->type = &typeid(bus::Broker);
    // Called when the world starts: by then every service is known.
    slot->make = [this](Slot& self) -> std::unique_ptr<Node> {
        bus::BrokerOptions options;
        options.bus_id = std::string(kBusId);
        options.topics = topics_;
        options.segment_bytes = kSegmentBytes;
        std::vector<std::string> keys;
        for (const auto& other : slots_) {
            if (other->name != kBroker) {
                options.sources.push_back({source_of(other->name), key_of(other->name), other->id});
                keys.push_back(key_of(other->name));
            }
        }
        if (signing_ == nullptr) {
            signing_ = std::make_unique<StandInSigning>(std::move(keys));
        }
        auto broker = std::make_unique<bus::Broker>(options, *signing_, bus::sound_rules());
        self.live = broker.get();
        return broker;
    };
    add(std::move(slot));
}

std::unique_ptr<bus::Session> World::make_session(const Slot& slot) {
    CHECK(has_bus_);  // the body calls world.bus(...) first
    CHECK(signing_ != nullptr);
    bus::SessionOptions options;
    options.source = source_of(slot.name);
    options.key_id = key_of(slot.name);
    options.broker = find(kBroker)->id;
    options.bus_id = std::string(kBusId);
    return std::make_unique<bus::Session>(options, *signing_);
}

void World::check(std::string name, std::function<bool(const State&)> holds) {
    always_.push_back({std::move(name), std::move(holds)});
}

void World::eventually(std::string name, std::function<bool(const State&)> holds) {
    eventually_.push_back({std::move(name), std::move(holds)});
}

void World::workload(std::function<void(std::uint32_t)> choice) {
    choice_ = std::move(choice);
}

void World::request(std::string_view service, Bytes body, sim::ReplyCallback done) {
    const Slot* slot = find(service);
    CHECK(slot != nullptr);
    world_->request(slot->id, body, std::move(done));
}

void World::request(std::string_view service, std::string_view body, sim::ReplyCallback done) {
    request(service, as_bytes(body), std::move(done));
}

World::Slot* World::find(std::string_view name) const {
    const auto found = std::find_if(
        slots_.begin(), slots_.end(), [name](const auto& slot) { return slot->name == name; });
    return found == slots_.end() ? nullptr : found->get();
}

void World::after_step(const Slot& slot) {
    const State state(*this);
    for (const Rule& rule : always_) {
        if (!rule.holds(state)) {
            violate(rule.name, slot.name);
        }
    }
}

void World::violate(const std::string& name, const std::string& node) {
    if (violated_.empty()) {
        violated_.push_back({name, world_->now(), node});
        world_->stop();
    }
}

bool World::settled() const {
    const State state(*this);
    return std::all_of(eventually_.begin(), eventually_.end(), [&](const Rule& rule) {
        return rule.holds(state);
    });
}

void World::on_reached(std::string_view name) {
    if (std::find(reached_.begin(), reached_.end(), name) == reached_.end()) {
        reached_.emplace_back(name);
    }
}

void World::on_violated(std::string_view name) {
    CHECK(stepping_ != nullptr);
    violate(std::string(name), stepping_->name);
}

MonotonicTime State::now() const {
    return world_.world_->now();
}

}  // namespace stormglass::trial
