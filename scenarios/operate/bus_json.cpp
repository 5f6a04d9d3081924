#include "scenarios/operate/bus_json.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "bus/event.hpp"
#include "reports/text.hpp"

namespace stormglass::scenarios {

using Json = nlohmann::ordered_json;

Json json_of(const bus::TopicInfo& topic) {
    return {
        {"name", reports::valid_utf8(topic.name)}, {"length", topic.length}, {"keys", topic.keys}};
}

Json json_of(const bus::GroupInfo& group) {
    Json json = {{"group", reports::valid_utf8(group.group)},
                 {"topic", reports::valid_utf8(group.topic)},
                 {"mode", std::string(bus::name_of(group.mode))},
                 {"order", std::string(bus::name_of(group.order))},
                 {"on_dead", std::string(bus::name_of(group.on_dead))},
                 {"sharing", std::string(bus::name_of(group.sharing))},
                 {"attempts_max", group.attempts_max},
                 {"length", group.length},
                 {"floor", group.floor},
                 {"waiting", group.waiting},
                 {"in_flight", group.in_flight},
                 {"retrying", group.retrying},
                 {"parked", group.parked},
                 {"dead", group.dead}};
    if (!group.owner.empty()) {
        json["owner"] = reports::valid_utf8(group.owner);
        json["generation"] = group.generation;
    }
    return json;
}

std::string id_text(std::uint64_t id) {
    char text[20];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(id));
    return text;
}

Json json_of(const bus::DeadLetterInfo& letter) {
    Json attempts = Json::array();
    for (const bus::AttemptInfo& attempt : letter.history) {
        Json one = {{"number", attempt.number},
                    {"member", reports::valid_utf8(attempt.member)},
                    {"started", bus::format_time(attempt.started)}};
        if (attempt.end != bus::entry::AttemptEnd::open) {
            one["ended"] = bus::format_time(attempt.ended);
        }
        one["end"] = std::string(bus::entry::name_of(attempt.end));
        attempts.push_back(std::move(one));
    }
    return {{"id", id_text(letter.id)},
            {"group", reports::valid_utf8(letter.group)},
            {"topic", reports::valid_utf8(letter.topic)},
            {"position", letter.position},
            {"key", reports::valid_utf8(letter.key)},
            {"reason", std::string(bus::name_of(letter.reason))},
            {"severity", bus::severity_of(letter.reason)},
            {"code", reports::valid_utf8(letter.code)},
            {"detail", reports::valid_utf8(letter.detail)},
            {"attempts", letter.attempts},
            {"attempts_omitted", letter.attempts_omitted},
            {"history", std::move(attempts)},
            {"dead_at", bus::format_time(letter.dead_at)}};
}

namespace {

bool take(const Json& json, const char* name, std::string& out) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) {
        return false;
    }
    out = found->get<std::string>();
    return true;
}

template <class Number>
bool take(const Json& json, const char* name, Number& out) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) {
        return false;
    }
    out = static_cast<Number>(found->get<std::uint64_t>());
    return true;
}

bool take(const Json& json, const char* name, WallTime& out) {
    std::string text;
    if (!take(json, name, text)) {
        return false;
    }
    const Result<WallTime> time = bus::parse_time(text);
    out = time ? *time : WallTime{};
    return time.ok();
}

/// One of the first `Count` values of an enum, by its name.
template <std::size_t Count, class Enum>
bool take_word(const Json& json, const char* name, Enum& out) {
    std::string text;
    if (!take(json, name, text)) {
        return false;
    }
    for (std::size_t i = 0; i < Count; ++i) {
        if (name_of(static_cast<Enum>(i)) == text) {
            out = static_cast<Enum>(i);
            return true;
        }
    }
    return false;
}

bool take_attempts(const Json& json, bus::DeadLetterInfo& out) {
    const auto attempts = json.find("history");
    if (attempts == json.end() || !attempts->is_array()) {
        return false;
    }
    for (const Json& one : *attempts) {
        bus::AttemptInfo attempt;
        constexpr std::size_t kEnds =
            static_cast<std::size_t>(bus::entry::AttemptEnd::rejected) + 1;
        if (!one.is_object() || !take(one, "number", attempt.number) ||
            !take(one, "member", attempt.member) || !take(one, "started", attempt.started) ||
            !take_word<kEnds>(one, "end", attempt.end)) {
            return false;
        }
        if (attempt.end != bus::entry::AttemptEnd::open && !take(one, "ended", attempt.ended)) {
            return false;
        }
        out.history.push_back(std::move(attempt));
    }
    return true;
}

}  // namespace

bool read_json(const Json& json, bus::TopicInfo& out) {
    return json.is_object() && take(json, "name", out.name) && take(json, "length", out.length) &&
           take(json, "keys", out.keys);
}

bool read_json(const Json& json, bus::GroupInfo& out) {
    if (!json.is_object()) {
        return false;
    }
    if (json.contains("owner") &&
        !(take(json, "owner", out.owner) && take(json, "generation", out.generation))) {
        return false;
    }
    return take(json, "group", out.group) && take(json, "topic", out.topic) &&
           take_word<2>(json, "mode", out.mode) && take_word<2>(json, "order", out.order) &&
           take_word<2>(json, "on_dead", out.on_dead) &&
           take_word<2>(json, "sharing", out.sharing) &&
           take(json, "attempts_max", out.attempts_max) && take(json, "length", out.length) &&
           take(json, "floor", out.floor) && take(json, "waiting", out.waiting) &&
           take(json, "in_flight", out.in_flight) && take(json, "retrying", out.retrying) &&
           take(json, "parked", out.parked) && take(json, "dead", out.dead);
}

bool read_json(const Json& json, bus::DeadLetterInfo& out) {
    std::string id;
    std::string reason;
    if (!json.is_object() || !take(json, "id", id) || !take(json, "reason", reason)) {
        return false;
    }
    const auto known = bus::reason_named(reason);
    const auto [stop, problem] = std::from_chars(id.data(), id.data() + id.size(), out.id, 16);
    if (!known || problem != std::errc{} || stop != id.data() + id.size()) {
        return false;
    }
    out.reason = *known;
    return take(json, "group", out.group) && take(json, "topic", out.topic) &&
           take(json, "position", out.position) && take(json, "key", out.key) &&
           take(json, "code", out.code) && take(json, "detail", out.detail) &&
           take(json, "attempts", out.attempts) &&
           take(json, "attempts_omitted", out.attempts_omitted) &&
           take(json, "dead_at", out.dead_at) && take_attempts(json, out);
}

}  // namespace stormglass::scenarios
