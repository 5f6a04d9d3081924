#include "tests/sagas/checkout_world.hpp"

#include <set>

#include "bus/notes.hpp"
#include "bus/session.hpp"
#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

std::string key_of(NodeId node) {
    return "service-key-" + std::to_string(node.value);
}

std::string source_of(NodeId node) {
    return "urn:agent:service-" + std::to_string(node.value);
}

std::vector<std::string> all_keys() {
    std::vector<std::string> keys;
    for (std::uint32_t node = 10; node <= 15; ++node) {
        keys.push_back(key_of({node}));
    }
    return keys;
}

}  // namespace

Decision UnitBusiness::decide(const Command& command) {
    const std::string saga(command.saga);
    const int number = std::stoi(saga.substr(saga.find('-') + 1));
    Decision decision;
    decision.resource = std::string(command.step);
    const bool forward = command.direction == Direction::forward;
    if (forward && command.step == cannot_) {
        decision.kind = Decision::Kind::cannot;
        decision.text = "not by us";
    } else if (forward && command.step == refuses_ && number % 3 == 0) {
        decision.kind = Decision::Kind::failed;
        decision.text = "not for this one";
    } else {
        decision.amount = forward ? 1 : -1;
    }
    return decision;
}

CheckoutWorld::CheckoutWorld(std::uint64_t seed, const Rules& rules)
    : TinyWorld(seed),
      rules_(rules),
      definition_(checkout()),
      services_{{kStock, "stock", ""},
                {kPayment, "payment", "charge"},
                {kShipping, "shipping", ""},
                {kOrder, "order", ""}},
      signing_(all_keys()) {
    options_.bus_id = "bus-a";
    options_.topics = {"saga.journal", "saga.replies"};
    options_.segment_bytes = 1 << 20;
    for (const Service& service : services_) {
        options_.topics.push_back(service.name + ".commands");
        options_.topics.push_back(service.name + ".effects");
    }
    for (std::uint32_t node = 10; node <= 15; ++node) {
        options_.sources.push_back({source_of({node}), key_of({node}), {node}});
    }
}

bus::SessionOptions CheckoutWorld::session_of(NodeId id) const {
    bus::SessionOptions session;
    session.source = source_of(id);
    session.key_id = key_of(id);
    session.broker = kBroker;
    session.bus_id = options_.bus_id;
    return session;
}

std::unique_ptr<Node> CheckoutWorld::make_coordinator(NodeId id) {
    auto node = std::make_unique<Assembly>();
    auto& session = node->add(std::make_unique<bus::Session>(session_of(id), signing_));
    auto& coordinator = node->add(std::make_unique<Coordinator>(
        session, std::vector<Definition>{definition_}, CoordinatorConfig{}, nullptr, rules_));
    session.listen(coordinator);
    coordinators_[id] = &coordinator;
    return node;
}

std::unique_ptr<Node> CheckoutWorld::make_service(const Service& service) {
    auto& business = owned_[service.node];
    business = std::make_unique<UnitBusiness>(service.refuses, poisoned);
    businesses_[service.node] = business.get();
    ParticipantConfig config;
    config.command_topic = service.name + ".commands";
    config.group = service.name;
    config.effects_topic = service.name + ".effects";
    auto node = std::make_unique<Assembly>();
    auto& session = node->add(std::make_unique<bus::Session>(session_of(service.node), signing_));
    auto& part = node->add(std::make_unique<Participant>(session, *business, config, rules_));
    session.listen(part);
    return node;
}

void CheckoutWorld::begin() {
    add(kBroker, [this] { return std::make_unique<bus::Broker>(options_, signing_); });
    for (const NodeId id : {kOrders, kStandby}) {
        add(id, [this, id] { return make_coordinator(id); });
    }
    for (const Service& service : services_) {
        add(service.node, [this, service] { return make_service(service); });
    }
}

bool CheckoutWorld::in_charge(NodeId id) {
    return alive(id) && coordinators_.at(id)->in_charge();
}

void CheckoutWorld::start_saga(NodeId id, int number) {
    step(id, [&](Moment moment, Effects& out) {
        const std::string name = saga(number);
        StartRequest request;
        request.saga = name;
        request.definition = "checkout";
        request.payload = as_bytes("cart");
        const auto asked = coordinators_.at(id)->start_saga(request, moment, out);
        CHECK(asked.ok());
    });
}

void CheckoutWorld::start_all(int count) {
    for (int number = 0; number < count; ++number) {
        start_saga(kOrders, number);
        start_saga(kStandby, number);
    }
}

std::vector<std::pair<std::string, ByteBuffer>> CheckoutWorld::stored() const {
    std::vector<std::pair<std::string, ByteBuffer>> found;
    std::set<std::pair<std::string, std::uint64_t>> seen;  // a recovery may note again
    for (const auto& note : notes()) {
        if (note.kind != bus::notes::kStored.name) {
            continue;
        }
        const std::string& topic = note.texts.at("topic");
        if (!seen.emplace(topic, note.numbers.at("position")).second) {
            continue;
        }
        const auto event = bus::decode_event(as_bytes(note.texts.at("event")));
        CHECK(event.ok());
        found.emplace_back(topic, ByteBuffer(event->payload.begin(), event->payload.end()));
    }
    return found;
}

std::map<std::string, SagaState> CheckoutWorld::ends() const {
    std::map<std::string, SagaState> found;
    for (const auto& [topic, payload] : stored()) {
        const auto fact = decode_journal_event(payload);
        if (fact.ok() && fact->kind == JournalEvent::Kind::finished) {
            const bool first = found.emplace(fact->saga, fact->state).second;
            CHECK(first);  // S11: a saga ends once
        }
    }
    return found;
}

bool CheckoutWorld::all_finished(int count) const {
    return ends().size() == static_cast<std::size_t>(count);
}

std::string CheckoutWorld::judge(int count, int first) {
    const auto ended = ends();
    std::map<std::string, std::vector<Applied>> effects;
    std::map<std::string, std::int64_t> books;  // by effects topic
    for (const auto& [topic, payload] : stored()) {
        const auto effect = decode_effect_record(payload);
        if (effect.ok() && effect->effect == Impact::applied) {
            effects[std::string(effect->saga)].push_back(
                {*definition_.find(effect->step), effect->direction});
            books[topic] += effect->amount;
        }
    }
    for (int number = first; number < first + count; ++number) {
        const auto end = ended.find(saga(number));
        if (end == ended.end()) {
            return saga(number) + ": S11: not finished";
        }
        if (std::string law = broken_law(definition_, effects[saga(number)], end->second);
            !law.empty()) {
            return saga(number) + ": " + law;
        }
    }
    for (const Service& service : services_) {
        if (businesses_.at(service.node)->units() != books[service.name + ".effects"]) {
            return "the books of " + service.name + " differ from its effects";
        }
    }
    return {};
}

}  // namespace stormglass::sagas::tests
