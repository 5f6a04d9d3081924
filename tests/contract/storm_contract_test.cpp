// The contract in a storm, in process and inside the simulator: frames lost, doubled and overtaken,
// clients killed, the broker killed and its disk torn, handlers that fail. Afterwards every promise
// is counted out.
#include <map>
#include <set>

#include <rapidcheck/gtest.h>

#include "tests/contract/hosts.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint32_t kProducers = 2;  // clients 0 and 1; the rest consume
constexpr std::uint32_t kClients = 5;

using tests::Stream;

struct Sent {
    std::uint32_t client = 0;
    BatchId id;
    std::uint32_t life = 0;
    std::vector<std::string> payloads;
};

/// The host for one storm: weather and disks are drawn in process, the simulator has its own.
std::unique_ptr<BusFixture> stormy_host(HostKind kind, Stream& stream) {
    auto host = make_host(kind, kClients);
    host->options.segment_bytes = stream.one_in(2) ? 64 << 10 : 1 << 20;
    host->options.limits.cache_bytes = stream.one_in(2) ? 4 << 10 : 64 << 10;
    host->options.limits.attempts_max = 50;  // nothing dies of bad luck here
    host->options.timeouts.retry_cap = seconds(2);
    if (auto* world = dynamic_cast<BusWorld*>(host.get())) {
        world->loss_ppm = static_cast<std::uint32_t>(stream.below(150'000));
        world->disk_latency = microseconds(static_cast<std::int64_t>(20 << stream.below(10)));
        world->duplicate_ppm = static_cast<std::uint32_t>(stream.below(150'000));
        world->latency_spread = milliseconds(static_cast<std::int64_t>(stream.below(30)));
    }
    return host;
}

class Storm {
  public:
    Storm(HostKind kind, const Rules& rules)
        : stream_(kind.seed),
          host_(stormy_host(kind, stream_)),
          world_(*host_) {
        world_.rules = &rules;
        lives_.resize(kClients);
    }

    void run() {
        world_.begin();
        subscribe();
        for (int step = 0; step < 60; ++step) {
            act();
            world_.run_for(microseconds(static_cast<std::int64_t>(stream_.below(150'000))));
        }
        calm();
    }

    /// What was broken, in words; empty when every promise was kept.
    std::string violation() {
        if (!over_) {
            return "something never came to an end";
        }
        using Check = std::string (Storm::*)();
        for (const Check check : {&Storm::check_acknowledged,
                                  &Storm::check_effects,
                                  &Storm::check_order,
                                  &Storm::check_dead,
                                  &Storm::check_conservation,
                                  &Storm::check_restart}) {
            if (std::string found = (this->*check)(); !found.empty()) {
                return found;
            }
        }
        return world_.notes("bus.alarm").empty() ? "" : "a false alarm";
    }

  private:
    void subscribe() {
        Subscription effective = group_on("orders", "g-effective");
        effective.mode = GroupMode::effectively_once;
        for (std::uint32_t n = kProducers; n < kClients; ++n) {
            world_.apps[n].handler =
                [this](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
                    handle(app, delivery, now, out);
                };
            world_.subscribe(n, effective);
            world_.subscribe(n, group_on("orders", "g-simple"));
        }
    }

    void handle(TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
        if (stormy_ && stream_.one_in(8)) {
            return;  // forgets to answer
        }
        Batch batch;
        const bool fails = stormy_ && stream_.one_in(8);
        const bool poison = delivery.payload.starts_with("poison");
        batch.settlements.push_back(delivery.answer(fails    ? Verdict::nack
                                                    : poison ? Verdict::reject
                                                             : Verdict::ack));
        if (!fails && !poison && delivery.group == "g-effective") {
            batch.publications.push_back(
                BusWorld::publication("replies", delivery.key, delivery.payload));
        }
        static_cast<void>(app.client->publish(batch, Durability::synced, now, out).ok());
    }

    void act() {
        const std::uint64_t what = stream_.below(12);
        if (what < 8) {
            publish(static_cast<std::uint32_t>(stream_.below(kProducers)));
        } else if (what < 10) {
            const auto n = static_cast<std::uint32_t>(stream_.below(kClients));
            if (world_.client_alive(n)) {
                world_.kill_client(n);
                ++lives_[n];
            } else {
                world_.restart_client(n);
            }
        } else if (!world_.broker_alive()) {
            world_.restart_broker();
        } else if (stream_.one_in(2)) {
            world_.kill_broker();
        } else {
            world_.cut_power_of_broker();
        }
    }

    void publish(std::uint32_t n) {
        if (!world_.client_alive(n) || world_.apps[n].epoch == 0) {
            return;
        }
        Sent sent;
        sent.client = n;
        sent.life = lives_[n];
        Batch batch;
        const std::uint64_t count = 1 + stream_.below(4);
        for (std::uint64_t i = 0; i < count; ++i) {
            const bool poison = stream_.one_in(12);
            sent.payloads.push_back((poison ? "poison " : "event ") + std::to_string(++made_));
        }
        for (const std::string& payload : sent.payloads) {
            keys_.push_back("key-" + std::to_string(stream_.below(5)));
            batch.publications.push_back(BusWorld::publication("orders", keys_.back(), payload));
        }
        if (stream_.one_in(6)) {
            batch.publications[0].delay =
                milliseconds(1 + static_cast<std::int64_t>(stream_.below(3'000)));
        }
        const auto id = world_.publish(n, batch);
        if (id.ok()) {
            sent.id = id.value();
            sent_.push_back(std::move(sent));
        }
    }

    // Everything heals and everybody is there: what was promised must now come true.
    void calm() {
        stormy_ = false;
        world_.calm();
        if (!world_.broker_alive()) {
            world_.restart_broker();
        }
        for (std::uint32_t n = 0; n < kClients; ++n) {
            if (!world_.client_alive(n)) {
                world_.restart_client(n);
            }
        }
        over_ = world_.run_until([&] { return settled(); }, minutes(10));
        if (!over_) {
            return;
        }
        world_.run_for(seconds(10));
        orders_ = world_.contents(0, "orders");
        replies_ = world_.contents(0, "replies");
    }

    bool settled() {
        const Machine& machine = this->machine();
        for (const Sent& sent : sent_) {
            if (sent.life == lives_[sent.client] &&
                world_.apps[sent.client].outcome_of(sent.id) == nullptr) {
                return false;
            }
        }
        if (machine.delayed_count() > 0) {
            return false;
        }
        for (const char* name : {"g-effective", "g-simple"}) {
            const GroupState* group = machine.find_group(name, "orders");
            if (group == nullptr) {
                return false;
            }
            for (const CensusItem& item : machine.census(*group)) {
                const bool over = item.where == PositionClass::settled ||
                                  item.where == PositionClass::dead ||
                                  item.where == PositionClass::parked;
                if (!over) {
                    return false;
                }
            }
        }
        return true;
    }

    // Acknowledged events stand where they were said to, each payload at most once.
    std::string check_acknowledged() {
        std::map<std::string, Position> at;
        for (const auto& [position, payload] : orders_) {
            if (!at.emplace(payload, position).second) {
                return "stored twice: " + payload;
            }
        }
        for (const Sent& sent : sent_) {
            const SeenOutcome* outcome = world_.apps[sent.client].outcome_of(sent.id);
            if (sent.life != lives_[sent.client] || outcome == nullptr) {
                continue;
            }
            if (!outcome->accepted) {
                return "refused: " + outcome->code;
            }
            for (std::size_t i = 0; i < sent.payloads.size(); ++i) {
                const auto found = at.find(sent.payloads[i]);
                if (found == at.end()) {
                    return "acknowledged and lost: " + sent.payloads[i];
                }
                if (outcome->positions[i] != kDelayed && found->second != outcome->positions[i]) {
                    return "acknowledged elsewhere: " + sent.payloads[i];
                }
            }
        }
        return {};
    }

    // Effectively once: each event that was settled has exactly one reply, others none.
    std::string check_effects() {
        const Machine& machine = this->machine();
        const GroupState& group = *machine.find_group("g-effective", "orders");
        std::multiset<std::string> expected;
        for (const CensusItem& item : machine.census(group)) {
            if (item.where == PositionClass::settled) {
                expected.insert(orders_[item.position].second);
            }
        }
        std::multiset<std::string> found;
        for (const auto& [position, payload] : replies_) {
            found.insert(payload);
        }
        return found == expected ? "" : "not exactly one effect for each settled event";
    }

    // The replies to one key stand in the order of its events.
    std::string check_order() {
        std::map<std::string, Position> at;
        for (const auto& [position, payload] : orders_) {
            at[payload] = position;
        }
        const Topic& replies = *machine().topics().find("replies");
        std::map<KeyId, Position> last;
        for (const auto& [position, payload] : replies_) {
            if (!at.contains(payload)) {
                return "a reply to what was never stored: " + payload;
            }
            const KeyId key = replies.at(position).key;
            if (last.contains(key) && last[key] > at.at(payload)) {
                return "overtaken: " + payload;
            }
            last[key] = at.at(payload);
        }
        return {};
    }

    // What is dead stays dead: no delivery behind the letter.
    std::string check_dead() {
        std::set<std::pair<std::string, std::uint64_t>> dead;
        for (const tests::KeptNote& note : world_.notes()) {
            const bool deliver = note.kind == "bus.deliver";
            if (!deliver && note.kind != "bus.dead") {
                continue;
            }
            const std::pair key(note.texts.at("group"), note.numbers.at("position"));
            if (!deliver) {
                dead.insert(key);
            } else if (dead.contains(key)) {
                return "delivered behind its letter: " + std::to_string(key.second);
            }
        }
        return {};
    }

    std::string check_conservation() {
        const Machine& machine = this->machine();
        for (GroupId id = 0; id < machine.group_count(); ++id) {
            const auto census = machine.census(machine.group(id));
            const Topic& topic = machine.topics()[machine.group(id).traits().topic_id];
            if (census.size() != topic.length()) {
                return "in two places at once, or in none";
            }
        }
        return {};
    }

    std::string check_restart() {
        const std::uint64_t before = machine().domain_digest();
        world_.cut_power_of_broker();
        world_.restart_broker();
        world_.run_for(seconds(5));
        bool serves = false;
        world_.inspect([&](Broker& broker) { serves = broker.state() == Broker::State::serving; });
        return serves && machine().domain_digest() == before ? "" : "another state after a restart";
    }

    /// Of the living broker, until its next step.
    const Machine& machine() {
        const Machine* found = nullptr;
        world_.inspect([&](Broker& broker) { found = &broker.machine(); });
        return *found;
    }

    Stream stream_;
    std::unique_ptr<BusFixture> host_;
    BusFixture& world_;
    bool stormy_ = true;
    bool over_ = false;  // all that was asked for came to an end
    std::uint64_t made_ = 0;
    std::deque<std::string> keys_;
    std::vector<std::uint32_t> lives_;
    std::vector<Sent> sent_;
    std::vector<std::pair<Position, std::string>> orders_;
    std::vector<std::pair<Position, std::string>> replies_;
};

std::string violation(HostKind kind, const Rules& rules) {
    Storm storm(kind, rules);
    storm.run();
    return storm.violation();
}

RC_GTEST_PROP(Contract, holds_in_a_storm, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(violation({HostKind::Of::in_process, seed}, sound_rules()) == "");
}

RC_GTEST_PROP(Contract, holds_in_a_simulated_storm, ()) {
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(violation({HostKind::Of::simulated_storm, seed}, sound_rules()) == "");
}

// A storm that no broken rule would show proves nothing: both kinds have to.
bool is_noticed(const Rules& broken) {
    const auto on = [&](HostKind::Of of) {
        for (std::uint64_t seed = 1; seed <= 400; ++seed) {
            if (!violation({of, seed}, broken).empty()) {
                return true;
            }
        }
        return false;
    };
    return on(HostKind::Of::in_process) && on(HostKind::Of::simulated_storm);
}

TEST(Storm, notices_acknowledging_before_the_sync) {
    struct Hasty final : Rules {
        std::uint64_t committed(Durability, const JournalProgress& progress) const override {
            return progress.written;
        }
    } hasty;

    EXPECT_TRUE(is_noticed(hasty));
}

TEST(Storm, notices_deliveries_forgotten_in_a_crash) {
    struct Forgetful final : Rules {
        bool redeliver_after_recovery(const PendingDelivery&) const override { return false; }
    } forgetful;

    EXPECT_TRUE(is_noticed(forgetful));
}

TEST(Storm, notices_letters_apart_from_their_settlement) {
    struct LetterFirst final : Rules {
        Burial burial() const override { return Burial::letter_first; }
    } letter_first;

    EXPECT_TRUE(is_noticed(letter_first));
}

}  // namespace
}  // namespace stormglass::bus
