// `report`: what a run has written, shown again. It judges nothing: the verdicts are in the file.
#include "reports/json.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

int report_verb(const Session& session) {
    const std::string& path = session.options().results;
    const auto text = read_file(path, reports::kResultsBytesMost);
    if (!text.value) {
        session.complain(text.refusal.text);
        return text.refusal.exit_code;
    }
    const auto results = reports::from_json(*text.value);
    if (!results) {
        session.complain(path + ":" + results.error().text + "\n1 problem in " + path + "\n");
        return kExitBadInput;
    }
    std::string problem;
    if (!write_named(session.options(), *results, problem)) {
        session.complain("stormglass: " + problem + "\n");
        return kExitOutput;
    }
    if (session.options().json) {
        session.print(reports::to_json(*results));
        return kExitPassed;
    }
    for (const std::string* file :
         {&session.options().html, &session.options().md, &session.options().junit}) {
        if (!file->empty()) {
            session.say(*file + "\n");
        }
    }
    const Options& options = session.options();
    if (options.html.empty() && options.md.empty() && options.junit.empty()) {
        session.print(results->claims.empty() ? reports::run_table(*results, session.style())
                                              : reports::gate_table(*results, session.style()));
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
