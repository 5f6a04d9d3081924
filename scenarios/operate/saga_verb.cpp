// `saga list`, `saga show`, `saga why`.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "bus/event.hpp"
#include "reports/text.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/event_json.hpp"
#include "scenarios/operate/saga_book.hpp"
#include "scenarios/operate/table.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;

std::string step_name(const SagaStory& story, sagas::StepId step) {
    return story.known != nullptr ? story.known->step(step).name : std::to_string(step.value + 1);
}

Json json_of(const SagaStory& story) {
    return {{"saga", reports::valid_utf8(story.id)},
            {"definition", reports::valid_utf8(story.definition)},
            {"journal", reports::valid_utf8(story.journal)},
            {"state", std::string(sagas::name_of(story.state))},
            {"trace", reports::valid_utf8(story.trace_id)},
            {"began", bus::format_time(story.started_at())},
            {"last", bus::format_time(story.last_at())},
            {"facts", story.facts.size()}};
}

Json facts_of(const SagaStory& story) {
    using Kind = sagas::JournalEvent::Kind;
    Json facts = Json::array();
    for (const SagaFact& fact : story.facts) {
        Json one = {{"at", bus::format_time(fact.at)},
                    {"position", fact.position},
                    {"kind", std::string(sagas::name_of(fact.kind))}};
        if (fact.kind == Kind::command || fact.kind == Kind::reply || fact.kind == Kind::timeout) {
            one["step"] = step_name(story, fact.step);
            one["direction"] = std::string(sagas::name_of(fact.direction));
            one["attempt"] = fact.attempt;
        }
        if (fact.kind == Kind::reply) {
            one["outcome"] = std::string(sagas::name_of(fact.outcome));
        }
        facts.push_back(std::move(one));
    }
    return facts;
}

std::string counts_line(const std::map<std::string, std::uint64_t>& counts) {
    std::string line;
    for (const auto& [state, count] : counts) {
        line += (line.empty() ? "" : ", ") + std::to_string(count) + " " + state;
    }
    return line.empty() ? "no sagas\n" : line + "\n";
}

int list_sagas(const Session& session, const SagaBook& book) {
    const OperateOptions& asked = session.options().operate;
    std::map<std::string, std::uint64_t> counts;
    Table table({{"SAGA"}, {"STATE"}, {"DEFINITION"}, {"BEGAN"}, {"TOOK", Align::right}});
    Json items = Json::array();
    std::uint64_t shown = 0;
    for (const auto& [id, story] : book.sagas) {
        const std::string state(sagas::name_of(story.state));
        ++counts[state];
        if ((!asked.state.empty() && state != asked.state) ||
            shown >= asked.limit.value_or(~std::uint64_t{0})) {
            continue;
        }
        ++shown;
        table.add({id,
                   state,
                   story.definition,
                   short_time(story.started_at()),
                   span_text(story.last_at().ns - story.started_at().ns)});
        items.push_back(json_of(story));
    }
    if (session.options().json) {
        session.print(Json{{"schema", 1}, {"counts", counts}, {"sagas", std::move(items)}}.dump(2) +
                      "\n");
        return kExitPassed;
    }
    session.print((table.empty() ? "" : table.text() + "\n") + counts_line(counts));
    if (book.damaged > 0) {
        session.complain(session.program() + ": " + counted(book.damaged, "event") +
                         " of the journal could not be read as facts of a saga\n");
    }
    return kExitPassed;
}

}  // namespace

int saga_verb(const Session& session) {
    auto view = view_of(session);
    if (!view) {
        return complain(session, view.error());
    }
    auto book = read_sagas(**view);
    if (!book) {
        return complain(session, book.error());
    }
    const OperateOptions& asked = session.options().operate;
    if (asked.action == "list") {
        return list_sagas(session, *book);
    }
    const auto found = book->sagas.find(asked.operands.front());
    if (found == book->sagas.end()) {
        std::vector<std::string> known;
        for (const auto& [id, story] : book->sagas) {
            known.push_back(id);
        }
        return no_such(session, "saga", asked.operands.front(), known);
    }
    const SagaStory& story = found->second;
    if (session.options().json) {
        Json json = json_of(story);
        json["why"] = why_saga(story, **view);
        json["events"] = facts_of(story);
        session.print(Json{{"schema", 1}, {"saga", std::move(json)}}.dump(2) + "\n");
    } else {
        session.print(asked.action == "show" ? draw_saga(story) : why_saga(story, **view));
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
