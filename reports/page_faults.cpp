// What ran, and the faults that really happened: the counters, zeros worded.
#include <algorithm>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/verdict.hpp"

namespace stormglass::reports::detail {

namespace {

void write_outcome(Html& html, const ScenarioVerdict& verdict) {
    switch (verdict.outcome) {
        case Outcome::failed:
            write_mark(html, "bad", "\u2717", "Failed");
            break;
        case Outcome::nondeterministic:
            write_mark(html, "bad", "\u2260", "Nondeterministic");
            break;
        case Outcome::inconclusive:
            write_mark(html, "doubt", "?", "Inconclusive");
            break;
        case Outcome::passed:
            write_mark(html, "good", "\u2713", "Passed");
            break;
    }
}

/// Where the chain of counters broke is the first thing to know about a zero.
std::string_view why_idle(const FaultCount& fault) {
    if (fault.armed == 0) {
        return "declared, never armed";
    }
    if (fault.eligible == 0) {
        return "declared, never met a matching event";
    }
    return fault.fired == 0 ? "declared, never fired" : "fired, but changed nothing";
}

void write_fault(Html& html, HtmlTable& table, const FaultCount& fault) {
    table.row(fault_name(fault));
    table.cell(count(fault.armed));
    table.cell(count(fault.eligible));
    table.cell(count(fault.fired));
    const bool idle = fault.declared && fault.took_effect == 0;
    table.open_cell();
    if (idle) {
        write_mark(html, "doubt", "?", "0");
    } else {
        html.text(count(fault.took_effect));
    }
    table.close_cell();
    table.cell(count(fault.runs_touched));
    table.cell(fault.first_seed.has_value() ? seed(*fault.first_seed) : "\u2013");
    table.cell(idle ? why_idle(fault) : "");
}

/// Which lines lean on a fault, by the name under which their legs ask for it.
struct Need {
    std::string fault;
    std::vector<const ClaimResult*> claims;
    bool idle = false;  ///< in one of the legs it never took effect
    bool ran = false;
};

void add_needs(const ClaimResult& claim, std::vector<Need>& needs) {
    for (const LegResult& leg : claim.legs) {
        for (const std::string& fault : leg.needs_faults) {
            auto need = std::ranges::find(needs, fault, &Need::fault);
            if (need == needs.end()) {
                needs.push_back({fault, {}, false, false});
                need = needs.end() - 1;
            }
            if (std::ranges::count(need->claims, &claim) == 0) {
                need->claims.push_back(&claim);
            }
            need->ran = need->ran || leg.ran;
            need->idle = need->idle || std::ranges::count(leg.idle_faults, fault) > 0;
        }
    }
    for (const ClaimResult& part : claim.parts) {
        add_needs(part, needs);
    }
}

void write_needs(Html& html, const Results& results, const Anchors& anchors) {
    std::vector<Need> needs;
    for (const ClaimResult& claim : results.claims) {
        add_needs(claim, needs);
    }
    if (needs.empty()) {
        return;
    }
    std::ranges::sort(needs, {}, &Need::fault);
    html.element("h3", "Which lines lean on which fault").line();
    HtmlTable table(html,
                    "Faults and lines",
                    {{"Fault", Column::Kind::words, "name"},
                     {"Took effect for them", Column::Kind::words},
                     {"Lines that need it", Column::Kind::words, "wide"}});
    for (const Need& need : needs) {
        table.row(need.fault);
        table.open_cell();
        if (!need.ran) {
            write_mark(html, "idle", "\u25cb", "Not tried");
        } else if (need.idle) {
            write_mark(html, "doubt", "?", "Not everywhere");
        } else {
            write_mark(html, "good", "\u2713", "Yes");
        }
        table.close_cell();
        table.open_cell();
        for (const ClaimResult* claim : need.claims) {
            html.text(claim == need.claims.front() ? "" : " ");
            html.open("a", {{"href", "#" + anchors.of(*claim)}, {"class", "chip"}});
            html.name(claim->id).close("a");
        }
        table.close_cell();
    }
    table.end();
}

}  // namespace

void write_scenarios(Html& html, const Results& results) {
    write_heading(html, "ran", "What ran");
    if (results.scenarios.empty()) {
        html.element("p", "No scenario ran.").line();
        return;
    }
    html.element("p",
                 "A run is effective when every fault its scenario declares took effect in it and "
                 "every check saw something that could have violated it.")
        .line();
    using Kind = Column::Kind;
    HtmlTable table(html,
                    "Scenarios",
                    {{"Scenario", Kind::words, "name"},
                     {"Outcome", Kind::words},
                     {"What it tries", Kind::words, "wide"},
                     {"Runs", Kind::number},
                     {"Effective", Kind::number},
                     {"Failing", Kind::number},
                     {"Checks (consulted in runs)", Kind::words, "wide"},
                     {"Probes (reached in runs)", Kind::words, "mid"}});
    for (const ScenarioResult& scenario : results.scenarios) {
        const ScenarioVerdict verdict = judge_scenario(scenario);
        table.row(scenario.name);
        table.open_cell();
        write_outcome(html, verdict);
        table.close_cell();
        table.open_cell();
        html.text(scenario.summary);
        if (!verdict.why.empty()) {
            html.element("span", verdict.why, {{"class", "small faint"}});
        }
        table.close_cell();
        table.cell(count(scenario.runs));
        table.cell(count(scenario.effective));
        table.cell(count(failing_runs(scenario)));
        std::vector<std::string> checks;
        for (const CheckCount& check : scenario.checks) {
            checks.push_back(check.name + " (" + count(check.consulted) + ")");
        }
        table.cell(join(checks, ", "));
        std::vector<std::string> probes;
        for (const ProbeCount& probe : scenario.probes) {
            probes.push_back(probe.name + " (" + count(probe.runs_reached) + ")");
        }
        table.cell(probes.empty() ? "\u2013" : join(probes, ", "));
    }
    table.end();
}

void write_faults(Html& html, const Results& results, const Anchors& anchors) {
    write_heading(html, "faults", "Faults that really happened");
    bool any = false;
    for (const ScenarioResult& scenario : results.scenarios) {
        any = any || !scenario.faults.empty();
    }
    if (!any) {
        html.element("p", "No scenario declares a fault.").line();
        return;
    }
    html.element("p",
                 "Armed: the schedule asked for it. Eligible: its trigger met a matching event. "
                 "Fired: it was injected. Took effect: something else would have happened without "
                 "it.")
        .line();
    using Kind = Column::Kind;
    HtmlTable table(html,
                    "Fault counters",
                    {{"Fault", Kind::words, "name"},
                     {"Armed", Kind::number},
                     {"Eligible", Kind::number},
                     {"Fired", Kind::number},
                     {"Took effect", Kind::number},
                     {"Runs touched", Kind::number},
                     {"First seed", Kind::number},
                     {"Note", Kind::words, "mid"}});
    for (const ScenarioResult& scenario : results.scenarios) {
        if (scenario.faults.empty()) {
            continue;
        }
        const AuditCount& audit = scenario.audit;
        table.group(
            scenario.name + ", " + counted(scenario.runs, "run") + "; " +
            (audit.audited == 0 ? "not audited" : "audit kept " + of(audit.kept, audit.audited)));
        for (const FaultCount& fault : scenario.faults) {
            write_fault(html, table, fault);
        }
    }
    table.end();
    write_needs(html, results, anchors);
}

}  // namespace stormglass::reports::detail
