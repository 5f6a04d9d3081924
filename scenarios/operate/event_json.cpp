#include "scenarios/operate/event_json.hpp"

#include <charconv>
#include <optional>

#include <nlohmann/json.hpp>

#include "bus/attributes.hpp"
#include "bus/event.hpp"
#include "reports/text.hpp"
#include "sagas/messages.hpp"
#include "scenarios/operate/table.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kPreviewBytes = 60;

bool is_plain_text(Bytes bytes) {
    for (const std::byte byte : bytes) {
        const auto c = std::to_integer<unsigned>(byte);
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    const std::string_view text = as_text(bytes);
    return !text.empty() && reports::valid_utf8(text) == text;
}

std::string words_of(const sagas::Command& command) {
    return std::string(sagas::name_of(command.direction)) + " " + std::string(command.step) +
           " of " + std::string(command.saga) + ", attempt " + std::to_string(command.attempt);
}

std::string words_of(const sagas::Reply& reply) {
    return std::string(sagas::name_of(reply.direction)) + " " + std::string(reply.step) + " of " +
           std::string(reply.saga) + ": " + std::string(sagas::name_of(reply.outcome)) +
           ", attempt " + std::to_string(reply.attempt);
}

std::string words_of(const sagas::Timer& timer) {
    std::string words(sagas::name_of(timer.kind));
    words += " of " + std::string(timer.saga);
    return timer.step.empty()
               ? words
               : words + ", " + std::string(sagas::name_of(timer.direction)) + " " +
                     std::string(timer.step) + " attempt " + std::to_string(timer.attempt);
}

std::string words_of(const sagas::JournalEvent& fact) {
    using Kind = sagas::JournalEvent::Kind;
    std::string words(fact.saga);
    words += ": " + std::string(sagas::name_of(fact.kind));
    const std::string leg = " " + std::string(sagas::name_of(fact.direction)) + " of step " +
                            std::to_string(fact.step.value + 1) + ", attempt " +
                            std::to_string(fact.attempt);
    switch (fact.kind) {
        case Kind::started:
            return words + " " + std::string(fact.definition);
        case Kind::command:
        case Kind::timeout:
            return words + leg;
        case Kind::reply:
            return words + leg + ": " + std::string(sagas::name_of(fact.outcome));
        case Kind::deadline:
            return words;
        case Kind::decided:
            return words + " to " + std::string(sagas::name_of(fact.course));
        case Kind::finished:
            return words + ", " + std::string(sagas::name_of(fact.state));
    }
    return words;
}

std::string words_of(const sagas::EffectRecord& effect) {
    std::string words(sagas::name_of(effect.direction));
    words += " " + std::string(effect.step) + " of " + std::string(effect.saga) + ": " +
             std::string(sagas::name_of(effect.effect));
    if (!effect.resource.empty()) {
        words += " " + std::to_string(effect.amount) + " of " + std::string(effect.resource);
    }
    return words;
}

std::string words_of(const sagas::Claim& claim) {
    return "generation " + std::to_string(claim.generation) + " of " + std::string(claim.group) +
           " takes over";
}

template <class T>
std::string words_or_nothing(const Result<T>& message) {
    return message.ok() ? words_of(*message) : std::string();
}

std::string saga_words(Bytes payload) {
    const std::optional<sagas::MessageKind> kind = sagas::kind_of(payload);
    if (!kind.has_value()) {
        return {};
    }
    switch (*kind) {
        case sagas::MessageKind::command:
            return words_or_nothing(sagas::decode_command(payload));
        case sagas::MessageKind::reply:
            return words_or_nothing(sagas::decode_reply(payload));
        case sagas::MessageKind::timer:
            return words_or_nothing(sagas::decode_timer(payload));
        case sagas::MessageKind::journal:
            return words_or_nothing(sagas::decode_journal_event(payload));
        case sagas::MessageKind::effect:
            return words_or_nothing(sagas::decode_effect_record(payload));
        case sagas::MessageKind::claim:
            return words_or_nothing(sagas::decode_claim(payload));
    }
    return {};
}

}  // namespace

std::string base64(Bytes bytes) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8 |
                    (at + i < bytes.size() ? std::to_integer<unsigned>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            const bool padding = at + i > bytes.size();
            text += padding ? '=' : kLetters[group >> (18 - 6 * i) & 63U];
        }
    }
    return text;
}

std::string short_time(WallTime time) {
    std::string text = bus::format_time(time);  // 2000-01-01T00:00:00.000000000Z
    constexpr std::size_t kToMilliseconds = 23;
    return text.substr(0, kToMilliseconds) + "Z";
}

std::string attribute_text(Bytes event, std::string_view name) {
    for (const bus::AttributeText& attribute : bus::attributes_of(event)) {
        if (attribute.name == name) {
            return std::string(attribute.value);
        }
    }
    return {};
}

std::string payload_words(Bytes payload) {
    if (std::string words = saga_words(payload); !words.empty()) {
        return words;
    }
    if (is_plain_text(payload)) {
        const std::string_view text = as_text(payload);
        return text.size() <= kPreviewBytes ? "\"" + safe_text(text) + "\""
                                            : std::to_string(payload.size()) + " bytes of text";
    }
    return std::to_string(payload.size()) + " bytes";
}

nlohmann::ordered_json event_json(Bytes event) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    const Result<bus::EventView> view = bus::decode_event(event);
    if (!view) {
        json["undecoded_base64"] = base64(event);
        json["code"] = std::string(view.error().code);
        return json;
    }
    for (const bus::AttributeText& attribute : bus::attributes_of(event)) {
        const std::string name(attribute.name);
        if (attribute.kind == 'I') {
            std::int64_t number = 0;
            std::from_chars(
                attribute.value.data(), attribute.value.data() + attribute.value.size(), number);
            json[name] = number;
        } else if (attribute.kind == 'B') {
            json[name] = attribute.value == "true";
        } else {
            json[name] = reports::valid_utf8(attribute.value);
        }
    }
    if (!view->payload.empty()) {
        json["data_base64"] = base64(view->payload);
    }
    json["sig"] = base64(view->signature);
    return json;
}

std::string event_words(Bytes event) {
    const Result<bus::EventView> view = bus::decode_event(event);
    if (!view) {
        return "not an event: " + std::string(view.error().code);
    }
    const Result<WallTime> time = bus::parse_time(view->time);
    return (time ? short_time(*time) : safe_text(view->time)) + "  " + safe_text(view->type) +
           "  key " + safe_text(view->partition_key) + "  " + payload_words(view->payload);
}

std::string event_line(const EventPlace& place, Bytes event) {
    return safe_text(place.topic) + "@" + std::to_string(place.position) + "  " +
           event_words(event);
}

}  // namespace stormglass::scenarios
