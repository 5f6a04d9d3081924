#include "tests/sagas/saga_world.hpp"

#include <algorithm>

#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {

Decision DiceBusiness::decide(const Command& command) {
    Decision decision;
    decision.resource = "shelf";
    decision.amount = command.direction == Direction::forward ? -1 : 1;
    const bool may_fail = command.direction == Direction::forward;
    if (dice_.chance(healed ? 0 : 5)) {
        decision.kind = Decision::Kind::cannot;
    } else if (dice_.chance(may_fail ? fail_percent_ : healed ? 0 : 10)) {
        decision.kind = healed && command.kind == StepKind::retriable ? Decision::Kind::ok
                                                                      : Decision::Kind::failed;
    }
    return decision;
}

void DiceBusiness::apply(const EffectRecord& effect) {
    ++applied_[idempotency_key(effect.saga, effect.step, effect.direction)];
}

SagaWorld::SagaWorld(std::uint64_t seed, const Rules& rules, WorldOptions options)
    : dice_(seed),
      rules_(rules),
      options_(options),
      definition_(random_saga(dice_)),
      chance_(seed),
      out_(chance_) {
    for (const char* name : {"alice", "bob", "p", "p", "q"}) {
        Host host;
        host.name = name;
        host.coordinates = host.name.size() > 1;
        hosts_.push_back(std::move(host));
    }
    for (Host& host : hosts_) {
        boot(host);
    }
}

SagaWorld::~SagaWorld() {
    for (Host& host : hosts_) {
        crash(host);
    }
}

void SagaWorld::boot(Host& host) {
    host.client = std::make_unique<FakeClient>(bus_, host.name);
    if (host.coordinates) {
        host.coordinator = std::make_unique<Coordinator>(*host.client,
                                                         std::vector<Definition>{definition_},
                                                         CoordinatorConfig{},
                                                         nullptr,
                                                         rules_);
        host.client->listener = host.coordinator.get();
    } else {
        host.business =
            std::make_unique<DiceBusiness>(dice_, static_cast<std::uint32_t>(10 + dice_.below(20)));
        ParticipantConfig config;
        config.command_topic = host.name + ".commands";
        config.group = host.name;
        config.effects_topic = host.name + ".effects";
        host.participant =
            std::make_unique<Participant>(*host.client, *host.business, config, rules_);
        host.client->listener = host.participant.get();
    }
    bus_.send_ready(*host.client);
}

void SagaWorld::crash(Host& host) {
    host.coordinator.reset();
    host.participant.reset();
    host.client.reset();
    host.business.reset();
    host.timers.clear();
}

SagaWorld::Host& SagaWorld::host_of(const FakeClient* client) {
    const auto found = std::find_if(
        hosts_.begin(), hosts_.end(), [&](Host& host) { return host.client.get() == client; });
    CHECK(found != hosts_.end());
    return *found;
}

void SagaWorld::take(Host& host) {
    for (const Effect& effect : out_.sealed()) {
        if (effect.kind == stormglass::EffectKind::set_timer) {
            host.timers[effect.timer.value] = effect.at.ns;
        } else if (effect.kind == stormglass::EffectKind::cover) {
            marks_.insert(std::string(effect.site.name));
        }
    }
    out_.clear();
}

void SagaWorld::start_some_saga() {
    // Any coordinator may be asked, more than once, in charge or not.
    Host& host = hosts_[dice_.below(2)];
    const std::uint64_t number = dice_.below(std::min(options_.sagas, started_ + 1));
    started_ = std::max(started_, number + 1);
    const std::string saga = "saga-" + std::to_string(number);
    StartRequest request;
    request.saga = saga;
    request.definition = "random";
    request.payload = as_bytes("cart");
    const auto asked = host.coordinator->start_saga(request, bus_.now(), out_);
    CHECK(asked.ok());
    take(host);
}

