// One saga against the worst participants allowed: commands and replies that are lost, doubled and
// reordered, timers that fire whenever they like. One seed is one game; a CHECK ends a wrong one.
#pragma once

#include <string>
#include <vector>

#include "sagas/inbox.hpp"
#include "sagas/instance.hpp"
#include "tests/sagas/laws.hpp"
#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {

class Game {
  public:
    Game(std::uint64_t seed, const Rules& rules, std::uint32_t undo_attempts = 1000)
        : dice_(seed),
          rules_(rules),
          definition_(random_saga(dice_, undo_attempts)),
          fail_percent_(static_cast<std::uint32_t>(dice_.below(40))),
          loss_percent_(static_cast<std::uint32_t>(dice_.below(40))) {
        JournalEvent started;
        started.saga = "s";
        started.definition_hash = definition_.hash;
        instance_ = begin(definition_, started);
        keep(started);
        timers_.push_back({{}, Direction::forward, 0});
        advance();
    }

    /// Plays until the saga is over, then until nothing is in flight: late things must not matter.
    void play() {
        for (int move = 0; move < 5000; ++move) {
            const bool over = is_final(instance_.state);
            if (over && commands_.empty() && replies_.empty()) {
                return;
            }
            step(over);
            if (std::string law = broken_prefix_law(definition_, effects_); !law.empty()) {
                broken_ = law;
                return;
            }
        }
    }

    std::string verdict() const {
        return broken_.empty() ? broken_law(definition_, effects_, instance_.state) : broken_;
    }

    const Instance& instance() const { return instance_; }

    const Definition& definition() const { return definition_; }

    /// Every fact so far, encoded as the journal would hold it.
    const std::vector<ByteBuffer>& journal() const { return journal_; }

  private:
    struct Move {
        StepId step;
        Direction direction = Direction::forward;
        std::uint32_t attempt = 0;  // 0: the deadline
        Outcome outcome = Outcome::ok;
    };

    void keep(JournalEvent fact) {
        fact.saga = "s";
        fact.definition = "random";
        fact.trace_parent = "trace";
        encode(fact, journal_.emplace_back());
    }

    void step(bool over) {
        const std::uint64_t choice = dice_.below(10);
        if (choice < 4 && !commands_.empty()) {
            deliver_command();
        } else if (choice < 8 && !replies_.empty()) {
            deliver_reply();
        } else if (!over && !timers_.empty() && (choice == 9 || quiet())) {
            fire_timer();
        }
    }

    bool quiet() const { return commands_.empty() && replies_.empty(); }

    Move take(std::vector<Move>& from) {
        const std::size_t index = dice_.below(from.size());
        const Move move = from[index];
        if (!dice_.chance(15)) {  // otherwise a copy stays behind
            from.erase(from.begin() + static_cast<std::ptrdiff_t>(index));
        }
        return move;
    }

    void deliver_command() {
        Move move = take(commands_);
        if (dice_.chance(loss_percent_)) {
            return;
        }
        const Step& step = definition_.step(move.step);
        Command command;
        command.saga = "s";
        command.step = step.name;
        command.direction = move.direction;
        command.kind = step.kind;
        command.attempt = move.attempt;
        EffectRecord effect;
        effect.saga = "s";
        effect.step = step.name;
        effect.direction = move.direction;
        effect.attempt = move.attempt;
        answer(command, effect);
        inbox_.take(effect);
        if (effect.effect == Impact::applied) {
            effects_.push_back({move.step, move.direction});
        }
        move.outcome = effect.answer;
        if (!dice_.chance(loss_percent_)) {
            replies_.push_back(move);
        }
    }

    void answer(const Command& command, EffectRecord& effect) {
        const bool may_fail = command.direction == Direction::forward;
        switch (inbox_.treat(command, rules_)) {
            case Treatment::handle:
                if (dice_.chance(may_fail ? fail_percent_ : fail_percent_ / 4)) {
                    effect.effect = Impact::noop;
                    effect.answer = Outcome::failed;
                    effect.binding = may_fail && command.kind != StepKind::retriable;
                } else {
                    effect.binding = true;
                }
                return;
            case Treatment::answer_again:
                effect.effect = Impact::noop;
                effect.answer = inbox_.find(command.saga, command.step, command.direction)->outcome;
                return;
            case Treatment::null_undo:
                effect.effect = Impact::noop;
                effect.binding = true;
                effect.tombstone = rules_.tombstone_is_left();
                return;
            case Treatment::tell_applied:
                effect.effect = Impact::noop;
                return;
            case Treatment::prevent:
                effect.effect = Impact::noop;
                effect.answer = Outcome::refused;
                effect.tombstone = rules_.tombstone_is_left();
                return;
            case Treatment::refuse_late:
            case Treatment::refuse_stale:
                effect.effect = Impact::refused;
                effect.answer = Outcome::refused;
                return;
        }
    }

    void deliver_reply() {
        const Move move = take(replies_);
        take_in(fact_of(instance_,
                        definition_,
                        Reply{"s",
                              definition_.step(move.step).name,
                              move.direction,
                              move.attempt,
                              move.outcome,
                              {}}));
    }

    void fire_timer() {
        const std::size_t index = dice_.below(timers_.size());
        const Move move = timers_[index];
        if (move.attempt == 0 && !dice_.chance(20)) {
            return;  // The deadline is far away.
        }
        timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(index));
        Timer timer;
        timer.saga = "s";
        timer.kind = move.attempt == 0 ? Timer::Kind::deadline : Timer::Kind::attempt;
        timer.step = move.attempt == 0 ? std::string_view{} : definition_.step(move.step).name;
        timer.direction = move.direction;
        timer.attempt = move.attempt;
        take_in(fact_of(instance_, definition_, timer));
    }

    void take_in(const std::optional<JournalEvent>& fact) {
        if (fact.has_value()) {
            CHECK(apply(instance_, definition_, *fact).ok());
            keep(*fact);
            advance();
        }
    }

    void advance() {
        const std::optional<Course> decided = instance_.course;
        std::vector<JournalEvent> due;
        next(instance_, definition_, rules_, due);
        for (const JournalEvent& fact : due) {
            CHECK(apply(instance_, definition_, fact).ok());
            keep(fact);
            if (fact.kind == JournalEvent::Kind::command) {
                commands_.push_back({fact.step, fact.direction, fact.attempt});
                timers_.push_back({fact.step, fact.direction, fact.attempt});
            }
        }
        CHECK(!decided.has_value() || instance_.course == decided);  // S12
        std::vector<JournalEvent> rest;
        next(instance_, definition_, rules_, rest);
        CHECK(rest.empty());
    }

    Dice dice_;
    const Rules& rules_;
    Definition definition_;
    std::uint32_t fail_percent_;
    std::uint32_t loss_percent_;
    Instance instance_;
    Inbox inbox_;
    std::vector<ByteBuffer> journal_;
    std::vector<Move> commands_;
    std::vector<Move> replies_;
    std::vector<Move> timers_;
    std::vector<Applied> effects_;
    std::string broken_;
};

}  // namespace stormglass::sagas::tests
