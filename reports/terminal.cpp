// Columns are as wide as their widest cell; text from data is made visible before it is measured.
#include "reports/terminal.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"
#include "reports/verdict.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

enum class Tone { good, bad, doubt, plain };

std::string toned(const std::string& text, Tone tone, const TerminalStyle& style) {
    if (!style.colour || tone == Tone::plain) {
        return text;
    }
    constexpr std::array<std::string_view, 3> kCodes{"\x1b[32m", "\x1b[1;31m", "\x1b[33m"};
    return std::string(kCodes[static_cast<std::size_t>(tone)]) + text + "\x1b[0m";
}

Tone tone_of(Status status) {
    switch (status) {
        case Status::refuted:
            return Tone::bad;
        case Status::supported:
            return Tone::good;
        case Status::inconclusive:
        case Status::not_tested:
        case Status::waived:
            return Tone::doubt;
    }
    CHECK(false);
}

struct Cell {
    std::string text;
    Tone tone = Tone::plain;
};

/// A row of cells, then lines of their own below it.
struct Row {
    std::vector<Cell> cells;
    std::vector<std::string> below;
};

enum class Side { left, right };

std::string table(std::span<const Side> sides,
                  std::span<const Row> rows,
                  const TerminalStyle& style) {
    std::vector<std::size_t> widths(sides.size(), 0);
    for (const Row& row : rows) {
        CHECK(row.cells.size() == sides.size());
        for (std::size_t at = 0; at < sides.size(); ++at) {
            widths[at] = std::max(widths[at], columns(row.cells[at].text));
        }
    }
    std::string out;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t at = 0; at < sides.size(); ++at) {
            const Cell& cell = row.cells[at];
            const std::string pad(widths[at] - columns(cell.text), ' ');
            const std::string text = toned(cell.text, cell.tone, style);
            line += (at == 0 ? "" : "  ") + (sides[at] == Side::left ? text + pad : pad + text);
        }
        line.resize(line.find_last_not_of(' ') + 1);
        out += line + "\n";
        for (const std::string& below : row.below) {
            out += below;
        }
    }
    return out;
}

/// Wrapped below a row, or a paragraph of its own.
std::string indented(const std::string& text, const TerminalStyle& style) {
    return wrapped(one_line(text), style.width, "    ") + "\n";
}

Cell status_cell(Status status) {
    std::string word(name_of(status));
    if (status == Status::refuted) {
        word = "REFUTED";
    }
    return {std::string(symbol_of(status)) + " " + word, tone_of(status)};
}

Cell outcome_cell(Outcome outcome) {
    switch (outcome) {
        case Outcome::failed:
            return {"\u2717 FAILED", Tone::bad};
        case Outcome::nondeterministic:
            return {"\u2260 NONDETERMINISTIC", Tone::bad};
        case Outcome::inconclusive:
            return {"? inconclusive", Tone::doubt};
        case Outcome::passed:
            return {"\u2713 passed", Tone::good};
    }
    CHECK(false);
}

/// Pairs of a name and a count, kept together when lines wrap.
std::string pairs_line(std::string_view title,
                       const std::vector<std::string>& pairs,
                       const TerminalStyle& style) {
    std::string joined;
    for (const std::string& pair : pairs) {
        std::string kept = one_line(pair);
        std::ranges::replace(kept, ' ', '\x01');  // cannot occur in visible text
        joined += (joined.empty() ? " " : ", ") + kept;
    }
    std::string out = wrapped(std::string(title) + joined, style.width, "    ") + "\n";
    std::ranges::replace(out, '\x01', ' ');
    return out;
}

std::vector<std::string> below_scenario(const ScenarioResult& scenario,
                                        const ScenarioVerdict& verdict,
                                        const TerminalStyle& style) {
    std::vector<std::string> out;
    std::vector<std::string> faults;
    for (const FaultCount& fault : scenario.faults) {
        if (fault.declared || fault.took_effect > 0) {
            faults.push_back(fault_name(fault) + " " + count(fault.runs_touched));
        }
    }
    if (!faults.empty()) {
        out.push_back(pairs_line("faults took effect in runs:", faults, style));
    }
    std::vector<std::string> probes;
    for (const ProbeCount& probe : scenario.probes) {
        probes.push_back(probe.name + " " + count(probe.runs_reached));
    }
    if (!probes.empty()) {
        out.push_back(pairs_line("probes reached in runs:", probes, style));
    }
    if (!verdict.why.empty()) {
        out.push_back(indented(verdict.why, style));
    }
    return out;
}

