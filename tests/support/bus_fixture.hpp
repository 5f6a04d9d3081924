// What a test of the bus's contract needs of a host: one broker, a few clients with applications,
// lives that end and begin, a network that may be cut, and time that passes when it is told to.
// Hosts: BusWorld (a calm pump in process), SimulatedBus (the simulator, with faults). A third one
// over real sockets needs these same functions and nothing else.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/stand_in_signing.hpp"
#include "tests/support/kept_note.hpp"
#include "tests/support/test_app.hpp"

namespace stormglass::tests {

inline std::string source_of(std::uint32_t client) {
    return "urn:agent:client-" + std::to_string(client);
}

inline std::string key_of(std::uint32_t client) {
    return "client-key-" + std::to_string(client);
}

class BusFixture {
  public:
    explicit BusFixture(std::uint32_t clients) : signing(keys(clients)) {
        options.bus_id = "bus-a";
        options.topics = {"orders", "replies", "audit"};
        options.segment_bytes = 1 << 20;
        options.limits.cache_bytes = 64 << 10;
        apps.resize(clients);
        subscriptions.resize(clients);
    }

    virtual ~BusFixture() = default;
    BusFixture(const BusFixture&) = delete;
    BusFixture& operator=(const BusFixture&) = delete;

    // May be changed before `begin`. Hosts fill in who the sources are and where the broker is.
    bus::BrokerOptions options;
    bus::SessionOptions session_options;
    StandInSigning signing;
    const bus::Rules* rules = &bus::sound_rules();

    std::deque<TestApp> apps;                                   // one a client; outlives its lives
    std::vector<std::vector<bus::Subscription>> subscriptions;  // made in each life

    /// Starts broker and clients, and waits until every client has its epoch.
    virtual void begin() = 0;

    /// Of the host, whose clock the clients' is.
    virtual Moment now() const = 0;
    virtual void run_for(Duration span) = 0;
    /// True as soon as `done` holds; false when it does not within `span`.
    virtual bool run_until(const std::function<bool()>& done, Duration span = seconds(60)) = 0;

    /// Runs something inside a step of a living client, as its application would, and returns when
    /// that is done.
    virtual void step_client(std::uint32_t n,
                             const std::function<void(Moment, Effects&)>& what) = 0;

    // Lives. A power cut may also lose and tear what the broker's disk had not synced.
    virtual bool client_alive(std::uint32_t n) const = 0;
    virtual void kill_client(std::uint32_t n) = 0;
    virtual void restart_client(std::uint32_t n) = 0;
    virtual bool broker_alive() const = 0;
    virtual void kill_broker() = 0;
    virtual void cut_power_of_broker() = 0;
    virtual void restart_broker() = 0;

    /// Whether frames may be lost, doubled, late or overtaken now.
    virtual bool stormy() const = 0;
    /// No more of that, and no link is cut.
    virtual void calm() = 0;

    static constexpr Duration kCut = seconds(5);

    /// Nothing passes between the client and the broker for `kCut`. Once a client.
    virtual void cut_off(std::uint32_t n) = 0;

    /// White-box: lets a check look at the living broker, between two of its steps.
    virtual void inspect(const std::function<void(bus::Broker&)>& look) = 0;
    /// White-box: what all nodes noted so far, and the marks that they reached.
    virtual const std::vector<KeptNote>& notes() const = 0;
    virtual bool reached(const std::string& mark) const = 0;

    // ---- common deeds over the above ----

    std::vector<KeptNote> notes(const std::string& kind) const {
        std::vector<KeptNote> found;
        for (const KeptNote& note : notes()) {
            if (note.kind == kind) {
                found.push_back(note);
            }
        }
        return found;
    }

    /// A life after a crash repeats what the last one may have died over: equal notes count once.
    std::size_t distinct_notes(const std::string& kind) const {
        const std::vector<KeptNote> found = notes(kind);
        return std::set<KeptNote>(found.begin(), found.end()).size();
    }

