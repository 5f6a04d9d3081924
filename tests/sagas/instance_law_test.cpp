// One saga against the worst participants allowed: commands and replies that are lost, doubled and
// reordered, timers that fire whenever they like. Whatever happens, the laws hold and it ends.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sagas/inbox.hpp"
#include "sagas/instance.hpp"
#include "tests/sagas/laws.hpp"
#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

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

  private:
    struct Move {
        StepId step;
        Direction direction = Direction::forward;
        std::uint32_t attempt = 0;  // 0: the deadline
        Outcome outcome = Outcome::ok;
    };

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
            RC_ASSERT(apply(instance_, definition_, *fact).ok());
            advance();
        }
    }

    void advance() {
        const std::optional<Course> decided = instance_.course;
        std::vector<JournalEvent> due;
        next(instance_, definition_, rules_, due);
        for (const JournalEvent& fact : due) {
            RC_ASSERT(apply(instance_, definition_, fact).ok());
            if (fact.kind == JournalEvent::Kind::command) {
                commands_.push_back({fact.step, fact.direction, fact.attempt});
                timers_.push_back({fact.step, fact.direction, fact.attempt});
            }
        }
        RC_ASSERT(!decided.has_value() || instance_.course == decided);  // S12
        std::vector<JournalEvent> rest;
        next(instance_, definition_, rules_, rest);
        RC_ASSERT(rest.empty());
    }

    Dice dice_;
    const Rules& rules_;
    Definition definition_;
    std::uint32_t fail_percent_;
    std::uint32_t loss_percent_;
    Instance instance_;
    Inbox inbox_;
    std::vector<Move> commands_;
    std::vector<Move> replies_;
    std::vector<Move> timers_;
    std::vector<Applied> effects_;
    std::string broken_;
};

RC_GTEST_PROP(InstanceLaw,
              every_order_of_everything_ends_and_keeps_the_laws,
              (std::uint64_t seed)) {
    for (std::uint64_t run = 0; run < 20; ++run) {
        Game game(mix64(seed + run), sound_rules());
        game.play();
        RC_ASSERT(game.verdict() == "");
    }
}

RC_GTEST_PROP(InstanceLaw, few_undo_attempts_end_undone_or_with_an_operator, (std::uint64_t seed)) {
    for (std::uint64_t run = 0; run < 20; ++run) {
        Game game(mix64(seed + run), sound_rules(), 2);
        game.play();
        RC_ASSERT(is_final(game.instance().state));
        const std::string verdict = game.verdict();
        // Given up too early, an undo may have held all the same: an operator for nothing is
        // wasted work, not a broken promise.
        RC_ASSERT(verdict == "" || verdict == "S10: an operator for nothing");
    }
}

/// How many of 2000 games break a law under these rules.
int games_lost(const Rules& rules) {
    int lost = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Game game(mix64(seed), rules);
        game.play();
        lost += game.verdict().empty() ? 0 : 1;
    }
    return lost;
}

TEST(InstanceLaw, sound_rules_lose_no_game) {
    EXPECT_EQ(games_lost(sound_rules()), 0);
}

// Each rule matters: with it broken, the laws notice. (The gates of the defects are elsewhere.)
struct SkipsLast : Rules {
    StepSet steps_to_compensate(const Definition& definition,
                                const Progress& progress) const override {
        StepSet steps = Rules::steps_to_compensate(definition, progress);
        if (!steps.empty()) {
            steps.erase(*steps.begin());
        }
        return steps;
    }
};

struct ForwardOrder : Rules {
    StepSet undone_before(const Definition& definition, StepId step) const override {
        return definition.step(step).ancestors;
    }
};

struct AllAtOnce : Rules {
    StepSet undone_before(const Definition&, StepId) const override { return {}; }
};

struct OnlyTheKnown : Rules {
    StepSet steps_to_compensate(const Definition& definition,
                                const Progress& progress) const override {
        return progress.applied & definition.compensatable();
    }
};

struct NoInbox : Rules {
    bool repeat_is_answered_from_inbox() const override { return false; }
};

struct NoTombstone : Rules {
    bool tombstone_is_left() const override { return false; }
};

struct TombstoneIgnored : Rules {
    bool tombstone_refuses_do() const override { return false; }
};

TEST(InstanceLaw, every_broken_rule_loses_games) {
    EXPECT_GT(games_lost(SkipsLast{}), 10);
    EXPECT_GT(games_lost(ForwardOrder{}), 10);
    EXPECT_GT(games_lost(AllAtOnce{}), 10);
    EXPECT_GT(games_lost(OnlyTheKnown{}), 10);
    EXPECT_GT(games_lost(NoInbox{}), 10);
    EXPECT_GT(games_lost(NoTombstone{}), 10);
    EXPECT_GT(games_lost(TombstoneIgnored{}), 10);
}

}  // namespace
}  // namespace stormglass::sagas::tests