/// A scenario that showed too little claims no bound.
std::string bound_of(const ScenarioResult& scenario, const ScenarioVerdict& verdict, double level) {
    if (verdict.outcome != Outcome::passed && verdict.outcome != Outcome::failed) {
        return "-";
    }
    return percent_up(upper_bound(scenario.failed, scenario.effective, level));
}

void add_claim_rows(std::vector<Row>& rows, const ClaimResult& claim, const TerminalStyle& style) {
    const bool ran = std::ranges::any_of(claim.legs, &LegResult::ran);
    const bool decided = claim.status == Status::supported || claim.status == Status::refuted;
    Row row{{{one_line(claim.id)},
             status_cell(claim.status),
             {ran ? count(claim.effective) : "-"},
             {ran ? count(claim.failed) : "-"},
             {decided && claim.bound.has_value() ? percent_up(claim.bound) : "-"}},
            {}};
    if (claim.status != Status::supported || claim.rule != Rule::supported) {
        row.below.push_back(indented(claim.why, style));
    }
    rows.push_back(std::move(row));
    for (const ClaimResult& part : claim.parts) {
        add_claim_rows(rows, part, style);
    }
}

constexpr std::size_t kDecisionsTold = 12;

void add_events(std::string& out,
                const std::vector<EventLine>& events,
                std::size_t told,
                const TerminalStyle& style) {
    std::size_t node_width = 0;
    std::size_t time_width = 0;
    for (const EventLine& event : events) {
        node_width = std::max(node_width, columns(one_line(event.node)));
        time_width = std::max(time_width, virtual_time(event.time_ns).size());
    }
    for (std::size_t i = 0; i < std::min(told, events.size()); ++i) {
        const EventLine& event = events[i];
        const std::string time = virtual_time(event.time_ns);
        const std::string node = one_line(event.node);
        std::string lead = std::string(event.flagged || event.needed ? "  !  " : "     ") +
                           std::string(time_width - time.size(), ' ') + time + "  " + node +
                           std::string(node_width - columns(node) + (node_width > 0 ? 2 : 0), ' ');
        const std::string rest(columns(lead), ' ');
        std::string text = wrapped(one_line(event.text) + (event.needed ? " (needed)" : ""),
                                   std::max(style.width, rest.size() + 20),
                                   rest);
        text.replace(0, std::min(rest.size(), text.size()), lead);
        out += text + "\n";
    }
    if (events.size() > told) {
        out += "     and " + count(events.size() - told) + " more\n";
    }
}

}  // namespace

std::string run_table(const Results& results, const TerminalStyle& style) {
    std::vector<Row> rows;
    rows.push_back({{{"SCENARIO"},
                     {"OUTCOME"},
                     {"RUNS"},
                     {"EFFECTIVE"},
                     {"FAILED"},
                     {"BOUND " + confidence(results.confidence)}},
                    {}});
    for (const ScenarioResult& scenario : results.scenarios) {
        const ScenarioVerdict verdict = judge_scenario(scenario);
        rows.push_back({{{one_line(scenario.name)},
                         outcome_cell(verdict.outcome),
                         {count(scenario.runs)},
                         {count(scenario.effective)},
                         {count(failing_runs(scenario))},
                         {bound_of(scenario, verdict, results.confidence)}},
                        below_scenario(scenario, verdict, style)});
    }
    constexpr std::array kSides{
        Side::left, Side::left, Side::right, Side::right, Side::right, Side::right};
    return table(kSides, rows, style);
}

