#include "scenarios/runs/frame_words.hpp"

#include "bus/event.hpp"
#include "sagas/messages.hpp"

namespace stormglass::scenarios {
namespace {

namespace wire = bus::wire;

std::string step_words(std::string_view step, sagas::Direction direction) {
    std::string words;
    if (direction != sagas::Direction::forward) {
        words = std::string(sagas::name_of(direction)) + " ";
    }
    return words + std::string(step);
}

std::string attempt_words(std::uint32_t attempt) {
    return attempt > 1 ? " (attempt " + std::to_string(attempt) + ")" : "";
}

void tell_command(Bytes payload, EventWords& words) {
    words.kind = EventWords::Kind::command;
    if (const auto command = sagas::decode_command(payload)) {
        words.text = "command " + step_words(command->step, command->direction) +
                     attempt_words(command->attempt);
    }
}

void tell_reply(Bytes payload, EventWords& words) {
    words.kind = EventWords::Kind::reply;
    if (const auto reply = sagas::decode_reply(payload)) {
        words.text = "reply " + std::string(sagas::name_of(reply->outcome)) + " to " +
                     step_words(reply->step, reply->direction);
    }
}

void tell_effect(Bytes payload, EventWords& words) {
    words.kind = EventWords::Kind::effect;
    if (const auto effect = sagas::decode_effect_record(payload)) {
        words.text = "effect of " + step_words(effect->step, effect->direction);
    }
}

void tell_journal(Bytes payload, EventWords& words) {
    words.kind = EventWords::Kind::journal;
    if (const auto fact = sagas::decode_journal_event(payload)) {
        words.detail = sagas::name_of(fact->kind);
        words.text = "decision " + words.detail;
    }
}

}  // namespace

EventWords words_of_event(Bytes bytes) {
    EventWords words;
    const auto event = bus::decode_event(bytes);
    if (!event) {
        return words;
    }
    words.key = event->partition_key;
    words.text = event->type;
    const auto kind = sagas::kind_of(event->payload);
    if (!kind) {
        return words;
    }
    switch (*kind) {
        case sagas::MessageKind::command:
            tell_command(event->payload, words);
            break;
        case sagas::MessageKind::reply:
            tell_reply(event->payload, words);
            break;
        case sagas::MessageKind::timer:
            words.kind = EventWords::Kind::timer;
            words.text = "timer";
            break;
        case sagas::MessageKind::journal:
            tell_journal(event->payload, words);
            break;
        case sagas::MessageKind::effect:
            tell_effect(event->payload, words);
            break;
        case sagas::MessageKind::claim:
            words.text = "claim of the sagas";
            break;
    }
    return words;
}

std::vector<Bytes> events_in(const wire::Frame& frame) {
    std::vector<Bytes> events;
    if (const auto* batch = std::get_if<wire::PublishBatch>(&frame)) {
        for (const wire::WireEvent& event : batch->events) {
            events.push_back(event.event);
        }
    } else if (const auto* emit = std::get_if<wire::Emit>(&frame)) {
        events.push_back(emit->event);
    } else if (const auto* deliver = std::get_if<wire::Deliver>(&frame)) {
        events.push_back(deliver->event);
    }
    return events;
}

}  // namespace stormglass::scenarios
