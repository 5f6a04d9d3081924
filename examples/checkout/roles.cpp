#include "examples/checkout/roles.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

#include "bus/engines/connection.hpp"
#include "runtime/random.hpp"
#include "sagas/coordinator.hpp"
#include "sagas/participant.hpp"
#include "sagas/sqlite/store.hpp"
#include "scenarios/worlds/business.hpp"
#include "scenarios/worlds/checkout_saga.hpp"
#include "scenarios/worlds/dashboard.hpp"
#include "scenarios/worlds/services.hpp"
#include "scenarios/worlds/shop.hpp"

namespace stormglass::examples {
namespace {

using namespace scenarios;

constexpr std::string_view kOrdersTopic = "shop.orders";
constexpr std::string_view kOrdersGroup = "orders";
constexpr Duration kAgain = milliseconds(200);     // before a refused order is tried again
constexpr Duration kPaceMost = milliseconds(100);  // between two orders: a demo is watched

int fail(const Error& error) {
    std::fprintf(stderr, "checkout-demo: %s\n", error.text.c_str());
    return 69;
}

const sagas::Rules& rules_of(const Trial& trial) {
    return trial.defect != nullptr && trial.defect->sagas != nullptr ? *trial.defect->sagas
                                                                     : sagas::sound_rules();
}

Result<bus::ConnectionPtr> connect_as(const std::string& name, const BusAddress& bus) {
    bus::ConnectOptions options;
    options.source = name;
    options.data = bus.data;
    options.connect_timeout = seconds(20);  // the bus may be the one that was killed
    return bus::connect("stormglass://" + bus.host_and_port, options);
}

/// Brings orders from their topic to the desk. An order is settled when its saga has begun: until
/// then it comes again, to this process or to the one that replaces it.
class Intake {
  public:
    Intake(Service& service, bus::Connection& connection)
        : service_(service),
          connection_(connection) {}

    void open() {
        bus::Subscription as;
        as.topic = kOrdersTopic;
        as.group = kOrdersGroup;
        connection_.subscribe(as, [this](const bus::Delivery& delivery) {
            const std::string order(as_text(delivery.event.payload));
            const bus::Position position = delivery.position;
            const std::uint32_t receipt = delivery.receipt;
            service_.host().post([this, order, position, receipt] {
                service_.request(order, [this, position, receipt](Bytes reply) {
                    settle(position, receipt, as_text(reply));
                });
            });
            return bus::Answer::wait();
        });
    }

  private:
    void settle(bus::Position position, std::uint32_t receipt, std::string_view reply) {
        bus::Settlement settlement;
        settlement.group = kOrdersGroup;
        settlement.topic = kOrdersTopic;
        settlement.position = position;
        settlement.receipt = receipt;
        if (reply != "started" && reply != "known") {
            settlement.verdict = bus::Verdict::nack;
            settlement.delay = kAgain;
        }
        connection_.settle(settlement);
    }

    Service& service_;
    bus::Connection& connection_;
};

}  // namespace

int run_orders(const BusAddress& bus, const Trial& trial) {
    auto service = Service::open("orders", bus);
    if (!service) {
        return fail(service.error());
    }
    auto connection = connect_as("orders-intake", bus);
    if (!connection) {
        return fail(connection.error());
    }
    auto& session = (*service)->session();
    auto& desk = (*service)->add(std::make_unique<OrderDesk>(session));
    sagas::CoordinatorConfig config;
    config.group = std::string(kCoordinatorGroup);
    config.journal_topic = std::string(topics::kJournal);
    config.replies_topic = std::string(topics::kReplies);
    auto& coordinator = (*service)->add(std::make_unique<sagas::Coordinator>(
        session, std::vector{checkout_definition()}, config, &desk, rules_of(trial)));
    desk.serve(coordinator);
    session.listen(coordinator);
    Intake intake(**service, **connection);
    intake.open();
    const int code = (*service)->run();
    (*connection)->close();
    return code;
}

int run_participant(const std::string& name, const BusAddress& bus, const Trial& trial) {
    sagas::ParticipantConfig config;
    config.group = name;
    config.replies_topic = std::string(topics::kReplies);
    if (name == "stock") {
        config.command_topic = std::string(topics::kStockCommands);
        config.effects_topic = std::string(topics::kStockEffects);
    } else if (name == "payments") {
        config.command_topic = std::string(topics::kPaymentCommands);
        config.effects_topic = std::string(topics::kPaymentEffects);
    } else {
        config.command_topic = std::string(topics::kShippingCommands);
        config.effects_topic = std::string(topics::kShippingEffects);
    }
    auto service = Service::open(name, bus);
    if (!service) {
        return fail(service.error());
    }
    CheckoutBusiness business(trial.seed, trial.plan.scenario.workload.decline);
    auto& participant = (*service)->add(std::make_unique<sagas::Participant>(
        (*service)->session(), business, config, rules_of(trial)));
    (*service)->session().listen(participant);
    return (*service)->run();
}

int run_dashboard(const BusAddress& bus) {
    auto service = Service::open("dashboard", bus);
    if (!service) {
        return fail(service.error());
    }
    // Its orders are rows of ordinary tables: any SQL client may look while it runs.
    const std::string file = bus.data + "-dashboard.db";
    auto database = sagas::sqlite::Database::open(file);
    if (!database) {
        return fail(database.error());
    }
    const CheckoutFold fold;
    sagas::sqlite::SqliteStore store(**database, std::string(fold.name()));
    auto& dashboard = (*service)->add(std::make_unique<Dashboard>((*service)->session()));
    sagas::ProjectionConfig config;
    config.topic = std::string(topics::kJournal);
    auto& projection = (*service)->add(std::make_unique<sagas::Projection>(
        (*service)->session(), store, fold, std::move(config), &dashboard));
    dashboard.show(projection);
    (*service)->session().listen(dashboard);
    const std::function<void()> show = [&] {
        std::printf("dashboard: %llu events of sagas folded into %s\n",
                    static_cast<unsigned long long>(projection.position()),
                    file.c_str());
        std::fflush(stdout);
        (*service)->host().call_after(seconds(1), show);
    };
    (*service)->host().call_after(seconds(1), show);
    return (*service)->run();
}

int place_orders(const BusAddress& bus, const Trial& trial) {
    auto connection = connect_as("shop", bus);
    if (!connection) {
        return fail(connection.error());
    }
    const Workload& workload = trial.plan.scenario.workload;
    for (int i = 0; i < workload.count; ++i) {
        const Order order = order_of(trial.seed, static_cast<std::uint64_t>(i));
        bus::Event event;
        event.topic = kOrdersTopic;
        event.type = "shop.order-placed.v1";
        event.partition_key = order.id;
        event.payload = order.encode();
        const bus::Published done = (*connection)->publish(std::move(event)).get();
        if (!done.ok()) {
            std::fprintf(stderr, "checkout-demo: order %d: %s\n", i + 1, done.text.c_str());
            return 69;
        }
        const Duration pace = std::min(workload.every, kPaceMost);
        std::this_thread::sleep_for(std::chrono::nanoseconds(pace.ns));
    }
    std::printf("shop: %d orders placed, every one acknowledged by the bus\n", workload.count);
    return 0;
}

}  // namespace stormglass::examples
