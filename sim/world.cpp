// World is a front: every call goes to the host behind it.
#include "sim/world.hpp"

#include <algorithm>

#include "sim/detail/host.hpp"

namespace stormglass::sim {

std::string_view name_of(RunEnd end) {
    switch (end) {
        case RunEnd::reached:
            return "reached";
        case RunEnd::event_budget:
            return "event_budget";
        case RunEnd::time_budget:
            return "time_budget";
        case RunEnd::stalled:
            return "stalled";
        case RunEnd::stopped:
            return "stopped";
    }
    CHECK(false);
}

std::string_view name_of(FaultEvent event) {
    switch (event) {
        case FaultEvent::armed:
            return "armed";
        case FaultEvent::fired:
            return "fired";
        case FaultEvent::took_effect:
            return "took_effect";
        case FaultEvent::ended:
            return "ended";
    }
    CHECK(false);
}

World::World(const WorldOptions& options) : host_(std::make_unique<detail::Host>(options)) {}

World::~World() = default;

NodeId World::add_process(ProcessOptions options, Factory factory) {
    return host_->add_process(std::move(options), std::move(factory));
}

void World::set_link(NodeId from, NodeId to, LinkOptions link) {
    host_->set_link(from, to, link);
}

void World::set_schedule(Schedule schedule, std::vector<std::size_t> mask) {
    host_->set_schedule(std::move(schedule), std::move(mask));
}

void World::keep(const Reduction& kept) {
    host_->injector.keep(kept);
}

void World::recall(std::vector<Recall> subjects) {
    host_->injector.recall(std::move(subjects));
}

void World::set_adapter(std::shared_ptr<FrameAdapter> adapter) {
    host_->adapter = std::move(adapter);
}

void World::set_role_oracle(RoleOracle oracle) {
    host_->oracle = std::move(oracle);
}

void World::add_observer(Observer& observer) {
    host_->observers.push_back(&observer);
}

MonotonicTime World::now() const {
    return host_->now();
}

RunEnd World::run_until(MonotonicTime time) {
    return host_->run_until(time);
}

void World::stop() {
    host_->kernel().stop();
}

std::string World::end_text() const {
    return host_->end_text();
}

std::uint64_t World::events_done() const {
    return host_->kernel().events_done();
}

std::size_t World::outstanding() const {
    return host_->outstanding();
}

void World::at(MonotonicTime time, std::function<void()> action) {
    host_->at(time, std::move(action));
}

RequestId World::request(NodeId to, Bytes body, ReplyCallback callback) {
    return host_->request(to, body, std::move(callback));
}

std::uint64_t World::draw(Site site, Subject about) const {
    return keyed_draw(host_->options.seed, site.hash, about);
}

void World::start(NodeId node) {
    host_->start(host_->process(node));
}

void World::crash(NodeId node) {
    host_->crash(host_->process(node));
}

void World::heal() {
    host_->heal();
}

void World::step_wall_clock(NodeId node, Duration by) {
    host_->process(node).wall_offset += by.ns;
}

Node* World::node(NodeId id) const {
    return host_->process(id).node.get();
}

std::uint32_t World::life(NodeId id) const {
    return host_->process(id).life;
}

NodeId World::find(std::string_view name) const {
    const auto found = std::find(host_->names.begin() + 1, host_->names.end(), name);
    if (found == host_->names.end()) {
        return {};
    }
    return {static_cast<std::uint32_t>(found - host_->names.begin())};
}

std::string_view World::name(NodeId id) const {
    CHECK(id.value < host_->names.size());
    return host_->names[id.value];
}

std::span<const std::string> World::names() const {
    return host_->names;
}

Moment World::moment(NodeId id) const {
    return host_->moment(host_->process(id));
}

std::optional<std::uint64_t> World::file_size(NodeId id, std::string_view file) const {
    return host_->process(id).disk->size_of(file);
}

ByteBuffer World::file_bytes(NodeId id, std::string_view file) const {
    return host_->process(id).disk->bytes_of(file);
}

std::span<const FaultCounters> World::fault_counters() const {
    return host_->injector.counters();
}

std::span<const std::uint32_t> World::fault_decisions() const {
    return host_->injector.decisions();
}

const Schedule& World::schedule() const {
    return host_->injector.schedule();
}

NodeId World::adversary() const {
    return host_->adversary;
}

std::optional<FaultVisit> World::visit(std::string_view custom_kind, NodeId node, Subject about) {
    return host_->visit(custom_kind, node, about);
}

void World::took_effect(std::size_t fault) {
    host_->injector.took_effect(fault);
}

const Trace& World::trace() const {
    return host_->trace;
}

std::uint64_t World::seed() const {
    return host_->options.seed;
}

}  // namespace stormglass::sim
