#include "scenarios/worlds/checkout.hpp"

#include <algorithm>

#include "bus/broker.hpp"
#include "bus/session.hpp"
#include "runtime/check.hpp"
#include "runtime/crypto/ed25519.hpp"
#include "runtime/stand_in_signing.hpp"
#include "sagas/file_store.hpp"
#include "sagas/participant.hpp"
#include "scenarios/faults/frames.hpp"
#include "scenarios/worlds/checkout_saga.hpp"
#include "scenarios/worlds/services.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kBusId = "checkout-bus";
constexpr std::string_view kBrokerName = "broker";
constexpr std::uint64_t kKeysSeed = 0x73746f726d676c61;  // keys are the same in every run
constexpr std::size_t kVerificationsRemembered = 4'096;  // a run asks for some hundred ...
constexpr std::size_t kSignaturesRemembered = 2'048;     // ... and makes as many, as its twin does
constexpr std::uint64_t kEventBudget = 2'000'000;        // a calm run takes some ten thousand
constexpr std::uint64_t kSegmentBytes = 256 << 10;       // a run writes a few
constexpr Duration kPoll = milliseconds(250);
constexpr Duration kDashboardPoll = milliseconds(100);
constexpr Duration kBatchDelay = milliseconds(20);
constexpr std::size_t kBatchEventsMax = 32;
constexpr std::uint64_t kChangeBytesMax = 8 << 10;  // small: snapshots come in every run
constexpr Duration kOperatorRound = milliseconds(300);
constexpr Duration kAfterglow = milliseconds(500);  // for what is still on its way
constexpr Duration kFaultsEndMax = minutes(2);      // a window longer than this is cut by the heal

/// A participant and the business behind it, in one part.
class ParticipantPart final : public Component {
  public:
    ParticipantPart(std::uint64_t seed, const DeclineRates& rates) : business_(seed, rates) {}

    CheckoutBusiness& business() { return business_; }

  private:
    CheckoutBusiness business_;
};

sim::WorldOptions world_options(const Plan& plan, const RunOptions& options) {
    sim::WorldOptions world;
    world.seed = options.seed;
    world.event_budget = kEventBudget;
    const Range latency = plan.scenario.topology.latency;
    world.link.latency =
        sim::Distribution::uniform(nanoseconds(latency.lo), nanoseconds(latency.hi));
    world.trace.record_from = options.record_from;
    world.trace.record_count = options.record_count;
    if (options.tell == RunOptions::Tell::story) {
        world.trace.notes = sim::TraceOptions::Notes::fields;
        world.trace.lines = 40;
    }
    return world;
}

std::string source_uri(std::string_view service) {
    return "stormglass://checkout/" + std::string(service);
}

std::string key_id(std::string_view service) {
    return "key-" + std::string(service) + "-1";
}

std::shared_ptr<stormglass::Signing> make_signing(const Topology& topology, Signing kind) {
    const std::vector<std::string> services = source_services(topology);
    if (kind == Signing::ed25519) {
        auto signing = std::make_shared<crypto::Ed25519Signing>(kVerificationsRemembered);
        signing->remember_signatures(kSignaturesRemembered);
        const crypto::Ed25519Keys keys(kKeysSeed);
        for (const std::string& service : services) {
            signing->hold(key_id(service), keys.pair(key_id(service)));
        }
        return signing;
    }
    std::vector<std::string> ids;
    for (const std::string& service : services) {
        ids.push_back(key_id(service));
    }
    return std::make_shared<StandInSigning>(std::move(ids));
}

