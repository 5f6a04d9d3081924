// A bus in a tiny world: one broker and a few clients, each client an application that records what
// it was told and does what a test asks. Shared by the broker's tests and the contract suite.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/stand_in_signing.hpp"
#include "tests/support/tiny_world.hpp"

namespace stormglass::tests {

constexpr NodeId kBroker{1};
constexpr NodeId kAdversary{99};

struct SeenOutcome {
    bus::BatchId id;
    bool accepted = false;
    bool duplicate = false;
    std::string code;
    std::vector<bus::Position> positions;
};

struct SeenDelivery {
    std::string group;
    std::string topic;
    std::string key;
    std::string payload;
    bus::Position position = 0;
    std::uint32_t receipt = 0;
    bus::Generation generation = 0;
    MonotonicTime at;

    bus::Settlement answer(bus::Verdict verdict) const {
        bus::Settlement settlement;
        settlement.group = group;
        settlement.topic = topic;
        settlement.position = position;
        settlement.receipt = receipt;
        settlement.verdict = verdict;
        return settlement;
    }
};

/// A client's application. By default it acknowledges what it gets.
class TestApp final : public bus::Listener {
  public:
    using Handler =
        std::function<void(TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out)>;

    bus::Client* client = nullptr;
    Handler handler = [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
        app.settle(delivery, bus::Verdict::ack, now, out);
    };

    std::uint32_t epoch = 0;
    std::vector<SeenOutcome> outcomes;
    std::vector<SeenDelivery> deliveries;
    std::vector<std::pair<bus::Position, std::string>> records;
    bool read_done = false;
    std::vector<std::pair<std::string, bus::Generation>> assigned;
    std::vector<std::pair<std::string, bus::Generation>> revoked;

    void settle(const SeenDelivery& delivery, bus::Verdict verdict, Moment now, Effects& out) {
        bus::Batch batch;
        batch.settlements.push_back(delivery.answer(verdict));
        static_cast<void>(client->publish(batch, bus::Durability::synced, now, out).ok());
    }

    const SeenOutcome* outcome_of(bus::BatchId id) const {
        for (const SeenOutcome& outcome : outcomes) {
            if (outcome.id == id) {
                return &outcome;
            }
        }
        return nullptr;
    }

    void on_ready(std::uint32_t granted, Moment, Effects&) override { epoch = granted; }

    void on_outcome(const bus::BatchOutcome& outcome, Moment, Effects&) override {
        outcomes.push_back({outcome.id,
                            outcome.accepted,
                            outcome.duplicate,
                            std::string(outcome.code),
                            {outcome.positions.begin(), outcome.positions.end()}});
    }

    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override {
        deliveries.push_back({std::string(delivery.group),
                              std::string(delivery.topic()),
                              std::string(delivery.event.partition_key),
                              std::string(as_text(delivery.event.payload)),
                              delivery.position,
                              delivery.receipt,
                              delivery.generation,
                              now.monotonic});
        const SeenDelivery seen = deliveries.back();
        handler(*this, seen, now, out);
    }

    void on_records(
        bus::ReadId, std::span<const bus::Record> pieces, bool last, Moment, Effects&) override {
        for (const bus::Record& record : pieces) {
            records.emplace_back(record.position, std::string(as_text(record.event.payload)));
        }
        read_done = read_done || last;
    }

    void on_assigned(std::string_view group,
                     bus::Generation generation,
                     Moment,
                     Effects&) override {
        assigned.emplace_back(group, generation);
    }

    void on_revoked(std::string_view group, bus::Generation generation, Moment, Effects&) override {
        revoked.emplace_back(group, generation);
    }
};

inline std::string source_of(std::uint32_t client) {
    return "urn:agent:client-" + std::to_string(client);
}

inline std::string key_of(std::uint32_t client) {
    return "client-key-" + std::to_string(client);
}

/// Client n is node 10 + n.
inline NodeId node_of(std::uint32_t client) {
    return {10 + client};
}

class BusWorld : public TinyWorld {
  public:
    explicit BusWorld(std::uint32_t clients, std::uint64_t seed = 1)
        : TinyWorld(seed),
          signing(keys(clients)) {
        options.bus_id = "bus-a";
        options.topics = {"orders", "replies", "audit"};
        options.segment_bytes = 1 << 20;
        options.limits.cache_bytes = 64 << 10;
        for (std::uint32_t n = 0; n < clients; ++n) {
            options.sources.push_back({source_of(n), key_of(n), node_of(n)});
        }
        apps.resize(clients);
        subscriptions.resize(clients);
    }

    bus::BrokerOptions options;
    bus::SessionOptions session_options;
    StandInSigning signing;
    const bus::Rules* rules = &bus::sound_rules();
    std::deque<TestApp> apps;                                   // one a client; outlives its lives
    std::vector<std::vector<bus::Subscription>> subscriptions;  // made in each life

    void begin() {
        add(kBroker, [this] { return std::make_unique<bus::Broker>(options, signing, *rules); });
        for (std::uint32_t n = 0; n < apps.size(); ++n) {
            add(node_of(n), [this, n] { return make_client(n); });
        }
        CHECK(run_until([&] { return ready(); }));
    }

    bool ready() const {
        for (const TestApp& app : apps) {
            if (app.epoch == 0) {
                return false;
            }
        }
        return true;
    }

    bus::Broker& broker() { return node<bus::Broker>(kBroker); }

    /// Publishes from client n, as its application would.
    Result<bus::BatchId> publish(std::uint32_t n, const bus::Batch& batch) {
        Result<bus::BatchId> result = Error{"unset", ""};
        step(node_of(n), [&](Moment now, Effects& out) {
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
        step(node_of(n),
             [&](Moment now, Effects& out) { apps[n].client->subscribe(subscription, now, out); });
    }

    void read(std::uint32_t n, std::string_view topic, bus::Position from = 0) {
        apps[n].records.clear();
        apps[n].read_done = false;
        step(node_of(n),
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

    std::unique_ptr<Node> make_client(std::uint32_t n) {
        bus::SessionOptions with = session_options;
        with.source = source_of(n);
        with.key_id = key_of(n);
        with.broker = kBroker;
        with.bus_id = options.bus_id;
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(std::make_unique<bus::Session>(with, signing));
        session.listen(apps[n]);
        apps[n].client = &session;
        apps[n].epoch = 0;
        node->add(std::make_unique<Subscriber>(session, subscriptions[n]));
        return node;
    }
};

}  // namespace stormglass::tests
