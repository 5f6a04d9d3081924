// What this does not show, and the answers to the document's questions.
#include <algorithm>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/summary.hpp"

namespace stormglass::reports::detail {

void write_limits(Html& html, const Results& results, const Anchors&) {
    write_heading(html, "limits", "What this does not show");
    for (const LimitGroup& group : limits_of(results)) {
        html.element("h3", group.title).line();
        html.open("ul").line();
        for (const std::string& sentence : group.sentences) {
            html.element("li", sentence).line();
        }
        html.close("ul").line();
    }
}

void write_answers(Html& html, const Results& results, const Anchors& anchors) {
    write_heading(html, "answers", "Answers to the document\u2019s questions");
    bool any = false;
    for (const ClaimResult& claim : results.claims) {
        if (claim.kind != ClaimKind::question || claim.answer.empty()) {
            continue;
        }
        any = true;
        html.open("h3").text(claim.id + ": " +
                             (claim.sentence.empty() ? claim.line : claim.sentence));
        html.close("h3").line();
        html.element("p", claim.answer).line();
        html.open("p");
        write_status(html, claim.status);
        html.text(" " + claim.why + ". ");
        html.element("a", "Evidence: line " + claim.id, {{"href", "#" + anchors.of(claim)}});
        if (!claim.answer_place.empty()) {
            html.text("; written down in ").element("code", claim.answer_place);
        }
        html.close("p").line();
    }
    if (!any) {
        html.element("p", "No answer is given yet.").line();
    }
}

}  // namespace stormglass::reports::detail
