// `topic`, `group` and `dead`: what a bus holds, for people and for programs.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/bus_json.hpp"
#include "scenarios/operate/bus_view.hpp"
#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/table.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

template <class T>
void cut_to_limit(std::vector<T>& rows, const Session& session) {
    const std::uint64_t limit = session.options().operate.limit.value_or(rows.size());
    if (rows.size() > limit) {
        rows.resize(static_cast<std::size_t>(limit));
    }
}

void print_json(const Session& session, std::string_view name, Json items) {
    session.print(Json{{"schema", 1}, {std::string(name), std::move(items)}}.dump(2) + "\n");
}

std::string groups_table(const std::vector<bus::GroupInfo>& groups) {
    Table table({{"GROUP"},
                 {"TOPIC"},
                 {"LAG", Align::right},
                 {"IN FLIGHT", Align::right},
                 {"RETRYING", Align::right},
                 {"PARKED", Align::right},
                 {"DEAD", Align::right},
                 {"OWNER"}});
    for (const bus::GroupInfo& group : groups) {
        table.add({group.group,
                   group.topic,
                   number(group.lag()),
                   number(group.in_flight),
                   number(group.retrying),
                   number(group.parked),
                   number(group.dead),
                   group.owner});
    }
    return table.text();
}

int list_topics(const Session& session, std::vector<bus::TopicInfo> topics) {
    cut_to_limit(topics, session);
    if (session.options().json) {
        Json items = Json::array();
        for (const bus::TopicInfo& topic : topics) {
            items.push_back(json_of(topic));
        }
        print_json(session, "topics", std::move(items));
        return kExitPassed;
    }
    Table table({{"TOPIC"}, {"EVENTS", Align::right}, {"KEYS", Align::right}});
    for (const bus::TopicInfo& topic : topics) {
        table.add({topic.name, number(topic.length), number(topic.keys)});
    }
    session.print(table.text());
    return kExitPassed;
}

int show_topic(const Session& session, BusView& view, const std::vector<bus::TopicInfo>& topics) {
    const std::string& wanted = session.options().operate.operands.front();
    std::vector<std::string> known;
    const bus::TopicInfo* found = nullptr;
    for (const bus::TopicInfo& topic : topics) {
        known.push_back(topic.name);
        found = topic.name == wanted ? &topic : found;
    }
    if (found == nullptr) {
        return no_such(session, "topic", wanted, known);
    }
    auto groups = view.groups();
    if (!groups) {
        return complain(session, groups.error());
    }
    std::erase_if(*groups, [&](const bus::GroupInfo& group) { return group.topic != wanted; });
    if (session.options().json) {
        Json json = json_of(*found);
        Json readers = Json::array();
        for (const bus::GroupInfo& group : *groups) {
            readers.push_back(json_of(group));
        }
        json["groups"] = std::move(readers);
        print_json(session, "topic", std::move(json));
        return kExitPassed;
    }
    session.print(safe_text(found->name) + ": " + counted(found->length, "event") + " under " +
                  counted(found->keys, "key") + "\n");
    session.print(groups->empty() ? "no group reads it\n" : "\n" + groups_table(*groups));
    return kExitPassed;
}

int show_group(const Session& session, BusView& view, const std::vector<bus::GroupInfo>& groups) {
    const std::string& wanted = session.options().operate.operands.front();
    std::vector<std::string> known;
    Json items = Json::array();
    std::string text;
    for (const bus::GroupInfo& group : groups) {
        known.push_back(group.group);
        if (group.group != wanted) {
            continue;
        }
        items.push_back(json_of(group));
        text += safe_text(group.group) + " on " + safe_text(group.topic) + "\n";
        text += "  fixed     " + std::string(bus::name_of(group.mode)) + ", order " +
                std::string(bus::name_of(group.order)) + ", " +
                std::string(bus::name_of(group.sharing)) + ", at most " +
                counted(group.attempts_max, "attempt") +
                ", after a dead letter: " + std::string(bus::name_of(group.on_dead)) + "\n";
        text += "  settled   all below " + number(group.floor) + " of " + number(group.length) +
                "\n  pending   " + number(group.waiting) + " waiting, " + number(group.in_flight) +
                " in flight, " + number(group.retrying) + " retrying, " + number(group.parked) +
                " parked, " + number(group.dead) + " dead\n";
        if (!group.owner.empty()) {
            text += "  owner     " + safe_text(group.owner) + ", generation " +
                    number(group.generation) + "\n";
        }
        std::string oldest;
        auto read = view.read(group.topic, group.floor, [&](bus::Position, Bytes event) {
            oldest = attribute_text(event, "time");
            return More::no;
        });
        if (read.ok() && !oldest.empty()) {
            text +=
                "  oldest    position " + number(group.floor) + ", of " + safe_text(oldest) + "\n";
        }
    }
    if (items.empty()) {
        return no_such(session, "group", wanted, known);
    }
    if (session.options().json) {
        print_json(session, "groups", std::move(items));
    } else {
        session.print(text);
    }
    return kExitPassed;
}