/// Nothing is under way and no group has anything left to do. Timers of the sagas may still be
/// pending: they are about what is over.
bool is_idle(const bus::Broker& broker) {
    if (broker.state() != bus::Broker::State::serving || !broker.quiet() ||
        broker.deliveries().in_flight() > 0 || broker.deliveries().waiting_for_bytes() > 0) {
        return false;
    }
    const bus::Machine& machine = broker.machine();
    for (bus::GroupId id = 0; id < machine.group_count(); ++id) {
        for (const bus::CensusItem& item : machine.census(machine.group(id))) {
            if (item.where != bus::PositionClass::settled &&
                item.where != bus::PositionClass::dead &&
                item.where != bus::PositionClass::parked) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

std::vector<std::string> source_services(const Topology& topology) {
    std::vector<std::string> services;
    for (const std::string& service : topology.services) {
        services.push_back(service);
        for (int i = 2; service == "orders" && i <= topology.coordinators; ++i) {
            services.push_back("orders-" + std::to_string(i));
        }
    }
    return services;
}

CheckoutWorld::CheckoutWorld(const Plan& plan, const RunOptions& options)
    : plan_(plan),
      rules_{&bus::sound_rules(), &sagas::sound_rules(), &sagas::sound_projection_rules()},
      signing_(options.keys != nullptr
                   ? options.keys
                   : make_signing(plan.scenario.topology,
                                  options.signing.value_or(plan.scenario.signing))),
      world_(world_options(plan, options)) {
    if (options.defect != nullptr) {
        rules_.bus = options.defect->bus != nullptr ? options.defect->bus : rules_.bus;
        rules_.sagas = options.defect->sagas != nullptr ? options.defect->sagas : rules_.sagas;
        rules_.projections = options.defect->projections != nullptr ? options.defect->projections
                                                                    : rules_.projections;
    }
    const Topology& topology = plan.scenario.topology;
    add_broker(topology);
    for (const std::string& service : source_services(topology)) {
        if (service.starts_with("orders")) {
            add_orders(service);
        } else if (service == "stock") {
            add_participant(service, topics::kStockCommands, topics::kStockEffects);
        } else if (service == "payments") {
            add_participant(service, topics::kPaymentCommands, topics::kPaymentEffects);
        } else if (service == "shipping") {
            add_participant(service, topics::kShippingCommands, topics::kShippingEffects);
        } else {
            add_dashboard(service);
        }
    }
    world_.set_schedule(plan.schedule, options.mask);
    world_.keep(options.kept);
    if (!options.recall.empty()) {
        world_.recall(options.recall);
    }
    const bool rebuilds =
        std::any_of(plan.schedule.begin(), plan.schedule.end(), [](const sim::Fault& fault) {
            return fault.custom == kRebuildFault;
        });
    if (rebuilds && readers_ != nullptr) {
        readers_->operate(kOperatorRound, heal_time());
    }
    world_.set_adapter(std::make_shared<BusFrames>());
    world_.add_observer(ledger_);
    if (options.observer != nullptr) {
        world_.add_observer(*options.observer);
    }
    ShopOptions shop;
    shop.orders = plan.scenario.workload.count;
    shop.every = plan.scenario.workload.every;
    shop.desks = desks_;
    shop.poison = "poison-message";
    if (readers_ != nullptr) {
        shop.on_confirmed = [this](const std::string& order, std::optional<bus::Position> written) {
            readers_->look(order, written);
        };
    }
    shop.placed = options.kept.choices;
    shop_ = std::make_unique<Shop>(world_, std::move(shop));
    shop_->open();
}

CheckoutWorld::~CheckoutWorld() = default;

void CheckoutWorld::add_process(const std::string& name,
                                const std::string& role,
                                sim::Factory factory) {
    sim::ProcessOptions process;
    process.name = name;
    process.roles = {role};
    world_.add_process(std::move(process), std::move(factory));
}

void CheckoutWorld::add_broker(const Topology& topology) {
    bus::BrokerOptions options;
    options.bus_id = std::string(kBusId);
    options.topics = checkout_topics();
    // Ids are given from 1 in the order of adding: the broker first, then the services.
    std::uint32_t node = 1;
    broker_ = {node};
    for (const std::string& service : source_services(topology)) {
        options.sources.push_back({source_uri(service), key_id(service), {++node}});
    }
    options.segment_bytes = kSegmentBytes;
    options.durability =
        topology.sync == SyncMode::synced ? bus::Durability::synced : bus::Durability::written;
    add_process(std::string(kBrokerName), "broker", [this, options] {
        return std::make_unique<bus::Broker>(options, *signing_, *rules_.bus);
    });
}

bus::SessionOptions CheckoutWorld::session_options(const std::string& service) const {
    bus::SessionOptions options;
    options.source = source_uri(service);
    options.key_id = key_id(service);
    options.broker = broker_;
    options.bus_id = std::string(kBusId);
    return options;
}

void CheckoutWorld::add_orders(const std::string& name) {
    const std::size_t desk_index = desks_.size();
    desks_.push_back({broker_.value + 1 + static_cast<std::uint32_t>(services_++)});
    coordinators_.push_back(nullptr);
    add_process(name, "coordinator", [this, name, desk_index] {
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(
            std::make_unique<bus::Session>(session_options(name), *signing_, *rules_.bus));
        auto& desk = node->add(std::make_unique<OrderDesk>(session));
        sagas::CoordinatorConfig config;
        config.group = std::string(kCoordinatorGroup);
        config.journal_topic = std::string(topics::kJournal);
        config.replies_topic = std::string(topics::kReplies);
        auto& coordinator = node->add(std::make_unique<sagas::Coordinator>(
            session, std::vector{checkout_definition()}, config, &desk, *rules_.sagas));
        desk.serve(coordinator);
        session.listen(coordinator);
        coordinators_[desk_index] = &coordinator;
        return node;
    });
}

void CheckoutWorld::add_participant(const std::string& name,
                                    std::string_view commands,
                                    std::string_view effects) {
    ++services_;
    sagas::ParticipantConfig config;
    config.command_topic = std::string(commands);
    config.effects_topic = std::string(effects);
    config.replies_topic = std::string(topics::kReplies);
    config.group = name;
    add_process(name, "participant", [this, name, config] {
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(
            std::make_unique<bus::Session>(session_options(name), *signing_, *rules_.bus));
        auto& part = node->add(
            std::make_unique<ParticipantPart>(world_.seed(), plan_.scenario.workload.decline));
        auto& participant = node->add(
            std::make_unique<sagas::Participant>(session, part.business(), config, *rules_.sagas));
        session.listen(participant);
        return node;
    });
}

void CheckoutWorld::add_dashboard(const std::string& name) {
    dashboard_ = {broker_.value + 1 + static_cast<std::uint32_t>(services_++)};
    readers_ = std::make_unique<Readers>(world_, dashboard_);
    add_process(name, "consumer", [this, name] {
        auto node = std::make_unique<Assembly>();
        auto& session = node->add(
            std::make_unique<bus::Session>(session_options(name), *signing_, *rules_.bus));
        sagas::FileStoreOptions files;
        files.name = std::string(fold_.name());
        files.change_bytes_max = kChangeBytesMax;
        auto& store = node->add(std::make_unique<sagas::FileStore>(std::move(files)));
        auto& dashboard = node->add(std::make_unique<Dashboard>(session));
        sagas::ProjectionConfig config;
        config.topic = std::string(topics::kJournal);
        config.poll = kDashboardPoll;
        config.batch_events_max = kBatchEventsMax;
        config.batch_delay = kBatchDelay;
        config.staleness_max = kStalenessMax;
        auto& projection = node->add(std::make_unique<sagas::Projection>(
            session, store, fold_, std::move(config), &dashboard));
        projection.judge_by(*rules_.projections);
        dashboard.show(projection);
        session.listen(dashboard);
        projection_ = &projection;
        return node;
    });
}

const sagas::Projection* CheckoutWorld::projection() const {
    const bool alive = dashboard_.value != 0 && world_.node(dashboard_) != nullptr;
    return alive ? projection_ : nullptr;
}

const bus::Broker* CheckoutWorld::broker() const {
    return static_cast<const bus::Broker*>(world_.node(broker_));
}

MonotonicTime CheckoutWorld::heal_time() const {
    std::int64_t end = active_span(plan_.scenario).ns + milliseconds(500).ns;
    for (const FaultSpec& fault : plan_.scenario.faults) {
        const std::int64_t from = fault.trigger.after.value_or(Range{}).hi;
        const std::int64_t span = fault.trigger.duration.value_or(Range{}).hi;
        end = std::max(end, std::min(from + span, kFaultsEndMax.ns));
    }
    return {static_cast<std::uint64_t>(end)};
}

bool CheckoutWorld::at_rest() const {
    const bus::Broker* broker = this->broker();
    if (broker == nullptr || !shop_->all_confirmed() || !is_idle(*broker)) {
        return false;
    }
    bool in_charge = false;
    for (std::size_t i = 0; i < desks_.size(); ++i) {
        if (world_.node(desks_[i]) != nullptr && coordinators_[i]->in_charge()) {
            in_charge = coordinators_[i]->live() == 0;
        }
    }
    return in_charge && dashboard_is_level(*broker);
}

/// The read model holds all that is in the journal.
bool CheckoutWorld::dashboard_is_level(const bus::Broker& broker) const {
    if (dashboard_.value == 0) {
        return true;
    }
    const bus::Topic* journal = broker.machine().topics().find(topics::kJournal);
    const sagas::Projection* rows = projection();
    return rows != nullptr && !rows->rebuilding() &&
           rows->position() == (journal == nullptr ? 0 : journal->length());
}

bool CheckoutWorld::run_until(MonotonicTime cut) {
    const auto go = [this, cut](Duration span) {
        const sim::RunEnd end = world_.run_until(std::min(world_.now() + span, cut));
        if (end != sim::RunEnd::reached) {
            end_text_ = world_.end_text();
        }
        return end == sim::RunEnd::reached && world_.now() < cut;
    };
    if (!go(heal_time() - world_.now())) {
        return false;
    }
    world_.heal();
    const MonotonicTime latest = world_.now() + plan_.scenario.quiesce;
    while (world_.now() < latest) {
        if (!go(kPoll)) {
            return false;
        }
        if (at_rest() && (!go(kAfterglow) || at_rest())) {
            return end_text_.empty();
        }
    }
    return false;
}

}  // namespace stormglass::scenarios