void SagaWorld::fault() {
    const auto roll = static_cast<std::uint32_t>(dice_.below(100));
    if (roll < options_.crash_percent) {
        Host& host = hosts_[dice_.below(hosts_.size())];
        crash(host);
        boot(host);
    } else if (roll < options_.crash_percent + options_.usurp_percent && !bus_.groups.empty()) {
        auto group = bus_.groups.begin();
        std::advance(group, static_cast<std::ptrdiff_t>(dice_.below(bus_.groups.size())));
        auto& members = group->second.members;
        if (!members.empty()) {
            bus_.appoint(group->second, members[dice_.below(members.size())]);
        }
    } else if (roll < 20) {
        start_some_saga();
    }
}

bool SagaWorld::deliver_something(bool storm) {
    std::vector<std::pair<FakeBus::Group*, FakeBus::Item*>> ready;
    for (auto& [name, group] : bus_.groups) {
        if (group.owner == nullptr && !group.members.empty()) {
            bus_.appoint(group, group.members[dice_.below(group.members.size())]);
        }
        for (auto& [position, item] : group.items) {
            const bool waits = !item.done && item.not_before <= bus_.time;
            // What is out is given out again rarely; without faults only when all else rests.
            const bool again = item.out && !dice_.chance(storm ? 5 : 20);
            if (waits && !again) {
                ready.emplace_back(&group, &item);
            }
        }
    }
    if (ready.empty()) {
        return false;
    }
    const auto [group, item] = ready[dice_.below(ready.size())];
    return bus_.deliver(*group, *item);
}

void SagaWorld::hand_over_something() {
    const std::size_t index = dice_.below(bus_.frames.size());
    Host& host = host_of(bus_.frames[index].to);
    bus_.hand_over(index, out_);
    take(host);
}

bool SagaWorld::fire_timer() {
    for (Host& host : hosts_) {
        if (host.timers.empty()) {
            continue;
        }
        const auto [timer, due] = *host.timers.begin();
        host.timers.erase(host.timers.begin());
        bus_.time = std::max(bus_.time, static_cast<std::int64_t>(due));
        Component& part = host.coordinates ? static_cast<Component&>(*host.coordinator)
                                           : static_cast<Component&>(*host.participant);
        part.on_timer({timer}, bus_.now(), out_);
        take(host);
        return true;
    }
    return false;
}

void SagaWorld::act(bool storm) {
    if (storm) {
        fault();
    }
    const std::uint64_t choice = dice_.below(10);
    if (choice < 4 && !bus_.requests.empty()) {
        // Requests of one client arrive in order; those of different clients, and of the dead, in
        // any.
        const std::size_t index = dice_.below(bus_.requests.size());
        const FakeClient* from = bus_.requests[index].from;
        const auto first = std::find_if(bus_.requests.begin(),
                                        bus_.requests.end(),
                                        [&](auto& request) { return request.from == from; });
        bus_.process_request(static_cast<std::size_t>(first - bus_.requests.begin()));
    } else if (choice < 8 && !bus_.frames.empty()) {
        const std::size_t index = dice_.below(bus_.frames.size());
        if (storm && bus_.frames[index].kind == FakeBus::Frame::Kind::delivery &&
            dice_.chance(options_.drop_percent)) {
            bus_.frames.erase(bus_.frames.begin() + static_cast<std::ptrdiff_t>(index));
        } else {
            hand_over_something();
        }
    } else if (choice == 8 || bus_.requests.size() + bus_.frames.size() == 0) {
        bus_.release_due();
        const bool busy = deliver_something(storm) || fire_timer();
        if (!busy || (storm && dice_.chance(5))) {
            // Without a delayed event only what was put off can be waiting.
            bus_.time += bus_.release_next_delayed() ? 0 : seconds(1).ns;
        }
    }
}

bool SagaWorld::quiet() {
    if (!bus_.requests.empty() || !bus_.frames.empty() || !bus_.delayed.empty()) {
        return false;
    }
    for (const auto& [name, group] : bus_.groups) {
        for (const auto& [position, item] : group.items) {
            if (!item.done) {
                return false;
            }
        }
    }
    return std::all_of(
        hosts_.begin(), hosts_.end(), [](auto& host) { return host.timers.empty(); });
}

