#include "scenarios/operate/saga_book.hpp"

#include <algorithm>
#include <array>

#include "bus/event.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

constexpr bus::Position kLookedAt = 64;  // events that tell whether a topic is a journal
constexpr std::size_t kMisfitsMax = 10;
constexpr std::size_t kTraceAt = 3;  // of a traceparent, "00-<32 hex>-..."
constexpr std::size_t kTraceDigits = 32;

const sagas::Definition* known_definition(std::uint64_t hash) {
    static const std::array<sagas::Definition, 1> kKnown = {checkout_definition()};
    for (const sagas::Definition& definition : kKnown) {
        if (definition.hash == hash) {
            return &definition;
        }
    }
    return nullptr;
}

Result<bool> is_journal(BusView& view, const std::string& topic) {
    bool found = false;
    auto read = view.read(topic, 0, [&](bus::Position position, Bytes event) {
        const auto decoded = bus::decode_event(event);
        found = decoded.ok() && decoded->type == sagas::kJournalType;
        return found || position + 1 >= kLookedAt ? More::no : More::yes;
    });
    if (!read) {
        return std::move(read).error();
    }
    return found;
}

SagaFact fact_of(const sagas::JournalEvent& event, WallTime at, bus::Position position) {
    SagaFact fact;
    fact.kind = event.kind;
    fact.step = event.step;
    fact.direction = event.direction;
    fact.attempt = event.attempt;
    fact.outcome = event.outcome;
    fact.at = at;
    fact.position = position;
    return fact;
}

void misfit(SagaStory& story, bus::Position position, const std::string& text) {
    if (story.misfits.size() < kMisfitsMax) {
        story.misfits.push_back("position " + std::to_string(position) + ": " + text);
    }
}

void begin_story(SagaStory& story, const sagas::JournalEvent& started) {
    story.id = started.saga;
    story.definition = started.definition;
    story.definition_hash = started.definition_hash;
    story.trace_id = started.trace_parent.size() > kTraceAt + kTraceDigits
                         ? std::string(started.trace_parent.substr(kTraceAt, kTraceDigits))
                         : std::string();
    story.known = known_definition(started.definition_hash);
    if (story.known != nullptr) {
        story.instance = sagas::begin(*story.known, started);
    }
}

/// Adds the fact; what the state machine refuses is kept aside, never silently believed.
void take_fact(SagaStory& story, const sagas::JournalEvent& event, const SagaFact& fact) {
    using Kind = sagas::JournalEvent::Kind;
    if (story.instance.has_value()) {
        if (auto applied = sagas::apply(*story.instance, *story.known, event); !applied) {
            misfit(story, fact.position, applied.error().text);
            return;
        }
        story.state = story.instance->state;
    } else if (event.kind == Kind::decided && event.course == sagas::Course::abort) {
        story.state = sagas::SagaState::compensating;
    } else if (event.kind == Kind::finished) {
        story.state = event.state;
    }
    story.facts.push_back(fact);
}

class JournalReader {
  public:
    JournalReader(SagaBook& book, const std::string& topic) : book_(book), topic_(topic) {}

    void take(bus::Position position, Bytes bytes) {
        const auto event = bus::decode_event(bytes);
        if (event.ok() && event->type == sagas::kClaimType) {
            return;
        }
        const auto fact = event.ok() ? sagas::decode_journal_event(event->payload)
                                     : Result<sagas::JournalEvent>(event.error());
        if (!fact || event->partition_key != fact->saga) {
            ++book_.damaged;
            return;
        }
        const Result<WallTime> time = bus::parse_time(event->time);
        const SagaFact copy = fact_of(*fact, time ? *time : WallTime{}, position);
        const auto found = book_.sagas.find(std::string(fact->saga));
        if (fact->kind == sagas::JournalEvent::Kind::started) {
            if (found != book_.sagas.end()) {
                return misfit(found->second, position, "it began twice");
            }
            SagaStory& story = book_.sagas[std::string(fact->saga)];
            story.journal = topic_;
            begin_story(story, *fact);
            story.facts.push_back(copy);
        } else if (found == book_.sagas.end()) {
            ++book_.damaged;
        } else {
            take_fact(found->second, *fact, copy);
        }
    }

  private:
    SagaBook& book_;
    const std::string& topic_;
};

}  // namespace

Result<SagaBook> read_sagas(BusView& view) {
    auto topics = view.topics();
    if (!topics) {
        return std::move(topics).error();
    }
    SagaBook book;
    for (const bus::TopicInfo& topic : *topics) {
        auto journal = is_journal(view, topic.name);
        if (!journal) {
            return std::move(journal).error();
        }
        if (!*journal) {
            continue;
        }
        JournalReader reader(book, topic.name);
        auto read = view.read(topic.name, 0, [&](bus::Position position, Bytes event) {
            reader.take(position, event);
            return More::yes;
        });
        if (!read) {
            return std::move(read).error();
        }
    }
    return book;
}

}  // namespace stormglass::scenarios
