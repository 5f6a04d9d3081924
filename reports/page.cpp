// The frame of the page: policy, style, heading, order of the sections.
#include "reports/page.hpp"

#include "reports/detail/page_parts.hpp"
#include "reports/page_style.hpp"
#include "reports/sha256.hpp"

namespace stormglass::reports {

namespace {

std::string policy() {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
           "style-src 'sha256-" +
           base64(sha256(style_sheet())) + "'";
}

std::string title_of(const Results& results) {
    if (!results.document.title.empty()) {
        return results.document.title;
    }
    return results.claims.empty() ? "Results of a run" : "Evidence for review";
}

void write_head(Html& html, const Results& results) {
    html.open("head").line();
    html.empty("meta", {{"charset", "utf-8"}}).line();
    // The policy comes before anything that it governs.
    html.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy()}}).line();
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.line().element("title", title_of(results) + ": evidence, run " + results.run_id).line();
    html.open("style").raw(style_sheet()).close("style").line();
    html.close("head").line();
}

void write_contents(Html& html, const Results& results) {
    const auto link = [&](std::string_view id, std::string_view words) {
        html.open("li");
        html.element("a", words, {{"href", "#" + std::string(id)}});
        html.close("li").line();
    };
    html.open("nav", {{"aria-label", "Contents"}}).open("ul").line();
    if (!results.claims.empty() || !results.unclaimed.empty()) {
        link("short", "In short");
        link("lines", "Line by line");
    }
    link("failed", "What failed");
    link("ran", "What ran");
    link("faults", "Faults that really happened");
    link("noticed", "Would we have noticed?");
    link("limits", "What this does not show");
    if (!results.claims.empty()) {
        link("answers", "Answers");
    }
    link("provenance", "Provenance");
    html.close("ul").close("nav").line();
}

}  // namespace

std::string page(const Results& results) {
    const detail::Anchors anchors(results);
    Html html;
    html.raw("<!doctype html>\n").open("html", {{"lang", "en"}}).line();
    write_head(html, results);
    html.open("body").line();
    html.element("a", "Skip to content", {{"class", "skip"}, {"href", "#main"}}).line();
    html.open("header").line();
    html.open("p", {{"class", "faint"}});
    html.text("Evidence report \u00b7 Stormglass " + results.version + " \u00b7 run " +
              results.run_id);
    html.close("p").line();
    html.element("h1", title_of(results)).line();
    html.close("header").line();
    html.open("main", {{"id", "main"}, {"tabindex", "-1"}}).line();
    detail::write_banner(html, results);
    write_contents(html, results);
    if (!results.claims.empty() || !results.unclaimed.empty()) {
        detail::write_short(html, results, anchors);
        detail::write_lines(html, results, anchors);
    }
    detail::write_failures(html, results, anchors);
    detail::write_scenarios(html, results);
    detail::write_faults(html, results, anchors);
    detail::write_defects(html, results);
    detail::write_limits(html, results, anchors);
    if (!results.claims.empty()) {
        detail::write_answers(html, results, anchors);
    }
    detail::write_provenance(html, results);
    html.close("main").line();
    html.open("footer");
    html.element("p",
                 "Run " + results.run_id + " of Stormglass " + results.version +
                     ". Every number here is in results.json; the commands repeat it.");
    html.close("footer").line();
    html.close("body").close("html").line();
    return html.take();
}

}  // namespace stormglass::reports
