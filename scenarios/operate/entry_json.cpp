#include "scenarios/operate/entry_json.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "bus/entry.hpp"
#include "bus/event.hpp"
#include "reports/text.hpp"
#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/table.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;
namespace entry = bus::entry;

std::string text(std::string_view value) {
    return reports::valid_utf8(value);
}

std::string_view word(bus::GroupMode mode) {
    return mode == bus::GroupMode::at_least_once ? "at-least-once" : "effectively-once";
}

std::string_view word(bus::Verdict verdict) {
    constexpr std::array<std::string_view, 4> kWords = {"ack", "nack", "working", "reject"};
    return kWords.at(static_cast<std::size_t>(verdict));
}

std::string_view word(bus::Condition::Kind kind) {
    constexpr std::array<std::string_view, 3> kWords = {"fence", "key-length", "topic-length"};
    return kWords.at(static_cast<std::size_t>(kind));
}

Json json_of(const entry::AttemptRef& of) {
    return {{"group", text(of.group)},
            {"topic", text(of.topic)},
            {"position", of.position},
            {"attempt", of.attempt}};
}

void fill(Json& out, const entry::Boot& from) {
    Json topics = Json::array();
    for (const std::string_view topic : from.topics) {
        topics.push_back(text(topic));
    }
    out["topics"] = std::move(topics);
}

void fill(Json& out, const entry::Grant& from) {
    out["source"] = text(from.source);
    out["epoch"] = from.epoch;
    out["nonce"] = std::to_string(from.nonce);
}

void fill(Json& out, const entry::Group& from) {
    out["group"] = text(from.group);
    out["topic"] = text(from.topic);
    out["mode"] = std::string(word(from.mode));
    out["order"] = from.order == bus::KeyOrder::per_key ? "per-key" : "none";
    out["on_dead"] = from.on_dead == bus::OnDead::block_key ? "block-key" : "skip";
    out["sharing"] = from.sharing == bus::Sharing::shared ? "shared" : "exclusive";
    out["attempts_max"] = from.attempts_max;
}

void fill(Json& out, const entry::Assignment& from) {
    out["group"] = text(from.group);
    out["source"] = text(from.source);
    out["epoch"] = from.epoch;
    out["generation"] = from.generation;
}

Json json_of(const bus::Settlement& settlement) {
    Json out = {{"group", text(settlement.group)},
                {"topic", text(settlement.topic)},
                {"position", settlement.position},
                {"attempt", settlement.receipt},
                {"verdict", std::string(word(settlement.verdict))}};
    if (settlement.delay.ns != 0) {
        out["delay_ns"] = settlement.delay.ns;
    }
    if (!settlement.detail.empty()) {
        out["detail"] = text(settlement.detail);
    }
    return out;
}

Json json_of(const entry::BatchEvent& event) {
    Json out = {{"topic", text(event.topic)}};
    if (event.delay.ns != 0) {
        out["delay_ns"] = event.delay.ns;
    }
    out["event"] = event_json(event.event);
    return out;
}

void fill(Json& out, const entry::Batch& from) {
    out["source"] = text(from.source);
    out["epoch"] = from.epoch;
    out["batch"] = from.batch;
    if (from.first != 0) {
        out["first_sequence"] = from.first;
    }
    if (!from.link_bound) {
        out["link_bound"] = false;
    }
    Json conditions = Json::array();
    for (const bus::Condition& condition : from.conditions) {
        conditions.push_back({{"kind", std::string(word(condition.kind))},
                              {"name", text(condition.name)},
                              {"key", text(condition.key)},
                              {"value", condition.value}});
    }
    out["conditions"] = std::move(conditions);
    Json settlements = Json::array();
    for (const bus::Settlement& settlement : from.settlements) {
        settlements.push_back(json_of(settlement));
    }
    out["settlements"] = std::move(settlements);
    Json events = Json::array();
    for (const entry::BatchEvent& event : from.events) {
        events.push_back(json_of(event));
    }
    out["events"] = std::move(events);
}

void fill(Json& out, const entry::Delivered& from) {
    Json items = Json::array();
    for (const entry::DeliveredItem& item : from.items) {
        Json one = json_of(item.of);
        one["member"] = text(item.member);
        items.push_back(std::move(one));
    }
    out["deliveries"] = std::move(items);
}

void fill(Json& out, const entry::Failed& from) {
    Json items = Json::array();
    for (const entry::FailedItem& item : from.items) {
        Json one = json_of(item.of);
        one["end"] = std::string(entry::name_of(item.end));
        items.push_back(std::move(one));
    }
    out["deliveries"] = std::move(items);
}

void fill(Json& out, const entry::Dead& from) {
    out["of"] = json_of(from.of);
    out["end"] = std::string(entry::name_of(from.end));
    out["reason"] = std::string(bus::name_of(from.reason));
    out["code"] = text(from.code);
    out["detail"] = text(from.detail);
}

