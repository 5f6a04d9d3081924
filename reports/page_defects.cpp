// Would we have noticed? Planted defects, missed ones first, and the clean row beside them.
#include <algorithm>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"

namespace stormglass::reports::detail {

namespace {

void claims_with(const ClaimResult& claim,
                 const std::string& defect,
                 std::vector<std::string>& ids) {
    if (std::ranges::count(claim.defects, defect) > 0) {
        ids.push_back(claim.id);
    }
    for (const ClaimResult& part : claim.parts) {
        claims_with(part, defect, ids);
    }
}

void write_caught_by(Html& html, const DefectResult& defect) {
    if (defect.blocks_caught == 0) {
        write_mark(html, "bad", "\u2717", "Missed");
        html.text(" expected " + defect.expected_check);
        return;
    }
    std::vector<std::string> names;
    bool expected = false;
    for (const CaughtBy& by : defect.caught_by) {
        expected = expected || by.check == defect.expected_check;
        names.push_back(by.check +
                        (defect.caught_by.size() > 1 ? " (" + count(by.blocks) + ")" : ""));
    }
    write_mark(html, "good", "\u2713", "Caught");
    html.text(" by " + join(names, ", "));
    if (!expected) {
        html.element(
            "span", "a surprise: expected " + defect.expected_check, {{"class", "small faint"}});
    }
}

void write_defect(Html& html,
                  HtmlTable& table,
                  const Results& results,
                  const DefectResult& defect) {
    table.row(defect.name);
    table.open_cell();
    html.text(defect.breaks);
    if (!defect.scenario.empty()) {
        html.element("span", "in " + defect.scenario, {{"class", "small faint"}});
    }
    table.close_cell();
    std::vector<std::string> ids;
    for (const ClaimResult& claim : results.claims) {
        claims_with(claim, defect.name, ids);
    }
    table.cell(ids.empty() ? "\u2013" : join(ids, ", "));
    table.open_cell();
    write_caught_by(html, defect);
    table.close_cell();
    table.cell(of(defect.blocks_caught, defect.blocks));
    const bool caught = defect.blocks_caught > 0;
    table.cell(caught ? short_number(defect.median_seeds) : "\u2013");
    // A block that gave up needs more seeds than it had.
    table.cell(defect.blocks_caught < defect.blocks
                   ? "> " + count(defect.block_limit)
                   : (caught ? count(defect.worst_seeds) : "\u2013"));
}

/// The commands stand below the table, whole: a cell would break them.
void write_commands(Html& html, const Results& results) {
    std::vector<std::string> commands;
    for (const DefectResult& defect : results.defects) {
        if (!defect.repeat.empty()) {
            commands.push_back(defect.repeat);
        }
    }
    if (commands.empty()) {
        return;
    }
    html.element("p", "Each of these shows the first catch of one defect:").line();
    html.open("pre",
              {{"tabindex", "0"}, {"role", "region"}, {"aria-label", "Commands for defects"}});
    html.element("code", join(commands, "\n")).close("pre").line();
}

void write_clean(Html& html, HtmlTable& table, const CleanRow& clean) {
    table.row("correct code");
    table.cell("nothing: the same program with no defect switched on");
    table.cell("all");
    table.open_cell();
    if (clean.alarms == 0) {
        write_mark(html, "good", "\u2713", "No alarm");
    } else {
        write_mark(html, "bad", "\u2717", counted(clean.alarms, "alarm"));
    }
    html.text(" in " + counted(clean.runs, "run") + " of " + counted(clean.scenarios, "scenario"));
    table.close_cell();
    for (int column = 0; column < 3; ++column) {
        table.cell("\u2013");
    }
}

}  // namespace

void write_defects(Html& html, const Results& results) {
    write_heading(html, "noticed", "Would we have noticed?");
    if (results.defects.empty()) {
        html.element("p",
                     "No planted defect was tried: whether the checks would notice anything is "
                     "not shown here.")
            .line();
        return;
    }
    html.element(
            "p",
            "Each defect is a small wrong version of the code. A block tries fresh seeds until "
            "a check raises an alarm or its limit is reached.")
        .line();
    using Kind = Column::Kind;
    HtmlTable table(html,
                    "Planted defects",
                    {{"Defect", Kind::words, "name"},
                     {"What it breaks", Kind::words, "mid"},
                     {"Lines", Kind::words},
                     {"Result", Kind::words, "wide"},
                     {"Blocks caught", Kind::number},
                     {"Median seeds", Kind::number},
                     {"Worst seeds", Kind::number}});
    for (const bool caught : {false, true}) {
        for (const DefectResult& defect : results.defects) {
            if ((defect.blocks_caught > 0) == caught) {
                write_defect(html, table, results, defect);
            }
        }
    }
    if (results.clean.ran) {
        write_clean(html, table, results.clean);
    }
    table.end();
    write_commands(html, results);
}

}  // namespace stormglass::reports::detail