std::string gate_table(const Results& results, const TerminalStyle& style) {
    std::vector<Row> rows;
    rows.push_back({{{"CLAIM"},
                     {"STATUS"},
                     {"EFFECTIVE"},
                     {"FAILED"},
                     {"BOUND " + confidence(results.confidence)}},
                    {}});
    for (const ClaimResult& claim : results.claims) {
        add_claim_rows(rows, claim, style);
    }
    for (const UnclaimedLine& line : results.unclaimed) {
        rows.push_back(
            {{{"-"}, status_cell(Status::not_tested), {"-"}, {"-"}, {"-"}},
             {indented("no claim for line " + std::to_string(line.document_line) + ": " + line.text,
                       style)}});
    }
    constexpr std::array kSides{Side::left, Side::left, Side::right, Side::right, Side::right};
    std::string out = table(kSides, rows, style);
    if (!results.profile_hash.empty()) {
        out += "of fault profile " + one_line(results.profile_hash) +
               "; says nothing about faults outside it\n";
    }
    return out;
}

std::string failure_block(const ScenarioResult& scenario,
                          const Failure& failure,
                          const TerminalStyle& style) {
    const std::string often = failure.counts
                                  ? of(failure.count, scenario.runs) + " runs"
                                  : counted(failure.count, "run") + " outside the counted ones";
    std::string out = toned("\u2717 " + one_line(failure.check), Tone::bad, style) + "   " +
                      one_line(failure.place.file.empty() ? scenario.name : place(failure.place)) +
                      "   " + often + "\n\n";
    out += wrapped(one_line(failure.sentence), style.width, "  ") + "\n\n";
    const auto pair = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            std::string text = wrapped(one_line(value), style.width, "              ");
            text.replace(0, std::min(name.size(), text.size()), name);
            out += text + "\n";
        }
    };
    pair("  expected    ", failure.expected);
    pair("  observed    ", failure.observed);
    pair("  needed      ", join(failure.faults_needed, ", "));
    pair("  not needed  ", join(failure.faults_other, ", "));
    if (!failure.smallest.empty()) {
        out += "\n";
        pair("  smallest    ", failure.smallest);
    }
    add_events(out, failure.decisions, kDecisionsTold, style);
    if (!failure.last.empty()) {
        // What faults did is told too, and is no event of its own.
        out += failure.last.size() < failure.events
                   ? "\n  last " + counted(failure.last.size(), "event") + " of " +
                         count(failure.events)
                   : "\n  all " + counted(failure.events, "event");
        out += ", seed " + seed(failure.seed) + "\n";
    }
    add_events(out, failure.last, failure.last.size(), style);
    // Never wrapped: they are copied as a whole.
    const auto command = [&out](std::string_view name, const std::string& line) {
        if (!line.empty()) {
            out += std::string(name) + one_line(line) + "\n";
        }
    };
    out += failure.replay.empty() && failure.repeat.empty() ? "" : "\n";
    command("  replay exactly   ", failure.replay);
    command(failure.replay.empty() ? "  repeat exactly   " : "  from the seed    ", failure.repeat);
    command("  keep it          ", failure.keep);
    return out;
}

std::string closing_line(const Results& results, const Closing& end, const TerminalStyle& style) {
    const Summary summary = summarize(results);
    std::string word = "PASSED";
    Tone tone = Tone::good;
    switch (end.exit_code) {
        case 0:
            break;
        case 2:
            word = "INCONCLUSIVE", tone = Tone::doubt;
            break;
        case 3:
            word = "NONDETERMINISTIC", tone = Tone::bad;
            break;
        case 74:
            word = "NOT WRITTEN", tone = Tone::bad;
            break;
        case 130:
            word = "INTERRUPTED", tone = Tone::bad;
            break;
        default:
            word = "FAILED", tone = Tone::bad;
            break;
    }
    const std::string rest =
        summary.verdict_detail.substr(0, summary.verdict_detail.find("; wording"));
    const std::string first = word + "  " + summary.verdict + " " + rest;
    const std::string second =
        (end.page_path.empty() ? "" : one_line(end.page_path) + "   ") + times(results);
    const bool fits = columns(first) + columns(second) + 3 <= style.width;
    return toned(word, tone, style) + first.substr(word.size()) + (fits ? "   " : "\n  ") + second +
           "\n";
}

}  // namespace stormglass::reports
