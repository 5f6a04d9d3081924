// Facts of small runs, written by hand: a saga of four steps (a, then b and c in parallel, then the
// pivot d) and helpers that append what happened to it, in journal order.
#pragma once

#include <string>

#include "scenarios/checks/check.hpp"

namespace stormglass::tests {

class FactsBuilder {
  public:
    using DecisionKind = scenarios::DecisionFact::Kind;
    using Direction = scenarios::Direction;
    using EffectOutcome = scenarios::EffectOutcome;

    FactsBuilder() {
        facts_.steps = {{"a", 0b0000, true, false},
                        {"b", 0b0001, true, false},
                        {"c", 0b0001, true, false},
                        {"d", 0b0111, false, true}};
        facts_.owners.push_back({0, 1, 1});
        facts_.settled = true;
    }

    scenarios::RunFacts& facts() { return facts_; }

    FactsBuilder& saga(std::string id) {
        facts_.sagas.push_back({std::move(id), {}, {}, {}});
        return decision(DecisionKind::started, 0, Direction::forward, "");
    }

    FactsBuilder& decision(DecisionKind kind,
                           std::size_t step,
                           Direction direction,
                           std::string outcome) {
        ++index_;
        scenarios::DecisionFact fact;
        fact.kind = kind;
        fact.at = index_ * 1'000'000;
        fact.index = index_;
        fact.step = step;
        fact.direction = direction;
        fact.attempt = 1;
        fact.generation = generation_;
        fact.outcome = std::move(outcome);
        current().decisions.push_back(fact);
        return *this;
    }

    /// Decides a command and sends it, in one entry.
    FactsBuilder& command(std::size_t step, Direction direction = Direction::forward) {
        decision(DecisionKind::command, step, direction, "");
        current().commands.push_back({index_ * 1'000'000, index_, step, direction, 1, generation_});
        return *this;
    }

    FactsBuilder& effect(std::size_t step,
                         Direction direction,
                         EffectOutcome outcome = EffectOutcome::applied,
                         std::int64_t amount = 0) {
        ++index_;
        current().effects.push_back(
            {index_ * 1'000'000, index_, step, direction, outcome, amount, "stock"});
        return *this;
    }

    /// Command, effect and good reply of a step.
    FactsBuilder& done(std::size_t step, std::int64_t amount = 5) {
        return command(step)
            .effect(step, Direction::forward, EffectOutcome::applied, amount)
            .decision(DecisionKind::reply, step, Direction::forward, "ok");
    }

    FactsBuilder& undone(std::size_t step, std::int64_t amount = -5) {
        return command(step, Direction::undo)
            .effect(step, Direction::undo, EffectOutcome::applied, amount)
            .decision(DecisionKind::reply, step, Direction::undo, "ok");
    }

    FactsBuilder& finished(std::string outcome) {
        return decision(DecisionKind::finished, 0, Direction::forward, std::move(outcome));
    }

    /// From here on a newer coordinator owns the sagas; `generation` is who writes next.
    FactsBuilder& takeover(bus::Generation owner) {
        ++index_;
        facts_.owners.push_back({index_ * 1'000'000, index_, owner});
        return *this;
    }

    FactsBuilder& as(bus::Generation generation) {
        generation_ = generation;
        return *this;
    }

    FactsBuilder& completed_saga(std::string id) {
        return saga(std::move(id)).done(0).done(1).done(2).done(3).finished("completed");
    }

    /// b failed after a and c were done.
    FactsBuilder& compensated_saga(std::string id) {
        return saga(std::move(id))
            .done(0)
            .done(2)
            .command(1)
            .decision(DecisionKind::reply, 1, Direction::forward, "failed")
            .decision(DecisionKind::decided, 0, Direction::forward, "abort")
            .undone(2)
            .undone(0)
            .finished("compensated");
    }

    std::size_t violations(std::string_view check) const { return result(check).violations.size(); }

    scenarios::CheckResult result(std::string_view check) const {
        scenarios::CheckResult result;
        scenarios::find_check(check)->run(facts_, result);
        return result;
    }

  private:
    scenarios::SagaFacts& current() { return facts_.sagas.back(); }

    scenarios::RunFacts facts_;
    std::uint64_t index_ = 1;
    bus::Generation generation_ = 1;
};

}  // namespace stormglass::tests
