// The world of a user's scenario: the user's own nodes in our time, on our network and disks, with
// our bus where it is asked for, under the scenario's faults. The body of a scenario fills it; each
// run gets a new one. Long story: docs/properties.md.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <typeinfo>
#include <utility>
#include <vector>

#include "bus/session.hpp"
#include "runtime/assertions.hpp"
#include "runtime/component.hpp"
#include "runtime/signing.hpp"
#include "sim/world.hpp"

namespace stormglass::trial {

class World;
class Trial;

/// Names a service and its class; what World::service returns.
template <class T>
struct Service {
    std::string name;
};

/// What checks look at: the services as they are after a step.
class State {
  public:
    explicit State(const World& world) : world_(world) {}

    /// Null while the service is down. Requires: it was added with this class.
    template <class T>
    const T* get(std::string_view service) const;

    template <class T>
    const T* get(const Service<T>& service) const {
        return get<T>(service.name);
    }

    MonotonicTime now() const;

  private:
    const World& world_;
};

class World final : private AssertionListener {
  public:
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() override;

    /// A process. T is a Node made of `args`, or a Component and bus::Listener made of a
    /// bus::Session& and `args`: that one gets a session to the bus in its process. The arguments
    /// are copied into each life.
    template <class T, class... Args>
    Service<T> service(std::string name, Args... args);

    /// A broker named "broker" with these topics; each service becomes a source of events.
    void bus(std::vector<std::string> topics);

    /// Must hold after every step of every service. The run ends at the first that does not.
    void check(std::string name, std::function<bool(const State&)> holds);

    /// The same, of one service, while it is up.
    template <class T, class Holds>
    void check(std::string name, Service<T> of, Holds holds) {
        check(std::move(name), [of = std::move(of), holds](const State& state) {
            const T* service = state.get(of);
            return service == nullptr || holds(*service);
        });
    }

    /// Must come true, and stay so, once the faults are over and time has passed.
    void eventually(std::string name, std::function<bool(const State&)> holds);

    /// Some run must come by this note or mark.
    void sometimes(std::string probe) { probes_.push_back(std::move(probe)); }

    /// Called for each choice of the workload at its time: numbers from 0, one `every` so often.
    void workload(std::function<void(std::uint32_t number)> choice);

    /// Hands a request to a service; the callback comes as sim::World::request says.
    void request(std::string_view service, Bytes body, sim::ReplyCallback done);
    void request(std::string_view service, std::string_view body, sim::ReplyCallback done);

    /// Everything else: time, draws, links, crashes by hand.
    sim::World& sim() { return *world_; }

  private:
    friend class State;
    friend class Trial;
    class Watched;

    struct Slot {
        std::string name;
        std::function<std::unique_ptr<Node>(Slot&)> make;
        const std::type_info* type = nullptr;
        const void* live = nullptr;  // the T of this life
        NodeId id;
    };

    struct Rule {
        std::string name;
        std::function<bool(const State&)> holds;
    };

    struct Violated {
        std::string name;
        MonotonicTime at;
        std::string node;
    };

    explicit World(sim::WorldOptions options);

    template <class T, class... Args>
    static std::unique_ptr<Node> make_node(World& world, Slot& slot, const Args&... args);

    void add(std::unique_ptr<Slot> slot);
    std::unique_ptr<bus::Session> make_session(const Slot& slot);
    void after_step(const Slot& slot);
    void violate(const std::string& name, const std::string& node);
    bool settled() const;
    Slot* find(std::string_view name) const;

    void on_reached(std::string_view name) override;
    void on_violated(std::string_view name) override;

    std::unique_ptr<sim::World> world_;
    std::unique_ptr<Signing> signing_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<std::string> topics_;
    bool has_bus_ = false;
    std::vector<Rule> always_;
    std::vector<Rule> eventually_;
    std::vector<std::string> probes_;
    std::function<void(std::uint32_t)> choice_;
    std::vector<Violated> violated_;
    std::vector<std::string> reached_;
    const Slot* stepping_ = nullptr;
};

template <class T>
const T* State::get(std::string_view service) const {
    const World::Slot* slot = world_.find(service);
    if (slot == nullptr || *slot->type != typeid(T)) {
        return nullptr;
    }
    return static_cast<const T*>(slot->live);
}

template <class T, class... Args>
std::unique_ptr<Node> World::make_node(World& world, Slot& slot, const Args&... args) {
    if constexpr (std::constructible_from<T, bus::Session&, const Args&...>) {
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(world.make_session(slot));
        T& part = node->add(std::make_unique<T>(session, args...));
        session.listen(part);
        slot.live = &part;
        return node;
    } else {
        auto node = std::make_unique<T>(args...);
        slot.live = node.get();
        return node;
    }
}

template <class T, class... Args>
Service<T> World::service(std::string name, Args... args) {
    constexpr bool on_the_bus = std::constructible_from<T, bus::Session&, const Args&...>;
    static_assert(
        on_the_bus || (std::derived_from<T, Node> && std::constructible_from<T, const Args&...>),
        "a service is a Node made of these arguments, or a part of one made of a "
        "bus::Session& and these arguments");
    auto slot = std::make_unique<Slot>();
    slot->name = name;
    slot->type = &typeid(T);
    slot->make = [this, kept = std::tuple<Args...>(std::move(args)...)](Slot& of) {
        return std::apply([&](const Args&... each) { return make_node<T>(*this, of, each...); },
                          kept);
    };
    add(std::move(slot));
    return {std::move(name)};
}

}  // namespace stormglass::trial
