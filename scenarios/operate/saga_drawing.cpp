// `saga show` and `saga why` as text.
#include <algorithm>

#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/saga_book.hpp"
#include "scenarios/operate/table.hpp"

namespace stormglass::scenarios {
namespace {

using Kind = sagas::JournalEvent::Kind;

/// What the facts say of one direction of one step.
struct LegStory {
    std::uint32_t attempts = 0;
    std::string word;  // of the last answer; empty: none yet
    WallTime first;
    WallTime last;
};

LegStory leg_of(const SagaStory& story, sagas::StepId step, sagas::Direction direction) {
    LegStory leg;
    for (const SagaFact& fact : story.facts) {
        const bool about =
            fact.kind == Kind::command || fact.kind == Kind::reply || fact.kind == Kind::timeout;
        if (!about || fact.step != step || fact.direction != direction) {
            continue;
        }
        leg.first = leg.attempts == 0 ? fact.at : leg.first;
        leg.attempts = std::max(leg.attempts, fact.attempt);
        leg.last = fact.at;
        if (fact.kind == Kind::command) {
            leg.word = "waiting";
        } else if (fact.kind == Kind::reply) {
            leg.word = sagas::name_of(fact.outcome);
        } else {
            leg.word = "timed out";
        }
    }
    return leg;
}

std::string leg_text(const LegStory& leg) {
    if (leg.attempts == 0) {
        return "";
    }
    std::string text = leg.word;
    if (leg.attempts > 1) {
        text += ", attempt " + std::to_string(leg.attempts);
    }
    return leg.word == "waiting" ? text : text + ", " + span_text(leg.last.ns - leg.first.ns);
}

std::string since_start(const SagaStory& story, const LegStory& leg) {
    return leg.attempts == 0 ? "" : "+" + span_text(leg.first.ns - story.started_at().ns);
}

/// Steps that may run at the same time stand together: "reserve -> charge + label -> confirm".
std::string graph_line(const sagas::Definition& definition) {
    std::vector<std::string> levels;
    std::vector<std::size_t> level_of(definition.steps.size(), 0);
    for (const sagas::StepId id : definition.order) {
        std::size_t level = 0;
        for (const sagas::StepId before : definition.step(id).after) {
            level = std::max(level, level_of[before.value] + 1);
        }
        level_of[id.value] = level;
        levels.resize(std::max(levels.size(), level + 1));
        std::string name = definition.step(id).name;
        name += definition.pivot == id ? " (no return)" : "";
        levels[level] += (levels[level].empty() ? "" : " + ") + name;
    }
    std::string line;
    for (const std::string& level : levels) {
        line += (line.empty() ? "" : " -> ") + level;
    }
    return line;
}

/// Names of steps in their order; numbers where the definition is not known here.
std::vector<std::pair<sagas::StepId, std::string>> steps_of(const SagaStory& story) {
    std::vector<std::pair<sagas::StepId, std::string>> steps;
    if (story.known != nullptr) {
        for (const sagas::StepId id : story.known->order) {
            steps.emplace_back(id, story.known->step(id).name);
        }
        return steps;
    }
    for (const SagaFact& fact : story.facts) {
        const bool seen = std::any_of(
            steps.begin(), steps.end(), [&](const auto& step) { return step.first == fact.step; });
        if (fact.kind == Kind::command && !seen) {
            steps.emplace_back(fact.step, "step " + std::to_string(fact.step.value + 1));
        }
    }
    return steps;
}

/// What the bus knows of the commands that a saga waits for.
std::string commands_on_bus(const SagaStory& story, BusView& view) {
    const auto letters = view.dead_letters("");
    std::string text;
    if (letters.ok()) {
        for (const bus::DeadLetterInfo& letter : *letters) {
            if (letter.key == story.id) {
                text += "; " + safe_text(letter.topic) + "@" + std::to_string(letter.position) +
                        " is a dead letter of group " + safe_text(letter.group) + " (" +
                        std::string(bus::name_of(letter.reason)) +
                        (letter.detail.empty() ? "" : ", " + safe_text(letter.detail)) + ")";
            }
        }
    }
    const auto groups = view.groups();
    if (!groups.ok() || story.known == nullptr || !text.empty()) {
        return text;
    }
    for (const auto& [id, name] : steps_of(story)) {
        const bool waits = leg_of(story, id, sagas::Direction::forward).word == "waiting" ||
                           leg_of(story, id, sagas::Direction::undo).word == "waiting" ||
                           leg_of(story, id, sagas::Direction::cancel).word == "waiting";
        for (const bus::GroupInfo& group : *groups) {
            if (waits && group.topic == story.known->step(id).topic && group.lag() > 0) {
                text += "; group " + safe_text(group.group) + " has " +
                        counted(group.lag(), "command") + " before it, " +
                        std::to_string(group.in_flight) + " in flight, " +
                        std::to_string(group.retrying) + " retrying";
            }
        }
    }
    return text;
}

}  // namespace

std::string draw_saga(const SagaStory& story) {
    std::string text = "saga " + safe_text(story.id) + " of " + safe_text(story.definition) + ": " +
                       std::string(sagas::name_of(story.state)) + "\n";
    text += "  began    " + short_time(story.started_at()) + "\n";
    text += std::string(sagas::is_final(story.state) ? "  ended    " : "  last     ") +
            short_time(story.last_at()) + ", after " +
            span_text(story.last_at().ns - story.started_at().ns) + "\n";
    text += story.trace_id.empty() ? "" : "  trace    " + safe_text(story.trace_id) + "\n";
    text += story.known != nullptr
                ? "  steps    " + graph_line(*story.known) + "\n"
                : "  steps    by number: this program does not know the definition\n";
    Table table({{"STEP"},
                 {"BEGAN", Align::right},
                 {"DO"},
                 {"CANCEL"},
                 {"UNDO BEGAN", Align::right},
                 {"UNDO"}});
    for (const auto& [id, name] : steps_of(story)) {
        const LegStory done = leg_of(story, id, sagas::Direction::forward);
        const LegStory undone = leg_of(story, id, sagas::Direction::undo);
        table.add({name,
                   since_start(story, done),
                   leg_text(done),
                   leg_text(leg_of(story, id, sagas::Direction::cancel)),
                   since_start(story, undone),
                   leg_text(undone)});
    }
    text += table.empty() ? "" : "\n" + table.text();
    for (const std::string& misfit : story.misfits) {
        text += "  does not fit: " + safe_text(misfit) + "\n";
    }
    return text;
}

std::string why_saga(const SagaStory& story, BusView& view) {
    std::string text = story.instance.has_value()
                           ? sagas::describe(*story.instance, *story.known)
                           : "saga " + story.id + " of " + story.definition + " is " +
                                 std::string(sagas::name_of(story.state));
    text = safe_text(text);
    if (sagas::is_final(story.state)) {
        return text + " (since " + short_time(story.last_at()) + ")\n";
    }
    return text + "; last news at " + short_time(story.last_at()) + commands_on_bus(story, view) +
           "\n";
}

}  // namespace stormglass::scenarios
