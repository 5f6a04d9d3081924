// S8 and S11-S13: how a saga may run, decision by decision, in journal order.
#include <algorithm>
#include <map>

#include "scenarios/checks/rules.hpp"
#include "scenarios/checks/saga_report.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kCoordinatorNode = "orders";  // decides

std::string entry(std::uint64_t index) {
    return index == 0 ? "never" : "at entry " + std::to_string(index);
}

/// The entry from which on the coordinator knew that a step had succeeded; 0 = never.
std::uint64_t success_known(const SagaFacts& saga, std::size_t step) {
    for (const DecisionFact& fact : saga.decisions) {
        if (fact.kind == DecisionFact::Kind::reply && fact.step == step &&
            fact.direction == Direction::forward && fact.outcome == "ok") {
            return fact.index;
        }
    }
    return 0;
}

void check_join(const RunFacts& facts,
                const SagaFacts& saga,
                const CommandFact& command,
                CheckResult& result) {
    const std::uint64_t before = facts.steps[command.step].before;
    for (std::size_t step = 0; step < facts.steps.size(); ++step) {
        if ((before >> step & 1) == 0) {
            continue;
        }
        result.consulted = true;
        const std::uint64_t known = success_known(saga, step);
        if (known == 0 || known > command.index) {
            report_saga({result, saga, kCoordinatorNode},
                        command.at,
                        "Saga " + saga.id + " started '" + facts.steps[command.step].name +
                            "' before '" + facts.steps[step].name + "' had succeeded.",
                        "command " + entry(command.index) + ", reply " + entry(known),
                        "a step starts only after the replies of all its predecessors");
        }
    }
}

void check_quiet_after_end(const SagaFacts& saga, CheckResult& result) {
    const auto end =
        std::find_if(saga.decisions.begin(), saga.decisions.end(), [](const DecisionFact& fact) {
            return fact.kind == DecisionFact::Kind::finished;
        });
    if (end == saga.decisions.end()) {
        return;
    }
    for (const EffectFact& effect : saga.effects) {
        result.consulted = true;
        if (effect.index > end->index && effect.outcome == EffectOutcome::applied) {
            report_saga({result, saga, kCoordinatorNode},
                        effect.at,
                        "Saga " + saga.id + " changed something after it had ended as " +
                            end->outcome + ".",
                        "effect " + entry(effect.index) + ", end " + entry(end->index),
                        "no branch takes effect after the end of its saga");
        }
    }
}

void check_decided_once(const SagaFacts& saga, CheckResult& result) {
    std::map<DecisionFact::Kind, std::string> first;
    for (const DecisionFact& fact : saga.decisions) {
        if (fact.kind != DecisionFact::Kind::decided && fact.kind != DecisionFact::Kind::finished) {
            continue;
        }
        result.consulted = true;
        const auto [known, is_new] = first.emplace(fact.kind, fact.outcome);
        if (!is_new && known->second != fact.outcome) {
            report_saga({result, saga, kCoordinatorNode},
                        fact.at,
                        "Saga " + saga.id + " changed its mind: first " + known->second +
                            ", then " + fact.outcome + ".",
                        known->second + ", then " + fact.outcome,
                        "a decision never changes");
        }
    }
}

bool is_announced(const SagaFacts& saga, const CommandFact& command) {
    return std::any_of(saga.decisions.begin(), saga.decisions.end(), [&](const DecisionFact& fact) {
        return fact.kind == DecisionFact::Kind::command && fact.step == command.step &&
               fact.direction == command.direction && fact.attempt == command.attempt &&
               fact.index <= command.index;
    });
}

/// The newest generation that had been assigned before this entry.
bus::Generation owner_before(const RunFacts& facts, std::uint64_t index) {
    bus::Generation newest = 0;
    for (const OwnerFact& owner : facts.owners) {
        if (owner.index < index) {
            newest = std::max(newest, owner.generation);
        }
    }
    return newest;
}

template <class Fact>
void check_owner(const RunFacts& facts,
                 const SagaFacts& saga,
                 const Fact& fact,
                 CheckResult& result) {
    const bus::Generation owner = owner_before(facts, fact.index);
    result.consulted = result.consulted || owner > 1;
    if (fact.generation < owner) {
        report_saga({result, saga, kCoordinatorNode},
                    fact.at,
                    "An old coordinator still drove saga " + saga.id +
                        " after a newer one had taken "
                        "over.",
                    "generation " + std::to_string(fact.generation) + " wrote " +
                        entry(fact.index) + ", generation " + std::to_string(owner) +
                        " already owned the sagas",
                    "one owner of a saga at any time");
    }
}

}  // namespace

void check_parallel_join(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        for (const CommandFact& command : saga.commands) {
            if (command.direction == Direction::forward) {
                check_join(facts, saga, command, result);
            }
        }
        check_quiet_after_end(saga, result);
    }
}

void check_termination(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        if (saga.decisions.empty()) {
            continue;
        }
        result.consulted = true;
        const auto ends = std::count_if(
            saga.decisions.begin(), saga.decisions.end(), [](const DecisionFact& fact) {
                return fact.kind == DecisionFact::Kind::finished;
            });
        if (ends != 1) {
            report_saga({result, saga, kCoordinatorNode},
                        facts.end_at,
                        ends == 0 ? "Saga " + saga.id + " never came to an end."
                                  : "Saga " + saga.id + " ended more than once.",
                        std::to_string(ends) + " ends after " +
                            std::to_string(saga.decisions.size()) + " entries",
                        "every started saga ends once, within the time to settle");
        }
    }
    if (facts.started_requests > facts.sagas.size()) {
        result.violations.push_back(
            {"A client was told that its order is under way, and no saga "
             "knows of it.",
             "every confirmed order is a saga",
             std::to_string(facts.started_requests) + " confirmed, " +
                 std::to_string(facts.sagas.size()) + " sagas",
             "orders",
             facts.end_at,
             "orders"});
    }
}

void check_decision_durable(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        check_decided_once(saga, result);
        for (const CommandFact& command : saga.commands) {
            result.consulted = true;
            if (!is_announced(saga, command)) {
                report_saga({result, saga, kCoordinatorNode},
                            command.at,
                            "Saga " + saga.id + " sent '" + facts.steps[command.step].name +
                                "' without having written the decision first.",
                            "command " + entry(command.index) + ", no decision before it",
                            "a decision is in the journal before its command is sent");
            }
        }
    }
    for (const std::string& lost : facts.decisions_lost) {
        result.consulted = true;
        result.violations.push_back(
            {"A decision of saga " + lost + " was acknowledged and is gone.",
             "an acknowledged decision is never lost",
             "not in the journal",
             lost,
             facts.end_at,
             "broker"});
    }
}

void check_single_coordinator(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        for (const DecisionFact& fact : saga.decisions) {
            check_owner(facts, saga, fact, result);
        }
        for (const CommandFact& command : saga.commands) {
            check_owner(facts, saga, command, result);
        }
    }
}

}  // namespace stormglass::scenarios
