// S3-S5, S7 and S16: what the participants' effects of one saga may look like, in journal order.
// The shape of an undo is that of Garcia-Molina and Salem, "Sagas" (SIGMOD 1987), on a DAG.
#include <algorithm>
#include <map>

#include "scenarios/checks/rules.hpp"
#include "scenarios/checks/saga_report.hpp"

namespace stormglass::scenarios {
namespace {

std::string times(std::uint64_t count) {
    if (count == 0) {
        return "never";
    }
    return count == 1 ? "once" : std::to_string(count) + " times";
}

bool took_effect(const EffectFact& effect, std::size_t step, Direction direction) {
    return effect.step == step && effect.direction == direction &&
           effect.outcome == EffectOutcome::applied;
}

std::uint64_t applied(const SagaFacts& saga, std::size_t step, Direction direction) {
    return static_cast<std::uint64_t>(
        std::count_if(saga.effects.begin(), saga.effects.end(), [&](const EffectFact& effect) {
            return took_effect(effect, step, direction);
        }));
}

const EffectFact* first_applied(const SagaFacts& saga, std::size_t step, Direction direction) {
    const auto found =
        std::find_if(saga.effects.begin(), saga.effects.end(), [&](const EffectFact& effect) {
            return took_effect(effect, step, direction);
        });
    return found == saga.effects.end() ? nullptr : &*found;
}

/// When the last effect of this step and direction was recorded; 0 = never.
std::uint64_t last_at(const SagaFacts& saga, std::size_t step) {
    std::uint64_t at = 0;
    for (const EffectFact& effect : saga.effects) {
        at = effect.step == step ? effect.at : at;
    }
    return at;
}

/// A step in doubt: the undo that stands behind an effect in the journal, if any.
bool undone_later(const SagaFacts& saga, const EffectFact& effect) {
    return std::any_of(saga.effects.begin(), saga.effects.end(), [&](const EffectFact& other) {
        return other.index > effect.index && took_effect(other, effect.step, Direction::undo);
    });
}

void check_totals(const SagaFacts& saga, CheckResult& result) {
    std::map<std::string, std::int64_t> totals;
    for (const EffectFact& effect : saga.effects) {
        if (effect.outcome == EffectOutcome::applied) {
            totals[effect.resource] += effect.amount;
        }
    }
    for (const auto& [resource, total] : totals) {
        if (total != 0) {
            report_saga({result, saga},
                        saga.effects.back().at,
                        "Saga " + saga.id + " ended as compensated, yet " + resource +
                            " is off by " + std::to_string(total) + ".",
                        resource + ": " + std::to_string(total),
                        "the net effect of a compensated saga is zero");
        }
    }
}

}  // namespace

void check_step_once(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        const bool completed = saga.outcome() == "completed";
        for (std::size_t step = 0; step < facts.steps.size(); ++step) {
            const std::uint64_t count = applied(saga, step, Direction::forward);
            result.consulted = result.consulted || count > 0;
            if (count > 1 || (completed && count != 1)) {
                report_saga({result, saga},
                            last_at(saga, step),
                            "Step '" + facts.steps[step].name + "' of saga " + saga.id +
                                " took effect " + times(count) + ".",
                            facts.steps[step].name + ": " + times(count),
                            completed ? "each step of a completed saga takes effect once"
                                      : "a step takes effect at most once");
            }
        }
    }
}

void check_compensation_once(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        if (saga.outcome() != "compensated") {
            continue;
        }
        for (std::size_t step = 0; step < facts.steps.size(); ++step) {
            const std::uint64_t done = applied(saga, step, Direction::forward);
            const std::uint64_t undone = applied(saga, step, Direction::undo);
            result.consulted = result.consulted || done > 0;
            if (facts.steps[step].compensatable && done != undone) {
                report_saga({result, saga},
                            last_at(saga, step),
                            "Saga " + saga.id + " ended as compensated, but '" +
                                facts.steps[step].name + "' was done " + times(done) +
                                " and undone " + times(undone) + ".",
                            "done " + times(done) + ", undone " + times(undone),
                            "each step that took effect is undone once");
            }
        }
    }
}

// A branch that was in flight when the saga turned back may still take effect, if its own undo
// follows; a step that was cancelled may not, and nothing else after the first undo may.
void check_no_step_after_undo(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        bool undoing = false;
        std::uint64_t cancelled = 0;  // steps, as bits
        for (const EffectFact& effect : saga.effects) {
            if (effect.direction == Direction::cancel) {
                cancelled |= std::uint64_t{1} << effect.step;
            }
            undoing = undoing || (effect.direction == Direction::undo &&
                                  effect.outcome != EffectOutcome::refused);
            result.consulted = result.consulted || undoing || cancelled != 0;
            const bool too_late = (cancelled >> effect.step & 1) != 0;
            if ((undoing || too_late) && effect.direction == Direction::forward &&
                effect.outcome == EffectOutcome::applied &&
                (too_late || !undone_later(saga, effect))) {
                report_saga({result, saga},
                            effect.at,
                            "Step '" + facts.steps[effect.step].name + "' of saga " + saga.id +
                                " took effect after the saga had begun to undo.",
                            facts.steps[effect.step].name + " applied at entry " +
                                std::to_string(effect.index) + ", never undone afterwards",
                            "after the first compensation no step takes effect for good");
            }
        }
    }
}

void check_reverse_order(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        for (std::size_t later = 0; later < facts.steps.size(); ++later) {
            const EffectFact* undo_later = first_applied(saga, later, Direction::undo);
            for (std::size_t earlier = 0; undo_later != nullptr && earlier < facts.steps.size();
                 ++earlier) {
                const bool built_on = (facts.steps[later].before >> earlier & 1) != 0;
                const EffectFact* undo_earlier = first_applied(saga, earlier, Direction::undo);
                if (!built_on || undo_earlier == nullptr) {
                    continue;
                }
                result.consulted = true;
                if (undo_earlier->index < undo_later->index) {
                    const std::string& first = facts.steps[earlier].name;
                    const std::string& second = facts.steps[later].name;
                    report_saga({result, saga},
                                undo_earlier->at,
                                "Saga " + saga.id + " undid '" + first + "' before '" + second +
                                    "', which had been built on it.",
                                "undo of " + first + " is entry " +
                                    std::to_string(undo_earlier->index) + ", undo of " + second +
                                    " entry " + std::to_string(undo_later->index),
                                "compensations take effect in the reverse order of their steps");
                }
            }
        }
    }
}

void check_outcome_equals_ledger(const RunFacts& facts, CheckResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        const std::string_view outcome = saga.outcome();
        if (outcome != "completed" && outcome != "compensated") {
            continue;
        }
        result.consulted = true;
        for (std::size_t step = 0; step < facts.steps.size(); ++step) {
            const std::uint64_t done = applied(saga, step, Direction::forward);
            const std::uint64_t undone = applied(saga, step, Direction::undo);
            const bool stands = done > undone;
            if (stands == (outcome == "completed")) {
                continue;
            }
            report_saga(
                {result, saga},
                last_at(saga, step),
                "Saga " + saga.id + " says it " +
                    (outcome == "completed" ? "completed" : "was compensated") + ", but '" +
                    facts.steps[step].name + (stands ? "' still stands." : "' does not stand."),
                facts.steps[step].name + " done " + times(done) + ", undone " + times(undone),
                outcome == "completed" ? "completed: every step stands"
                                       : "compensated: no step stands");
        }
        if (outcome == "compensated") {
            check_totals(saga, result);
        }
    }
}

}  // namespace stormglass::scenarios
