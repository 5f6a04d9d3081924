// What tests of one part need around it: effects, a scripted client, and the broker's half of the
// conversation said by hand.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "bus/client.hpp"
#include "runtime/component.hpp"
#include "sagas/messages.hpp"
#include "tests/sagas/scripted_client.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::sagas::tests {

template <class Message>
ByteBuffer bytes_of(const Message& message) {
    ByteBuffer bytes;
    encode(message, bytes);
    return bytes;
}

/// A part that is a Component and a Listener, and the world around it.
template <class Part>
class Bench {
  public:
    Bench() : out(chance) {}

    void attach(Part& part) { part_ = &part; }

    void ready() {
        part_->on_ready(1, now, out);
        look();
    }

    void assigned(std::string_view group, bus::Generation generation) {
        part_->on_assigned(group, generation, now, out);
        look();
    }

    void revoked(std::string_view group, bus::Generation generation) {
        part_->on_revoked(group, generation, now, out);
        look();
    }

    void accept(const OwnedBatch& batch) {
        bus::BatchOutcome outcome;
        outcome.id = batch.id;
        outcome.accepted = true;
        std::vector<bus::Position> positions;
        for (const OwnedEvent& event : batch.events) {
            positions.push_back(event.delay.ns > 0 ? bus::kDelayed : next_position++);
        }
        outcome.positions = positions;
        part_->on_outcome(outcome, now, out);
        look();
    }

    void refuse(const OwnedBatch& batch, std::string_view code) {
        bus::BatchOutcome outcome;
        outcome.id = batch.id;
        outcome.code = code;
        part_->on_outcome(outcome, now, out);
        look();
    }

    /// Answers the last read with these events of `topic`, as the only and last piece.
    void records(const std::vector<OwnedEvent>& events) {
        CHECK(!client.reads.empty());
        const std::string audience = "test/" + client.reads.back().topic;
        std::vector<bus::Record> pieces;
        for (std::size_t i = 0; i < events.size(); ++i) {
            pieces.push_back({i, events[i].view(audience)});
        }
        part_->on_records(client.reads.back().id, pieces, true, now, out);
        look();
    }

    void deliver(std::string_view group,
                 const OwnedEvent& event,
                 bus::Position position,
                 bus::Generation generation,
                 std::uint32_t receipt = 1) {
        const std::string audience = "test/" + event.topic;
        bus::Delivery delivery;
        delivery.group = group;
        delivery.position = position;
        delivery.receipt = receipt;
        delivery.generation = generation;
        delivery.event = event.view(audience);
        delivery.trace_parent = event.trace;
        part_->on_delivery(delivery, now, out);
        look();
    }

    void fire(TimerId timer) {
        timers.erase(timer.value);
        part_->on_timer(timer, now, out);
        look();
    }

    std::size_t count(std::string_view note) const {
        return static_cast<std::size_t>(std::count(notes.begin(), notes.end(), note));
    }

    ScriptedClient client;
    stormglass::tests::TestChance chance;
    Effects out;
    Moment now{{1'000'000}, {1'000'000}};
    std::vector<std::string> notes;       // kinds, in order
    std::vector<std::string> note_texts;  // "kind name=value ..." of each
    std::set<std::uint64_t> timers;
    bus::Position next_position = 100;

  private:
    void look() {
        for (const Effect& effect : out.sealed()) {
            if (effect.kind == stormglass::EffectKind::set_timer) {
                timers.insert(effect.timer.value);
            } else if (effect.kind == stormglass::EffectKind::note) {
                keep(out.note_of(effect));
            }
        }
        out.clear();
    }

    void keep(const Note& note) {
        notes.push_back(std::string(note.kind.name));
        std::string text(note.kind.name);
        for (const NoteField& field : note.fields) {
            text += " " + std::string(field.name) + "=" +
                    (field.is_text ? std::string(field.text) : std::to_string(field.number));
        }
        note_texts.push_back(text);
    }

    Part* part_ = nullptr;
};

}  // namespace stormglass::sagas::tests
