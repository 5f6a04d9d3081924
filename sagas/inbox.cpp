#include "sagas/inbox.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::sagas {

std::string_view name_of(Treatment treatment) {
    switch (treatment) {
        case Treatment::handle:
            return "handle";
        case Treatment::answer_again:
            return "answer-again";
        case Treatment::null_undo:
            return "null-undo";
        case Treatment::tell_applied:
            return "tell-applied";
        case Treatment::prevent:
            return "prevent";
        case Treatment::refuse_late:
            return "refuse-late";
        case Treatment::refuse_stale:
            return "refuse-stale";
    }
    CHECK(false);
}

Treatment Inbox::treat(const Command& command, const Rules& rules) const {
    CHECK(command.attempt >= 1);
    if (!rules.epoch_is_admitted(command.epoch, newest(command.saga))) {
        return Treatment::refuse_stale;
    }
    if (find(command.saga, command.step, command.direction) != nullptr &&
        rules.repeat_is_answered_from_inbox()) {
        return Treatment::answer_again;
    }
    if (command.direction == Direction::forward) {
        return has_tombstone(command.saga, command.step) && rules.tombstone_refuses_do()
                   ? Treatment::refuse_late
                   : Treatment::handle;
    }
    const Answer* done = find(command.saga, command.step, Direction::forward);
    const bool applied = done != nullptr && done->outcome == Outcome::ok;
    if (command.direction == Direction::cancel) {
        return applied ? Treatment::tell_applied : Treatment::prevent;
    }
    return applied ? Treatment::handle : Treatment::null_undo;
}

const Inbox::Answer* Inbox::find(std::string_view saga,
                                 std::string_view step,
                                 Direction direction) const {
    CHECK(!saga.empty());
    CHECK(!step.empty());
    const auto found = answers_.find(idempotency_key(saga, step, direction));
    return found == answers_.end() ? nullptr : &found->second;
}

bool Inbox::has_tombstone(std::string_view saga, std::string_view step) const {
    return tombstones_.contains(idempotency_key(saga, step, Direction::forward));
}

Epoch Inbox::newest(std::string_view saga) const {
    const auto found = newest_.find(saga);
    return found == newest_.end() ? 0 : found->second;
}

void Inbox::take(const EffectRecord& effect) {
    CHECK(effect.effect != Impact::applied || effect.binding);
    CHECK(effect.attempt >= 1);
    CHECK(!effect.tombstone || effect.direction != Direction::forward);
    Epoch& newest = newest_.try_emplace(std::string(effect.saga), 0).first->second;
    newest = std::max(newest, effect.epoch);
    if (effect.binding) {
        answers_.try_emplace(idempotency_key(effect.saga, effect.step, effect.direction),
                             Answer{effect.answer, std::string(as_text(effect.body))});
    }
    if (effect.tombstone) {
        tombstones_.insert(idempotency_key(effect.saga, effect.step, Direction::forward));
    }
}

void Inbox::clear() {
    answers_.clear();
    tombstones_.clear();
    newest_.clear();
    CHECK(answers() == 0);
}

}  // namespace stormglass::sagas
