// `trace ID`: every event of a trace over all topics, causes before their effects. The id may be
// that of the trace, of one of its events, or a partition key such as a saga's id.
#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "bus/event.hpp"
#include "reports/text.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/table.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTraceAt = 3;  // of a traceparent, "00-<32 hex>-..."
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kEventsMax = 1'000'000;

struct TracedEvent {
    EventPlace place;
    std::string id;
    std::string cause;
    std::string source;
    WallTime at;
    ByteBuffer bytes;
};

std::string trace_of(const bus::EventView& event) {
    return std::string(event.trace_parent.substr(kTraceAt, kTraceDigits));
}

/// Calls `take` with every event of the bus that can be read.
template <class Take>
Result<void> each_event(BusView& view, const std::vector<bus::TopicInfo>& topics, Take take) {
    for (const bus::TopicInfo& topic : topics) {
        auto read = view.read(topic.name, 0, [&](bus::Position position, Bytes bytes) {
            const auto event = bus::decode_event(bytes);
            return event.ok() ? take(EventPlace{topic.name, position}, *event) : More::yes;
        });
        if (!read) {
            return read;
        }
    }
    return {};
}

/// The traces that an id means: itself, or those of the events that carry it.
Result<std::set<std::string>> resolve(BusView& view,
                                      const std::vector<bus::TopicInfo>& topics,
                                      const std::string& id) {
    std::set<std::string> itself;
    std::set<std::string> by_event;
    std::set<std::string> by_key;
    auto read = each_event(view, topics, [&](const EventPlace&, const bus::EventView& event) {
        if (trace_of(event) == id) {
            itself.insert(id);
            return More::no;
        }
        if (event.id == id) {
            by_event.insert(trace_of(event));
        } else if (event.partition_key == id) {
            by_key.insert(trace_of(event));
        }
        return More::yes;
    });
    if (!read) {
        return std::move(read).error();
    }
    if (!itself.empty()) {
        return itself;
    }
    return by_event.empty() ? by_key : by_event;
}

/// By time; where clocks disagree, causes still come first.
void put_in_order(std::vector<TracedEvent>& events) {
    std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
        return a.at.ns < b.at.ns;
    });
    std::map<std::string, std::size_t> index_of;
    for (std::size_t i = 0; i < events.size(); ++i) {
        index_of.emplace(events[i].id, i);
    }
    std::vector<std::size_t> order;
    std::vector<bool> placed(events.size(), false);
    for (std::size_t i = 0; i < events.size(); ++i) {
        std::vector<std::size_t> chain;  // unplaced ancestors, nearest first
        for (std::size_t at = i; !placed[at];) {
            placed[at] = true;
            chain.push_back(at);
            const auto cause = index_of.find(events[at].cause);
            if (cause == index_of.end()) {
                break;
            }
            at = cause->second;
        }
        order.insert(order.end(), chain.rbegin(), chain.rend());
    }
    std::vector<TracedEvent> sorted;
    sorted.reserve(events.size());
    for (const std::size_t i : order) {
        sorted.push_back(std::move(events[i]));
    }
    events = std::move(sorted);
}

Result<std::vector<TracedEvent>> collect(BusView& view,
                                         const std::vector<bus::TopicInfo>& topics,
                                         const std::set<std::string>& traces) {
    std::vector<TracedEvent> events;
    auto read = each_event(view, topics, [&](const EventPlace& place, const bus::EventView& event) {
        if (traces.contains(trace_of(event))) {
            const Result<WallTime> time = bus::parse_time(event.time);
            events.push_back({place,
                              std::string(event.id),
                              std::string(event.causation_id),
                              std::string(event.source),
                              time ? *time : WallTime{},
                              {event.bytes.begin(), event.bytes.end()}});
        }
        return events.size() < kEventsMax ? More::yes : More::no;
    });
    if (!read) {
        return std::move(read).error();
    }
    put_in_order(events);
    return events;
}

using Letters = std::map<std::pair<std::string, bus::Position>, std::string>;

/// Which events are dead letters, and of whom.
Letters letters_of(BusView& view) {
    Letters letters;
    if (const auto all = view.dead_letters("")) {
        for (const bus::DeadLetterInfo& letter : *all) {
            std::string& text = letters[{letter.topic, letter.position}];
            text += (text.empty() ? "" : ", ") + std::string(bus::name_of(letter.reason)) + " in " +
                    letter.group;
        }
    }
    return letters;
}

void print_text(const Session& session,
                const std::vector<TracedEvent>& events,
                const Letters& letters) {
    Table table({{"AFTER", Align::right}, {"FROM"}, {"EVENT"}, {"TYPE"}, {"SAYS"}});
    for (const TracedEvent& event : events) {
        const auto view = bus::decode_event(event.bytes);
        std::string says = view.ok() ? payload_words(view->payload) : "";
        const auto dead = letters.find({event.place.topic, event.place.position});
        says += dead == letters.end() ? "" : "  DEAD: " + dead->second;
        table.add({span_text(event.at.ns - events.front().at.ns),
                   event.source.substr(event.source.rfind('/') + 1),
                   event.place.topic + "@" + std::to_string(event.place.position),
                   attribute_text(event.bytes, "type"),
                   says});
    }
    session.print(table.text() + "\n" + counted(events.size(), "event") + ", the first at " +
                  short_time(events.front().at) + "\n");
}

void print_json(const Session& session,
                const std::vector<TracedEvent>& events,
                const Letters& letters) {
    Json items = Json::array();
    for (const TracedEvent& event : events) {
        Json one = {{"topic", reports::valid_utf8(event.place.topic)},
                    {"position", event.place.position},
                    {"event", event_json(event.bytes)}};
        const auto dead = letters.find({event.place.topic, event.place.position});
        if (dead != letters.end()) {
            one["dead"] = reports::valid_utf8(dead->second);
        }
        items.push_back(std::move(one));
    }
    session.print(Json{{"schema", 1}, {"events", std::move(items)}}.dump(2) + "\n");
}

}  // namespace

int trace_verb(const Session& session) {
    auto view = view_of(session);
    if (!view) {
        return complain(session, view.error());
    }
    auto topics = (*view)->topics();
    if (!topics) {
        return complain(session, topics.error());
    }
    const std::string& id = session.options().operate.operands.front();
    auto traces = resolve(**view, *topics, id);
    if (!traces) {
        return complain(session, traces.error());
    }
    if (traces->empty()) {
        session.complain(session.who() + ": no trace, event or key " + in_quotes(id) +
                         " on this bus; `" + session.program() +
                         " sub TOPIC --from 0 --once --json` prints those of a topic's events\n");
        return kExitUsage;
    }
    auto events = collect(**view, *topics, *traces);
    if (!events) {
        return complain(session, events.error());
    }
    const std::uint64_t limit = session.options().operate.limit.value_or(events->size());
    events->resize(std::min<std::size_t>(events->size(), static_cast<std::size_t>(limit)));
    if (events->empty()) {
        return kExitPassed;
    }
    if (session.options().json) {
        print_json(session, *events, letters_of(**view));
    } else {
        print_text(session, *events, letters_of(**view));
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
