// `schema`: the JSON Schema of a kind of file.
#include "reports/schema.hpp"
#include "scenarios/operate/schema.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {

int schema_verb(const Session& session) {
    const std::string& kind = session.options().operate.action;
    if (kind == "scenario") {
        session.print(scenario_schema(session.names()));
    } else if (kind == "claims") {
        session.print(claims_schema(session.names()));
    } else if (kind == "replay") {
        session.print(replay_schema(session.names()));
    } else if (kind == "results") {
        session.print(reports::results_schema());
    } else if (kind == "events") {
        session.print(event_schema());
    } else {
        CHECK(kind == "journal");
        session.print(journal_schema());
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
