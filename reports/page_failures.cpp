// Section 2: what failed, one block per signature, told so that a reader can repeat it.
#include <algorithm>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"

namespace stormglass::reports::detail {

namespace {

std::string how_often(const ToldFailure& told) {
    if (!told.failure->counts) {
        return counted(told.failure->count, "run") + " outside the counted ones";
    }
    return of(told.failure->count, told.scenario->runs) + " runs";
}

void write_events(Html& html, const Failure& failure, const std::string& name) {
    if (failure.last.empty()) {
        html.element("p", "No events were kept of this run.", {{"class", "faint"}}).line();
        return;
    }
    HtmlTable table(html,
                    "Last events of " + name,
                    {{"Virtual time", Column::Kind::words, "name"},
                     {"Node", Column::Kind::words},
                     {"Event", Column::Kind::words, "wide"},
                     {"Part in the failure", Column::Kind::words}});
    for (const EventLine& event : failure.last) {
        table.row(virtual_time(event.time_ns), "", event.flagged || event.needed ? "story" : "");
        table.cell(event.node);
        table.cell(event.text);
        table.open_cell();
        if (event.needed) {
            write_mark(html, "bad", "!", "needed fault");
        } else if (event.flagged) {
            write_mark(html, "doubt", "!", "part of it");
        }
        table.close_cell();
    }
    table.end();
}

void write_failure(Html& html, const ToldFailure& told, const std::string& id) {
    const Failure& failure = *told.failure;
    html.open("section", {{"class", "failure"}}).line();
    html.element("h3", failure.check + ": " + how_often(told), {{"id", id}}).line();
    html.element("p", failure.sentence, {{"class", "said"}}).line();
    html.open("dl").line();
    write_pair(html, "Expected", failure.expected);
    write_pair(html, "Observed", failure.observed);
    if (!failure.node.empty()) {
        write_pair(html,
                   "Where and when",
                   failure.node + ", " + virtual_time(failure.time_ns) + " of virtual time");
    }
    write_pair(
        html,
        "Scenario",
        told.scenario->name + (failure.place.file.empty() ? "" : ", " + place(failure.place)));
    write_pair(html, "Needed faults", join(failure.faults_needed, ", "));
    write_pair(html, "Not needed", join(failure.faults_other, ", "));
    write_pair(html, "Signature", failure.signature);
    html.close("dl").line();
    if (!failure.repeat.empty()) {
        html.element("p", "This repeats it exactly, on the same build:").line();
        html.open(
            "pre",
            {{"tabindex", "0"}, {"role", "region"}, {"aria-label", "Command that repeats " + id}});
        html.element("code", exact_repeat(failure)).close("pre").line();
    }
    write_picture(html, failure, id);
    const bool cut = failure.events > failure.last.size();
    html.open("details").line();
    html.element("summary",
                 "The last " + counted(failure.last.size(), "event") +
                     (cut ? " of " + count(failure.events) : "") + " of seed " +
                     seed(failure.seed) + ", as the trace has them")
        .line();
    write_events(html, failure, id);
    html.close("details").close("section").line();
}

void write_rest(Html& html, const std::vector<ToldFailure>& all) {
    html.element("p", "And " + counted(all.size() - kTold, "signature") + " more, counts only:")
        .line();
    HtmlTable table(html,
                    "Other signatures",
                    {{"Signature", Column::Kind::words, "wide"},
                     {"Scenario", Column::Kind::words},
                     {"Runs", Column::Kind::number},
                     {"Repeat", Column::Kind::words, "wide"}});
    for (std::size_t at = kTold; at < all.size(); ++at) {
        table.row(all[at].failure->signature);
        table.cell(all[at].scenario->name);
        table.cell(count(all[at].failure->count));
        table.open_cell();
        html.element("code", all[at].failure->repeat);
        table.close_cell();
    }
    table.end();
}

}  // namespace

void write_failures(Html& html, const Results& results, const Anchors& anchors) {
    write_heading(html, "failed", "What failed");
    const std::vector<ToldFailure> all = told_failures(results);
    if (all.empty()) {
        html.element("p",
                     results.scenarios.empty() ? "Nothing ran, so nothing could fail."
                                               : "No check was violated in any run.")
            .line();
    }
    for (std::size_t at = 0; at < std::min(all.size(), kTold); ++at) {
        write_failure(html, all[at], anchors.of(*all[at].failure));
    }
    if (all.size() > kTold) {
        write_rest(html, all);
    }
}

}  // namespace stormglass::reports::detail
