// How a participant remembers: its inbox and its business are a fold over its effects topic.
#include "runtime/check.hpp"
#include "sagas/notes.hpp"
#include "sagas/participant.hpp"

namespace stormglass::sagas {

void Participant::take_effect(const Pending& done, bus::Position position, Effects& out) {
    const auto effect = decode_effect_record(done.effect);
    CHECK(effect.ok());
    CHECK(effect->saga == done.saga);
    if (effect->effect == Impact::applied) {
        business_.apply(effect.value());
    }
    const bool repeat =
        inbox_.find(effect->saga, effect->step, effect->direction) != nullptr && !effect->binding;
    const bool stale = effect->epoch < inbox_.newest(effect->saga);
    inbox_.take(effect.value());
    note_effect(notes::kEffect, effect.value(), position, out);
    if (effect->effect == Impact::noop && repeat) {
        COVER(out, "inbox.duplicate-answered");
    }
    if (effect->tombstone) {
        COVER(out, "participant.tombstone-left");
    }
    if (effect->effect != Impact::refused) {
        return;
    }
    if (stale) {
        COVER(out, "participant.stale-epoch-refused");
    } else {
        COVER(out, "participant.late-do-refused");
    }
    out.note(notes::kLateRefused,
             {{"saga", effect->saga},
              {"step", effect->step},
              {"direction", name_of(effect->direction)},
              {"key", idempotency_key(effect->saga, effect->step, effect->direction)},
              {"cause", stale ? "stale-epoch" : "tombstone"},
              {"epoch", effect->epoch}});
}

void Participant::note_effect(Site kind,
                              const EffectRecord& effect,
                              bus::Position position,
                              Effects& out) const {
    out.note(kind,
             {{"saga", effect.saga},
              {"step", effect.step},
              {"direction", name_of(effect.direction)},
              {"key", idempotency_key(effect.saga, effect.step, effect.direction)},
              {"outcome", name_of(effect.effect)},
              {"amount", effect.amount},
              {"resource", effect.resource},
              {"answer", name_of(effect.answer)},
              {"attempt", effect.attempt},
              {"epoch", effect.epoch},
              {"group", config_.group},
              {"position", position}});
}

void Participant::forget() {
    inbox_.clear();
    business_.reset();
    waiting_.clear();
    pending_.clear();
    busy_sagas_.clear();
    busy_resources_.clear();
    CHECK(inbox_.answers() == 0);
    CHECK(pending_.empty());
}

void Participant::fenced(Effects& out) {
    COVER(out, "participant.fenced");
}

void Participant::take_charge(Moment now, Effects& out) {
    CHECK(pending_.empty());
    out.note(notes::kTookOver,
             {{"group", config_.group},
              {"generation", generation()},
              {"instances", inbox_.answers()},
              {"live", 0}});
    pump(now, out);
}

void Participant::replay(const bus::Record& record, Moment, Effects& out) {
    if (kind_of(record.event.payload) == MessageKind::claim) {
        return;
    }
    const auto effect = decode_effect_record(record.event.payload);
    if (!effect.ok()) {
        out.note(notes::kDamaged,
                 {{"topic", config_.effects_topic},
                  {"position", record.position},
                  {"code", effect.error().code},
                  {"text", effect.error().text}});
        return;
    }
    if (effect->effect == Impact::applied) {
        business_.apply(effect.value());
    }
    inbox_.take(effect.value());
    note_effect(notes::kEffectRebuilt, effect.value(), record.position, out);
}

}  // namespace stormglass::sagas
