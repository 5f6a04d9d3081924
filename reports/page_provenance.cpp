// Where the results come from, in enough detail to make them again.
#include <algorithm>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/summary.hpp"

namespace stormglass::reports::detail {

namespace {

std::string libraries(const Provenance& from) {
    std::vector<std::string> names;
    for (const NamedText& library : from.libraries) {
        names.push_back(library.name + " " + library.text);
    }
    return join(names, ", ");
}

std::string document(const DocumentInfo& from) {
    if (!from.given) {
        return "not given";
    }
    return from.file +
           (from.verified ? ", every hash found in it" : ", not every hash found in it") + ", " +
           of(from.lines_claimed, from.lines) + " lines claimed";
}

std::string machine(const Provenance& from) {
    return from.cpu_model + ", " + counted(from.cores, "core") + ", " + memory(from.memory_bytes) +
           ", " + from.kernel;
}

std::string seeds(const ScenarioResult& scenario) {
    if (scenario.runs == 0) {
        return "\u2013";
    }
    return seed(scenario.seed_first) + " \u2026 " + seed(scenario.seed_first + scenario.runs - 1);
}

void write_scenario_table(Html& html, const Results& results) {
    using Kind = Column::Kind;
    HtmlTable table(html,
                    "Provenance of the scenarios",
                    {{"Scenario", Kind::words, "name"},
                     {"Seeds", Kind::words, "mid"},
                     {"Self-check", Kind::number},
                     {"Signatures", Kind::words},
                     {"Same verdicts under both", Kind::number},
                     {"Events", Kind::number},
                     {"Virtual time", Kind::number},
                     {"Processor time", Kind::number},
                     {"Scenario hash", Kind::words},
                     {"Profile hash", Kind::words},
                     {"Trace hash", Kind::words}});
    const auto code = [&](const std::string& text) {
        table.open_cell();
        html.element("code", text);
        table.close_cell();
    };
    for (const ScenarioResult& scenario : results.scenarios) {
        table.row(scenario.name);
        code(seeds(scenario));
        const TwinCount& twins = scenario.twins;
        table.cell(of(twins.compared - std::min(twins.compared, twins.differing), twins.compared));
        const SigningCount& signing = scenario.signing;
        table.cell(signing.used);
        table.cell(
            of(signing.compared - std::min(signing.compared, signing.differing), signing.compared));
        table.cell(count(scenario.events));
        table.cell(span(scenario.virtual_seconds));
        table.cell(span(scenario.cpu_seconds));
        code(scenario.scenario_sha256);
        code(scenario.profile_sha256);
        code(scenario.trace_hash);
    }
    table.end();
}

}  // namespace

void write_provenance(Html& html, const Results& results) {
    write_heading(html, "provenance", "Provenance");
    const Provenance& from = results.provenance;
    const Summary summary = summarize(results);
    html.open("dl").line();
    write_pair(html, "Command", results.command_line);
    write_pair(html, "Run", results.run_id + ", started " + from.started_at);
    write_pair(html, "Commit", from.commit + (from.dirty ? ", dirty" : ", clean"));
    write_pair(html, "Changes on top", from.diff_sha256);
    write_pair(html, "Compiler", from.compiler + " " + from.flags);
    write_pair(html, "Build type", from.build_type);
    write_pair(html, "Sanitizer", from.sanitizer);
    write_pair(html, "Program SHA-256", from.binary_sha256);
    write_pair(html, "Defects program SHA-256", from.defects_sha256);
    write_pair(html, "Libraries", libraries(from));
    write_pair(html, "Document", results.claims.empty() ? "" : document(results.document));
    write_pair(html, "Document SHA-256", results.document.sha256);
    write_pair(html, "Claims file SHA-256", from.claims_sha256);
    write_pair(html,
               "Seed base",
               seed(from.seed_base) + ", epoch " + count(from.epoch) + ", " +
                   count(results.seeds_per_scenario) + " planned a scenario");
    write_pair(html, "Trace hash of all", from.trace_hash);
    write_pair(html,
               "Self-check",
               of(summary.twins_equal, summary.twins_compared) +
                   " repeats in a second process gave the same history");
    write_pair(html, "Machine", machine(from));
    write_pair(html,
               "Time",
               span(from.wall_seconds) + " wall, " + span(from.cpu_seconds) + " processor, " +
                   span(from.virtual_seconds) + " virtual, " + counted(results.jobs, "job"));
    html.close("dl").line();
    if (!results.scenarios.empty()) {
        write_scenario_table(html, results);
    }
}

}  // namespace stormglass::reports::detail