int list_letters(const Session& session, std::vector<bus::DeadLetterInfo> letters) {
    cut_to_limit(letters, session);
    if (session.options().json) {
        Json items = Json::array();
        for (const bus::DeadLetterInfo& letter : letters) {
            items.push_back(json_of(letter));
        }
        print_json(session, "dead_letters", std::move(items));
        return kExitPassed;
    }
    if (letters.empty()) {
        session.print("no dead letters\n");
        return kExitPassed;
    }
    Table table({{"ID"},
                 {"GROUP"},
                 {"EVENT"},
                 {"KEY"},
                 {"REASON"},
                 {"ATTEMPTS", Align::right},
                 {"DEAD SINCE"}});
    for (const bus::DeadLetterInfo& letter : letters) {
        table.add({id_text(letter.id),
                   letter.group,
                   letter.topic + "@" + number(letter.position),
                   letter.key,
                   std::string(bus::name_of(letter.reason)),
                   number(letter.attempts),
                   short_time(letter.dead_at)});
    }
    session.print(table.text());
    return kExitPassed;
}

std::string letter_text(const bus::DeadLetterInfo& letter, Bytes event) {
    std::string text = id_text(letter.id) + ": group " + safe_text(letter.group) + " gave up on " +
                       safe_text(letter.topic) + "@" + number(letter.position) + "\n  reason    " +
                       std::string(bus::name_of(letter.reason)) + ", severity " +
                       number(static_cast<std::uint64_t>(bus::severity_of(letter.reason))) + "\n";
    if (!letter.detail.empty() || !letter.code.empty()) {
        text += "  detail    " + safe_text(letter.code) + (letter.code.empty() ? "" : " ") +
                safe_text(letter.detail) + "\n";
    }
    text += "  dead at   " + short_time(letter.dead_at) + "\n";
    std::uint32_t before = 0;
    for (const bus::AttemptInfo& attempt : letter.history) {
        if (attempt.number > before + 1 && before != 0) {
            text += "  ...       " + number(letter.attempts_omitted) + " more\n";
        }
        before = attempt.number;
        text += "  attempt   " + number(attempt.number) + " by " + safe_text(attempt.member) +
                " at " + short_time(attempt.started) + ": " +
                std::string(bus::entry::name_of(attempt.end));
        text += attempt.end == bus::entry::AttemptEnd::open
                    ? "\n"
                    : " after " + span_text(attempt.ended.ns - attempt.started.ns) + "\n";
    }
    text += "  event     " + event_words(event) + "\n";
    for (const char* name : {"id", "source", "traceparent", "correlationid", "causationid"}) {
        const std::string value = attribute_text(event, name);
        text +=
            value.empty() ? "" : "            " + std::string(name) + " " + safe_text(value) + "\n";
    }
    return text;
}

int show_letter(const Session& session,
                BusView& view,
                const std::vector<bus::DeadLetterInfo>& letters) {
    std::string wanted = session.options().operate.operands.front();
    wanted = wanted.starts_with("0x") ? wanted.substr(2) : wanted;
    std::vector<std::string> known;
    for (const bus::DeadLetterInfo& letter : letters) {
        known.push_back(id_text(letter.id));
        if (known.back() != wanted) {
            continue;
        }
        ByteBuffer bytes;
        auto read = view.read(letter.topic, letter.position, [&](bus::Position, Bytes event) {
            bytes.assign(event.begin(), event.end());
            return More::no;
        });
        if (!read) {
            return complain(session, read.error());
        }
        if (session.options().json) {
            Json json = json_of(letter);
            json["event"] = event_json(bytes);
            print_json(session, "dead_letter", std::move(json));
        } else {
            session.print(letter_text(letter, bytes));
        }
        return kExitPassed;
    }
    return no_such(session, "dead letter", wanted, known);
}

}  // namespace

int topic_verb(const Session& session) {
    auto view = view_of(session);
    if (!view) {
        return complain(session, view.error());
    }
    auto topics = (*view)->topics();
    if (!topics) {
        return complain(session, topics.error());
    }
    return session.options().operate.action == "list" ? list_topics(session, *topics)
                                                      : show_topic(session, **view, *topics);
}

int group_verb(const Session& session) {
    auto view = view_of(session);
    if (!view) {
        return complain(session, view.error());
    }
    auto groups = (*view)->groups();
    if (!groups) {
        return complain(session, groups.error());
    }
    if (session.options().operate.action == "show") {
        return show_group(session, **view, *groups);
    }
    cut_to_limit(*groups, session);
    if (session.options().json) {
        Json items = Json::array();
        for (const bus::GroupInfo& group : *groups) {
            items.push_back(json_of(group));
        }
        print_json(session, "groups", std::move(items));
    } else {
        session.print(groups->empty() ? "no groups\n" : groups_table(*groups));
    }
    return kExitPassed;
}

int dead_verb(const Session& session) {
    auto view = view_of(session);
    if (!view) {
        return complain(session, view.error());
    }
    auto letters = (*view)->dead_letters(session.options().operate.group);
    if (!letters) {
        return complain(session, letters.error());
    }
    return session.options().operate.action == "list" ? list_letters(session, *letters)
                                                      : show_letter(session, **view, *letters);
}

}  // namespace stormglass::scenarios
