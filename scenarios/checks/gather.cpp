#include "scenarios/checks/gather.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "bus/attributes.hpp"
#include "bus/broker.hpp"
#include "bus/reason.hpp"
#include "runtime/check.hpp"
#include "sagas/messages.hpp"
#include "sagas/notes.hpp"
#include "scenarios/checks/gather_log.hpp"
#include "scenarios/checks/gather_projection.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

Direction direction_of(sagas::Direction direction) {
    switch (direction) {
        case sagas::Direction::forward:
            return Direction::forward;
        case sagas::Direction::undo:
            return Direction::undo;
        case sagas::Direction::cancel:
            return Direction::cancel;
    }
    CHECK(false);
}

EffectOutcome outcome_of(sagas::Impact kind) {
    switch (kind) {
        case sagas::Impact::applied:
            return EffectOutcome::applied;
        case sagas::Impact::noop:
            return EffectOutcome::noop;
        case sagas::Impact::refused:
            return EffectOutcome::refused;
    }
    CHECK(false);
}

/// Reads the sagas' own events off the journal, in journal order.
class SagaReader {
  public:
    SagaReader(const Ledger& ledger, RunFacts& facts)
        : ledger_(ledger),
          facts_(facts),
          definition_(checkout_definition()) {
        for (const sagas::Step& step : definition_.steps) {
            facts_.steps.push_back({step.name,
                                    step.ancestors.bits(),
                                    step.kind == sagas::StepKind::compensatable,
                                    step.kind == sagas::StepKind::pivot});
        }
    }

    void read() {
        for (const Stored& stored : ledger_.stored()) {
            const std::string_view topic = ledger_.names()[stored.topic];
            if (topic == topics::kNotifications || topic == topics::kReplies) {
                continue;
            }
            // The broker has admitted it: no rule needs to be checked once more.
            const Bytes payload = bus::payload_of(as_bytes(ledger_.text(stored.event)));
            if (topic == topics::kJournal) {
                read_journal(stored, payload);
            } else if (topic.ends_with(".effects")) {
                read_effect(stored, payload);
            } else {
                read_command(stored, payload);
            }
        }
        for (auto& [id, saga] : sagas_) {
            facts_.sagas.push_back(std::move(saga));
        }
    }

  private:
    SagaFacts& saga(std::string_view id) {
        SagaFacts& saga = sagas_[std::string(id)];
        saga.id = id;
        return saga;
    }

    void read_journal(const Stored& stored, Bytes payload) {
        const auto event = sagas::decode_journal_event(payload);
        if (!event) {
            return;  // a claim of a new owner, which is about no saga
        }
        using Kind = sagas::JournalEvent::Kind;
        DecisionFact fact;
        fact.at = stored.at;
        fact.index = stored.index;
        fact.step = event->step.value;
        fact.direction = direction_of(event->direction);
        fact.attempt = event->attempt;
        fact.generation = event->epoch;
        switch (event->kind) {
            case Kind::started:
                fact.kind = DecisionFact::Kind::started;
                break;
            case Kind::command:
                fact.kind = DecisionFact::Kind::command;
                break;
            case Kind::reply:
                fact.kind = DecisionFact::Kind::reply;
                fact.outcome = sagas::name_of(event->outcome);
                break;
            case Kind::timeout:
            case Kind::deadline:
                fact.kind = DecisionFact::Kind::timeout;
                break;
            case Kind::decided:
                fact.kind = DecisionFact::Kind::decided;
                fact.outcome = sagas::name_of(event->course);
                break;
            case Kind::finished:
                fact.kind = DecisionFact::Kind::finished;
                fact.outcome = sagas::name_of(event->state);
                break;
        }
        saga(event->saga).decisions.push_back(std::move(fact));
    }

    void read_effect(const Stored& stored, Bytes payload) {
        const auto record = sagas::decode_effect_record(payload);
        const auto step = record ? definition_.find(record->step) : std::nullopt;
        if (!step) {
            return;  // an attacker's words, in the log of a broker that does not look
        }
        saga(record->saga)
            .effects.push_back({stored.at,
                                stored.index,
                                step->value,
                                direction_of(record->direction),
                                outcome_of(record->effect),
                                record->amount,
                                std::string(record->resource)});
    }

    void read_command(const Stored& stored, Bytes payload) {
        const auto command = sagas::decode_command(payload);
        const auto step = command ? definition_.find(command->step) : std::nullopt;
        if (!step) {
            return;
        }
        saga(command->saga)
            .commands.push_back({stored.at,
                                 stored.index,
                                 step->value,
                                 direction_of(command->direction),
                                 command->attempt,
                                 command->epoch});
    }

    const Ledger& ledger_;
    RunFacts& facts_;
    sagas::Definition definition_;
    std::map<std::string, SagaFacts> sagas_;
};