    bool ready() const {
        for (const TestApp& app : apps) {
            if (app.epoch == 0) {
                return false;
            }
        }
        return true;
    }

    /// Publishes from client n, as its application would.
    Result<bus::BatchId> publish(std::uint32_t n, const bus::Batch& batch) {
        Result<bus::BatchId> result = Error{"unset", ""};
        step_client(n, [&](Moment now, Effects& out) {
            result = apps[n].client->publish(batch, bus::Durability::synced, now, out);
        });
        return result;
    }

    bus::BatchId publish_one(std::uint32_t n,
                             std::string_view topic,
                             std::string_view key,
                             std::string_view payload) {
        bus::Batch batch;
        batch.publications.push_back(publication(topic, key, payload));
        return publish(n, batch).value();
    }

    void emit(std::uint32_t n, const bus::Publication& made) {
        step_client(n, [&](Moment now, Effects& out) {
            static_cast<void>(apps[n].client->emit(made, now, out));
        });
    }

    static bus::Publication publication(std::string_view topic,
                                        std::string_view key,
                                        std::string_view payload) {
        bus::Publication made;
        made.topic = topic;
        made.type = "orders.order-placed.v1";
        made.partition_key = key;
        made.payload = as_bytes(payload);
        return made;
    }

    void subscribe(std::uint32_t n, const bus::Subscription& subscription) {
        subscriptions[n].push_back(subscription);
        step_client(n, [&](Moment now, Effects& out) {
            apps[n].client->subscribe(subscription, now, out);
        });
    }

    void read(std::uint32_t n, std::string_view topic, bus::Position from = 0) {
        apps[n].records.clear();
        apps[n].read_done = false;
        step_client(n,
                    [&](Moment now, Effects& out) { apps[n].client->read(topic, from, now, out); });
    }

    /// Waits for the outcome; null if there is none in time.
    const SeenOutcome* wait(std::uint32_t n, bus::BatchId id, Duration span = seconds(60)) {
        run_until([&] { return apps[n].outcome_of(id) != nullptr; }, span);
        return apps[n].outcome_of(id);
    }

    /// All that the broker stored in a topic, read back over the wire by client n.
    const std::vector<std::pair<bus::Position, std::string>>& contents(std::uint32_t n,
                                                                       std::string_view topic) {
        read(n, topic);
        CHECK(run_until([&] { return apps[n].read_done; }));
        return apps[n].records;
    }

  protected:
    /// A client of the broker at `broker`, in a new life.
    std::unique_ptr<Node> make_client(std::uint32_t n, NodeId broker) {
        bus::SessionOptions with = session_options;
        with.source = source_of(n);
        with.key_id = key_of(n);
        with.broker = broker;
        with.bus_id = options.bus_id;
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(std::make_unique<bus::Session>(with, signing));
        session.listen(apps[n]);
        apps[n].client = &session;
        apps[n].epoch = 0;
        node->add(std::make_unique<Subscriber>(session, subscriptions[n]));
        add_parts(n, *node);
        return node;
    }

    /// A host's own part of a client, if it needs one.
    virtual void add_parts(std::uint32_t /*n*/, Assembly& /*node*/) {}

  private:
    static std::vector<std::string> keys(std::uint32_t clients) {
        std::vector<std::string> made;
        for (std::uint32_t n = 0; n < clients; ++n) {
            made.push_back(key_of(n));
        }
        return made;
    }

    /// Subscribes again in each life, as an application does when it starts.
    class Subscriber final : public Component {
      public:
        Subscriber(bus::Client& client, const std::vector<bus::Subscription>& subscriptions)
            : client_(&client),
              subscriptions_(&subscriptions) {}

        void start(const Recovered&, Moment now, Effects& out) override {
            for (const bus::Subscription& subscription : *subscriptions_) {
                client_->subscribe(subscription, now, out);
            }
        }

      private:
        bus::Client* client_;
        const std::vector<bus::Subscription>* subscriptions_;
    };
};

}  // namespace stormglass::tests