void fill(Json& out, const entry::Buried& from) {
    out["of"] = json_of(from.of);
}

void fill(Json& out, const entry::Release& from) {
    out["count"] = from.count;
}

void fill(Json& out, const entry::Refused& from) {
    out["source"] = text(from.source);
    out["link"] = from.from;
    out["reason"] = std::string(bus::name_of(from.reason));
    out["code"] = text(from.code);
    out["bytes_base64"] = base64(from.bytes);
}

void fill(Json& out, const entry::Gap& from) {
    out["source"] = text(from.source);
    out["epoch"] = from.epoch;
    out["upto"] = from.upto;
}

template <class T>
bool take(Bytes body, std::string_view name, Json* out) {
    T value;
    if (!entry::decode(body, value)) {
        return false;
    }
    if (out != nullptr) {
        (*out)["kind"] = std::string(name);
        (*out)["at"] = bus::format_time(value.at);
        fill(*out, value);
    }
    return true;
}

/// Whether the body holds an entry of its kind; what it says goes to `out` unless that is null.
bool read_entry(const bus::ScannedRecord& record, Json* out) {
    switch (static_cast<entry::Kind>(record.header.kind)) {
        case entry::Kind::boot:
            return take<entry::Boot>(record.body, "boot", out);
        case entry::Kind::grant:
            return take<entry::Grant>(record.body, "grant", out);
        case entry::Kind::group:
            return take<entry::Group>(record.body, "group", out);
        case entry::Kind::assignment:
            return take<entry::Assignment>(record.body, "assignment", out);
        case entry::Kind::batch:
            return take<entry::Batch>(record.body, "batch", out);
        case entry::Kind::delivered:
            return take<entry::Delivered>(record.body, "delivered", out);
        case entry::Kind::failed:
            return take<entry::Failed>(record.body, "failed", out);
        case entry::Kind::dead:
            return take<entry::Dead>(record.body, "dead", out);
        case entry::Kind::buried:
            return take<entry::Buried>(record.body, "buried", out);
        case entry::Kind::release:
            return take<entry::Release>(record.body, "release", out);
        case entry::Kind::refused:
            return take<entry::Refused>(record.body, "refused", out);
        case entry::Kind::gap:
            return take<entry::Gap>(record.body, "gap", out);
    }
    return false;  // what a later version wrote
}

/// "name=value" pairs; lists of lists go to lines of their own below.
void write_pairs(const Json& from, std::string& line, std::string& below) {
    for (const auto& [name, value] : from.items()) {
        if (value.is_array() && !value.empty() && value.front().is_object()) {
            for (const Json& item : value) {
                below += "      " + name + ":";
                std::string deeper;
                write_pairs(item, below, deeper);
                below += "\n" + deeper;
            }
        } else if (value.is_object()) {
            write_pairs(value, line, below);
        } else if (!value.empty() && value != "") {
            line += " " + name + "=" +
                    (value.is_string() ? safe_text(value.get<std::string>()) : value.dump());
        }
    }
}

}  // namespace

bool understood(const bus::ScannedRecord& record) {
    return read_entry(record, nullptr);
}

Json entry_json(const bus::ScannedRecord& record) {
    Json out = {{"index", record.header.index},
                {"term", record.header.term},
                {"synced", record.header.synced},
                {"file", bus::segment_name(record.body_at.segment)},
                {"offset", record.body_at.offset - bus::kRecordHeaderBytes},
                {"bytes", record.header.length}};
    if (!read_entry(record, &out)) {
        out["kind"] = "unknown";
        out["number"] = record.header.kind;
        out["body_base64"] = base64(record.body);
    }
    return out;
}

std::string entry_text(const bus::ScannedRecord& record) {
    Json json = entry_json(record);
    std::string line =
        "#" + std::to_string(record.header.index) + "  " + json["kind"].get<std::string>();
    if (json.contains("at")) {
        line += "  " + json["at"].get<std::string>().substr(0, 23) + "Z ";
    }
    for (const char* shown : {"index", "term", "synced", "file", "offset", "bytes", "kind", "at"}) {
        json.erase(shown);
    }
    // Events have a line that people can read; their attributes are for programs.
    std::string events;
    if (json.contains("events")) {
        entry::Batch batch;
        if (entry::decode(record.body, batch)) {
            for (const entry::BatchEvent& event : batch.events) {
                events += "      " + std::string(event.delay.ns > 0 ? "later " : "") +
                          event_words(event.event) + "\n";
            }
        }
        json.erase("events");
    }
    std::string below;
    write_pairs(json, line, below);
    return line + "\n" + below + events;
}

}  // namespace stormglass::scenarios