/// Decisions that a coordinator was told are safe, and that the journal does not hold at the end.
void find_lost_decisions(const Ledger& ledger, RunFacts& facts) {
    std::set<std::string_view> known;
    for (const SagaFacts& saga : facts.sagas) {
        if (!saga.decisions.empty()) {
            known.insert(saga.id);
        }
    }
    std::set<std::string_view> lost;
    for (const SagaNote& note : ledger.saga_notes()) {
        const bool acknowledged =
            note.kind == sagas::notes::kStarted || note.kind == sagas::notes::kFinished;
        const std::string_view saga = ledger.text(note.saga);
        if (!acknowledged) {
            continue;
        }
        const auto found = std::find_if(facts.sagas.begin(),
                                        facts.sagas.end(),
                                        [&](const SagaFacts& s) { return s.id == saga; });
        const bool gone = !known.contains(saga) ||
                          (note.kind == sagas::notes::kFinished && found->outcome().empty());
        if (gone && lost.insert(saga).second) {
            facts.decisions_lost.emplace_back(saga);
        }
    }
}

/// Changed where it was, on its source's own link.
bool in_place(const sim::Fault& fault) {
    return std::any_of(fault.with.begin(), fault.with.end(), [](const sim::Parameter& with) {
        return with.name == "in-place" && with.word == "yes";
    });
}

void gather_attack(const Plan& plan, CheckoutWorld& world, RunFacts& facts) {
    const Ledger& ledger = world.ledger();
    AttackFacts& attack = facts.attack;
    attack.present = !plan.attacks.empty();
    const NodeId adversary = world.world().adversary();
    const auto counters = world.world().fault_counters();
    for (const std::size_t fault : plan.attacks) {
        const bool forged = plan.schedule[fault].kind == sim::FaultKind::alter_field ||
                            plan.schedule[fault].kind == sim::FaultKind::forge_source;
        attack.injected += counters[fault].took_effect;
        attack.altered += forged ? counters[fault].took_effect : 0;
        attack.tampered += in_place(plan.schedule[fault]) ? counters[fault].took_effect : 0;
    }
    for (const RefusalRecord& refusal : ledger.refusals()) {
        const bool hostile = refusal.from == adversary && attack.present;
        const bool about_bytes = bus::is_about_bytes(ledger.names()[refusal.code]);
        if (refusal.kind == RefusalRecord::Kind::alarm) {
            attack.alarms += hostile ? 1 : 0;
            attack.own_alarms += hostile ? 0 : 1;
            attack.own_refusals += !hostile && about_bytes ? 1 : 0;
        } else if (refusal.kind == RefusalRecord::Kind::refused) {
            attack.refusals += hostile ? 1 : 0;
            attack.own_refusals += !hostile && about_bytes ? 1 : 0;
        } else if (refusal.kind == RefusalRecord::Kind::dropped && hostile &&
                   ledger.names()[refusal.code] == "recovering") {
            ++attack.unguarded;
        }
    }
    attack.foreign_events = count_foreign_events(ledger);
}

std::uint64_t digest_of(const SagaFacts& saga) {
    std::uint64_t effects = 0;
    for (const EffectFact& effect : saga.effects) {
        if (effect.outcome != EffectOutcome::applied) {
            continue;
        }
        std::uint64_t one = chain64(effect.step, static_cast<std::uint64_t>(effect.direction));
        one = chain64(one, static_cast<std::uint64_t>(effect.amount));
        effects += chain64(one, name_hash(effect.resource));  // a sum: order does not matter
    }
    return chain64(chain64(name_hash(saga.id), name_hash(saga.outcome())), effects);
}

}  // namespace

RunFacts gather(const Plan& plan, CheckoutWorld& world, bool settled) {
    RunFacts facts;
    const Ledger& ledger = world.ledger();
    SagaReader(ledger, facts).read();
    for (const Assigned& assigned : ledger.assigned()) {
        if (ledger.names()[assigned.group] == kCoordinatorGroup) {
            facts.owners.push_back({assigned.at, assigned.index, assigned.generation});
        }
    }
    gather_log(ledger, facts);
    if (const bus::Broker* broker = world.broker()) {
        gather_groups(ledger, *broker, facts);
    }
    if (!plan.controls.empty()) {
        gather_waits(ledger, facts);
    }
    find_lost_decisions(ledger, facts);
    facts.started_requests = world.shop().confirmed();
    gather_attack(plan, world, facts);
    facts.projection = gather_projection(world);
    if (std::any_of(plan.checks.begin(), plan.checks.end(), [](const CheckRow* row) {
            return row->id.starts_with('T');
        })) {
        facts.trace = spans_of_run(ledger);
    }
    facts.settled = settled;
    facts.end = world.end_text();
    facts.end_at = world.world().now().ns;
    facts.attack.domain_digest = domain_digest(facts);
    return facts;
}

std::uint64_t domain_digest(const RunFacts& facts) {
    std::uint64_t state = 0;
    for (const SagaFacts& saga : facts.sagas) {
        state = chain64(state, digest_of(saga));
    }
    return state;
}

std::string domain_difference(const RunFacts& facts, const RunFacts& other) {
    std::map<std::string_view, std::uint64_t> digests;
    for (const SagaFacts& saga : other.sagas) {
        digests[saga.id] = digest_of(saga);
    }
    for (const SagaFacts& saga : facts.sagas) {
        const auto known = digests.find(saga.id);
        if (known == digests.end()) {
            return "saga " + saga.id + " exists only under attack";
        }
        if (known->second != digest_of(saga)) {
            return "saga " + saga.id + " ended " + std::string(saga.outcome()) +
                   " with other effects";
        }
    }
    return facts.sagas.size() == other.sagas.size() ? "" : "a saga is missing under attack";
}

}  // namespace stormglass::scenarios