std::string SagaWorld::play() {
    for (int step = 0; step < options_.storm_steps; ++step) {
        act(true);
    }
    for (Host& host : hosts_) {
        if (host.business != nullptr) {
            host.business->healed = true;
        }
    }
    // A crash lost what was only asked for: whoever asked asks again.
    for (std::uint64_t number = 0; number < started_; ++number) {
        for (std::size_t i = 0; i < 2; ++i) {
            const std::string saga = "saga-" + std::to_string(number);
            StartRequest request;
            request.saga = saga;
            request.definition = "random";
            request.payload = as_bytes("cart");
            CHECK(hosts_[i].coordinator->start_saga(request, bus_.now(), out_).ok());
            take(hosts_[i]);
        }
    }
    for (int step = 0; step < 60000; ++step) {
        if (quiet()) {
            return judge();
        }
        act(false);
    }
    return "S11: not quiet after 60,000 steps without faults";
}

std::string SagaWorld::judge() {
    if (std::string broken = judge_memories(); !broken.empty()) {
        return broken;
    }
    for (std::uint64_t number = 0; number < started_; ++number) {
        const std::string saga = "saga-" + std::to_string(number);
        if (std::string broken = judge_saga(saga); !broken.empty()) {
            return saga + ": " + broken;
        }
    }
    return {};
}

std::string SagaWorld::judge_saga(const std::string& saga) {
    std::vector<Course> courses;
    std::vector<SagaState> ends;
    Epoch epoch = 0;
    for (const auto& stored : bus_.topics["saga.journal"]) {
        if (stored.event.key != saga) {
            continue;
        }
        const auto fact = decode_journal_event(stored.event.payload);
        CHECK(fact.ok());
        if (fact->epoch < epoch) {
            return "S13: a fact of an older epoch behind one of a newer";
        }
        epoch = fact->epoch;
        if (fact->kind == JournalEvent::Kind::decided) {
            courses.push_back(fact->course);
        } else if (fact->kind == JournalEvent::Kind::finished) {
            ends.push_back(fact->state);
        }
    }
    if (ends.size() != 1 || courses.size() != 1) {
        return "S11, S12: " + std::to_string(courses.size()) + " decisions, " +
               std::to_string(ends.size()) + " ends";
    }
    std::map<std::uint64_t, Applied> in_order;
    for (const char* topic : {"p.effects", "q.effects"}) {
        for (const auto& stored : bus_.topics[topic]) {
            const auto effect = decode_effect_record(stored.event.payload);
            if (effect.ok() && effect->saga == saga && effect->effect == Impact::applied) {
                in_order[std::stoull(stored.event.id.substr(1))] = {*definition_.find(effect->step),
                                                                    effect->direction};
            }
        }
    }
    std::vector<Applied> effects;
    for (const auto& [id, applied] : in_order) {
        effects.push_back(applied);
    }
    return broken_law(definition_, effects, ends.front());
}

std::string SagaWorld::judge_memories() {
    for (Host& host : hosts_) {
        const auto& group = bus_.groups[host.coordinates ? "saga-coordinators" : host.name];
        if (group.owner != host.client.get()) {
            continue;  // Replaced without knowing it: its memory may be of the past.
        }
        if (!host.coordinates) {
            if (!host.participant->in_charge()) {
                return "nobody is in charge of " + host.name;
            }
            std::map<std::string, int> stored;
            for (const auto& each : bus_.topics[host.name + ".effects"]) {
                const auto effect = decode_effect_record(each.event.payload);
                if (effect.ok() && effect->effect == Impact::applied) {
                    ++stored[idempotency_key(effect->saga, effect->step, effect->direction)];
                }
            }
            if (stored != host.business->applied()) {
                return "memory of " + host.name + " differs from its effects topic";
            }
        }
        if (host.coordinates && !host.coordinator->in_charge()) {
            return "no coordinator is in charge";
        }
        if (host.coordinates && host.coordinator->live() != 0) {
            return "S11: a saga is still alive at " + host.name;
        }
    }
    return {};
}

}  // namespace stormglass::sagas::tests
