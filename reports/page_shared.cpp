// What the sections share: ids, pills, headings, and the banner on top.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports::detail {

namespace {

constexpr std::array<std::string_view, 11> kReserved{"main",
                                                     "short",
                                                     "lines",
                                                     "failed",
                                                     "ran",
                                                     "faults",
                                                     "noticed",
                                                     "limits",
                                                     "answers",
                                                     "provenance",
                                                     "verdict"};

std::string unique(const std::string& wanted, std::set<std::string>& taken) {
    std::string name = wanted;
    for (int copy = 2; !taken.insert(name).second; ++copy) {
        name = wanted + "-" + std::to_string(copy);
    }
    return name;
}

}  // namespace

void Anchors::add(const ClaimResult& claim) {
    std::set<std::string> taken;
    for (const std::string_view reserved : kReserved) {
        taken.emplace(reserved);
    }
    for (const auto& [known, name] : claims_) {
        taken.insert(name);
    }
    for (const auto& [known, name] : failures_) {
        taken.insert(name);
    }
    claims_[&claim] = unique(anchor(claim.id), taken);
    for (const ClaimResult& part : claim.parts) {
        add(part);
    }
}

Anchors::Anchors(const Results& results) {
    std::size_t number = 0;
    for (const ToldFailure& told : told_failures(results)) {
        if (++number > kTold) {
            break;
        }
        failures_.emplace(told.failure, "f" + std::to_string(number));
    }
    for (const ClaimResult& claim : results.claims) {
        add(claim);
    }
}

const std::string& Anchors::of(const ClaimResult& claim) const {
    const auto found = claims_.find(&claim);
    CHECK(found != claims_.end());
    return found->second;
}

std::string Anchors::of(const Failure& failure) const {
    const auto found = failures_.find(&failure);
    return found == failures_.end() ? std::string{} : found->second;
}

std::vector<ToldFailure> told_failures(const Results& results) {
    std::vector<ToldFailure> all;
    for (const ScenarioResult& scenario : results.scenarios) {
        for (const Failure& failure : scenario.failures) {
            all.push_back({&scenario, &failure});
        }
    }
    std::ranges::stable_sort(
        all, std::ranges::greater{}, [](const ToldFailure& told) { return told.failure->count; });
    return all;
}

std::string_view css_of(Status status) {
    switch (status) {
        case Status::refuted:
            return "bad";
        case Status::inconclusive:
            return "doubt";
        case Status::not_tested:
            return "idle";
        case Status::waived:
            return "doubt";
        case Status::supported:
            return "good";
    }
    CHECK(false);
}

void write_mark(Html& html, std::string_view css, std::string_view symbol, std::string_view word) {
    html.element("span",
                 std::string(symbol) + " " + std::string(word),
                 {{"class", "mark " + std::string(css)}});
}

void write_status(Html& html, Status status) {
    std::string word(name_of(status));
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
    write_mark(html, css_of(status), symbol_of(status), word);
}

void write_heading(Html& html, std::string_view id, std::string_view title) {
    html.element("h2", title, {{"id", std::string(id)}}).line();
}

void write_pair(Html& html, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        html.element("dt", name).element("dd", value).line();
    }
}

bool has_numbers(const ClaimResult& claim) {
    return std::ranges::any_of(claim.legs, &LegResult::ran);
}

std::string bound_words(const LegResult& leg, Status status) {
    if (!leg.ran) {
        return "\u2013";
    }
    if (leg.method != Method::sampled) {
        return "not sampled";
    }
    if (status == Status::inconclusive) {
        return "not claimed";
    }
    return leg.bound.has_value() ? "\u2264 " + percent_up(leg.bound) : "none";
}

std::string bound_words(const ClaimResult& claim) {
    if (!has_numbers(claim)) {
        return "\u2013";
    }
    if (claim.status == Status::inconclusive) {
        return "not claimed";
    }
    const bool sampled = std::ranges::any_of(
        claim.legs, [](const LegResult& leg) { return leg.ran && leg.method == Method::sampled; });
    if (!sampled) {
        return "not sampled";
    }
    return claim.bound.has_value() ? "\u2264 " + percent_up(claim.bound) : "none";
}

void write_banner(Html& html, const Results& results) {
    const Summary summary = summarize(results);
    for (const std::string& notice : summary.notices) {
        html.element("p", notice, {{"class", "notice"}}).line();
    }
    const auto box = [&](std::string_view title,
                         std::string_view css,
                         const std::string& fact,
                         const std::string& detail) {
        html.open("div", {{"class", std::string(css)}});
        html.element("p", title, {{"class", "label"}});
        html.element("strong", fact).element("p", detail);
        html.close("div").line();
    };
    html.open("div", {{"class", "boxes"}}).line();
    box("Verdict",
        css_of(summary.worst),
        std::string(symbol_of(summary.worst)) + " " + summary.verdict,
        summary.verdict_detail);
    box("Effective runs",
        "",
        of(summary.effective, summary.runs),
        count(summary.events) + " events, " + times(results));
    const std::string range =
        summary.tightest == summary.widest
            ? percent_up(summary.widest)
            : percent_up(summary.tightest) + " to " + percent_up(summary.widest);
    box("Failure probability, at most",
        "",
        range,
        counted(summary.bounds, "bound") + ", one-sided " + confidence(results.confidence) +
            ", per effective run" +
            (summary.bounds > 1 ? "; all at once: " + percent_up(summary.joint) : ""));
    box("Faults that took effect",
        summary.idle.empty() ? "" : "doubt",
        of(summary.kinds_effective, summary.kinds_declared) + " kinds",
        summary.idle.empty() ? "every declared kind did" : "never: " + join(summary.idle, ", "));
    box("Build",
        results.provenance.dirty ? "doubt" : "",
        summary.build,
        results.provenance.compiler + " " + results.provenance.flags + ", self-check " +
            of(summary.twins_equal, summary.twins_compared) + " equal");
    html.close("div").line();
}

}  // namespace stormglass::reports::detail
