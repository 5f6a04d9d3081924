// The laws of sagas (S1, S3-S5, S7-S9, S16) as predicates over the applied effects of one saga, in
// order. Written from the rules, not from the code: every other test of this folder leans on them.
#pragma once

#include <string>
#include <vector>

#include "sagas/definition.hpp"
#include "sagas/vocabulary.hpp"

namespace stormglass::sagas::tests {

struct Applied {
    StepId step;
    Direction direction = Direction::forward;
};

/// Empty when all laws hold of this (possibly unfinished) history; otherwise the broken one.
inline std::string broken_prefix_law(const Definition& definition,
                                     const std::vector<Applied>& effects) {
    StepSet done;
    StepSet undone;
    for (const Applied& effect : effects) {
        const Step& step = definition.step(effect.step);
        if (effect.direction == Direction::forward) {
            if (done.contains(effect.step)) {
                return "S3: do of " + step.name + " applied twice";
            }
            if (!undone.empty()) {
                return "S5: do of " + step.name + " after an undo";
            }
            if (!done.contains_all(step.ancestors)) {
                return "S1, S8: do of " + step.name + " before one of its predecessors";
            }
            done.insert(effect.step);
            continue;
        }
        if (!done.contains(effect.step)) {
            return "S6: undo of " + step.name + " applied without its do";
        }
        if (undone.contains(effect.step)) {
            return "S4: undo of " + step.name + " applied twice";
        }
        if (definition.pivot.has_value() && done.contains(*definition.pivot)) {
            return "S9: undo of " + step.name + " after the pivot";
        }
        if (!undone.contains_all(step.followers & done)) {
            return "S7: undo of " + step.name + " before that of a step after it";
        }
        undone.insert(effect.step);
    }
    return {};
}

/// Also what the end must look like, once nothing more can happen.
inline std::string broken_law(const Definition& definition,
                              const std::vector<Applied>& effects,
                              SagaState state) {
    if (std::string broken = broken_prefix_law(definition, effects); !broken.empty()) {
        return broken;
    }
    StepSet done;
    StepSet undone;
    for (const Applied& effect : effects) {
        (effect.direction == Direction::forward ? done : undone).insert(effect.step);
    }
    switch (state) {
        case SagaState::running:
        case SagaState::compensating:
            return "S11: not finished";
        case SagaState::completed:
            return done == definition.all() && undone.empty() ? "" : "S16: completed in part";
        case SagaState::compensated:
            return done == undone ? "" : "S4, S16: compensated in part";
        case SagaState::needs_operator:
            return done != undone ? "" : "S10: an operator for nothing";
    }
    CHECK(false);
}

}  // namespace stormglass::sagas::tests
