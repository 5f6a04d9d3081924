// Section 1: every line of the document with its status, under which faults, in how many runs, and
// why.
#include <algorithm>
#include <array>
#include <set>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/verdict.hpp"

namespace stormglass::reports::detail {

namespace {

constexpr std::string_view kDash = "\u2013";

constexpr std::array<ClaimKind, 6> kKinds{ClaimKind::assumption,
                                          ClaimKind::decision,
                                          ClaimKind::rationale,
                                          ClaimKind::alternative,
                                          ClaimKind::consequence,
                                          ClaimKind::question};

std::string_view group_title(ClaimKind kind) {
    switch (kind) {
        case ClaimKind::assumption:
            return "Assumptions";
        case ClaimKind::decision:
            return "Decision";
        case ClaimKind::rationale:
            return "Rationale and self-critiques";
        case ClaimKind::alternative:
            return "Alternatives considered";
        case ClaimKind::consequence:
            return "Consequences";
        case ClaimKind::question:
            return "Questions";
    }
    return "";
}

std::string needed_faults(const ClaimResult& claim) {
    std::vector<std::string> names;
    for (const LegResult& leg : claim.legs) {
        for (const std::string& name : leg.needs_faults) {
            if (std::ranges::count(names, name) == 0) {
                names.push_back(name);
            }
        }
    }
    return names.empty() ? std::string(kDash) : join(names, ", ");
}

std::string runs_words(const LegResult& leg) {
    if (!leg.ran) {
        return std::string(kDash);
    }
    if (leg.method == Method::control) {
        return count(leg.cases);  // runs, each of which must fail
    }
    return leg.method == Method::sampled ? count(leg.effective) : counted(leg.cases, "case");
}

std::string audit_words(const LegResult& leg) {
    return leg.kept_share.has_value()
               ? "the audit kept " + of(leg.kept, leg.audited) + " runs; the others are discounted"
               : "";
}

void write_line_cell(Html& html, const ClaimResult& claim) {
    html.text(claim.sentence.empty() ? claim.line : claim.sentence);
    if (claim.document_line > 0) {
        html.element("span",
                     "line " + std::to_string(claim.document_line) + " of the document",
                     {{"class", "small faint"}});
    }
    if (!claim.stated_confidence.empty()) {
        html.element("span",
                     "The document\u2019s own confidence: " + claim.stated_confidence,
                     {{"class", "small faint"}});
    }
    if (!claim.means.empty()) {
        html.element("span", "Read as: " + claim.means, {{"class", "small faint"}});
    }
}

/// The claim's reason, the scenarios and checks behind it, and links to what failed.
void write_why_cell(Html& html,
                    const ClaimResult& claim,
                    const Results& results,
                    const Anchors& anchors) {
    html.text(claim.why);
    if (claim.status == Status::refuted) {
        write_failure_links(html, claim, results, anchors);
    }
    if (claim.legs.size() == 1) {
        html.element("span",
                     claim.legs[0].scenario + " (" + std::string(name_of(claim.legs[0].method)) +
                         "): " + join(claim.legs[0].checks, ", "),
                     {{"class", "small faint"}});
    }
    if (claim.legs.size() == 1 && claim.legs[0].kept_share.has_value()) {
        html.element("span", audit_words(claim.legs[0]), {{"class", "small faint"}});
    }
    if (!claim.caught.empty()) {
        html.element(
            "span", "planted and caught: " + join(claim.caught, ", "), {{"class", "small faint"}});
    }
}

void write_leg(HtmlTable& table, const ClaimResult& claim, std::size_t at) {
    const LegResult& leg = claim.legs[at];
    table.row(claim.id + " leg " + std::to_string(at + 1), "", "leg");
    table.cell(leg.ran ? name_of(leg.method) : "did not run");
    table.cell(leg.scenario + ": " + join(leg.checks, ", "));
    table.cell(leg.needs_faults.empty() ? std::string(kDash) : join(leg.needs_faults, ", "));
    table.cell(runs_words(leg));
    table.cell(leg.ran ? count(leg.failed) : std::string(kDash));
    table.cell(bound_words(leg, claim.status));
    table.cell(audit_words(leg));
}

/// What one row after the other is written with.
struct Pen {
    Html& html;
    HtmlTable& table;
    const Results& results;
    const Anchors& anchors;
};

constexpr std::size_t kLineAndNumbers = 5;  // the line's own column to that of the bound

/// Line and numbers; without numbers the line takes their room.
void write_line_and_numbers(Pen& pen, const ClaimResult& claim) {
    HtmlTable& table = pen.table;
    if (!has_numbers(claim)) {
        table.open_wide_cell(kLineAndNumbers);
        write_line_cell(pen.html, claim);
        table.close_cell();
        return;
    }
    table.open_cell();
    write_line_cell(pen.html, claim);
    table.close_cell();
    table.cell(needed_faults(claim));
    table.cell(claim.legs.size() == 1 ? runs_words(claim.legs[0]) : count(claim.effective));
    table.cell(count(claim.failed));
    table.cell(bound_words(claim));
}

void write_claim(Pen& pen, const ClaimResult& claim, std::string_view css) {
    HtmlTable& table = pen.table;
    table.row(claim.id, pen.anchors.of(claim), css);
    table.open_cell();
    write_status(pen.html, claim.status);
    table.close_cell();
    write_line_and_numbers(pen, claim);
    table.open_cell();
    write_why_cell(pen.html, claim, pen.results, pen.anchors);
    table.close_cell();
    if (claim.legs.size() > 1) {
        for (std::size_t at = 0; at < claim.legs.size(); ++at) {
            write_leg(table, claim, at);
        }
    }
    for (const ClaimResult& part : claim.parts) {
        write_claim(pen, part, "part");
    }
}

void write_unclaimed(Html& html, HtmlTable& table, const UnclaimedLine& line) {
    table.row(kDash);
    table.open_cell();
    write_status(html, Status::not_tested);
    table.close_cell();
    table.open_wide_cell(kLineAndNumbers);
    html.text(line.text);
    table.close_cell();
    table.cell("line " + std::to_string(line.document_line) + " of the document has no claim");
}

void write_rules(Html& html, const Results& results) {
    html.open("p").text(
        "A line is supported when its checks were consulted, every fault it needs took effect, "
        "nothing was violated, the bound is at or under the target (" +
        percent_up(results.target) +
        " unless the line asks for less), and a planted defect was caught by one of its checks. "
        "Where several legs argue for a line, the worst one stands for it.");
    html.close("p").line();
}

}  // namespace

void write_failure_links(Html& html,
                         const ClaimResult& claim,
                         const Results& results,
                         const Anchors& anchors) {
    std::set<std::string> linked;
    for (const LegResult& leg : claim.legs) {
        const ScenarioResult* scenario = find_scenario(results, leg.scenario);
        if (scenario == nullptr) {
            continue;
        }
        for (const Failure& failure : scenario->failures) {
            const std::string id = anchors.of(failure);
            const bool ours = std::ranges::count(leg.checks, failure.check) > 0;
            if (ours && !id.empty() && linked.insert(id).second) {
                html.text(" ");
                html.element("a", "See what failed: " + failure.check, {{"href", "#" + id}});
            }
        }
    }
}

void write_lines(Html& html, const Results& results, const Anchors& anchors) {
    write_heading(html, "lines", "Line by line");
    write_rules(html, results);
    using Kind = Column::Kind;
    HtmlTable table(html,
                    "Lines of the document",
                    {{"Id", Kind::words, "id"},
                     {"Status", Kind::words, "status"},
                     {"Line", Kind::words},
                     {"Under which faults", Kind::words, "under"},
                     {"Effective runs", Kind::number, "runs"},
                     {"Failed", Kind::number, "fails"},
                     {"Failure probability", Kind::number, "bound"},
                     {"Why", Kind::words}},
                    "lines");
    Pen pen{html, table, results, anchors};
    for (const ClaimKind kind : kKinds) {
        const bool any = std::ranges::count(results.claims, kind, &ClaimResult::kind) > 0 ||
                         std::ranges::count(results.unclaimed, kind, &UnclaimedLine::kind) > 0;
        if (!any) {
            continue;
        }
        table.group(group_title(kind));
        for (const ClaimResult& claim : results.claims) {
            if (claim.kind == kind) {
                write_claim(pen, claim, "");
            }
        }
        for (const UnclaimedLine& line : results.unclaimed) {
            if (line.kind == kind) {
                write_unclaimed(html, table, line);
            }
        }
    }
    table.end();
    html.open("p", {{"class", "faint"}});
    html.text((results.profile_hash.empty() ? std::string("Of the sampled fault profiles")
                                            : "Of fault profile " + results.profile_hash) +
              "; says nothing about faults outside it or about traffic unlike the workload.");
    html.close("p").line();
}

}  // namespace stormglass::reports::detail
