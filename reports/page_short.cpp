// Which lines hold and why, in a minute: all lines by status, each with its reason in few words.
#include <algorithm>
#include <array>

#include "reports/detail/page_parts.hpp"
#include "reports/format.hpp"
#include "reports/statistics.hpp"

namespace stormglass::reports::detail {

namespace {

constexpr std::array<Status, 5> kOrder{
    Status::refuted, Status::supported, Status::inconclusive, Status::waived, Status::not_tested};

std::string_view meaning(Status status) {
    switch (status) {
        case Status::refuted:
            return "A run broke what the line says.";
        case Status::supported:
            return "Tried under its faults in enough runs, nothing broke, and the checks have "
                   "caught a planted defect. Ids lead to details.";
        case Status::inconclusive:
            return "Tried, but not so that it would show anything either way.";
        case Status::waived:
            return "Left out on purpose, by somebody named, until a date.";
        case Status::not_tested:
            return "Nothing was tried: these lines rest on nothing here.";
    }
    return "";
}

/// The leg whose numbers are the claim's.
const LegResult* headline(const ClaimResult& claim) {
    for (const LegResult& leg : claim.legs) {
        const bool sampled = leg.method == Method::sampled;
        if (leg.ran && sampled && leg.effective == claim.effective && leg.bound == claim.bound) {
            return &leg;
        }
    }
    return nullptr;
}

/// Numbers where there are some, else the reason as it was judged. The faults stand with the line
/// itself, further below: here they would hide the numbers.
std::string reason(const ClaimResult& claim) {
    const LegResult* leg = headline(claim);
    if (claim.status != Status::supported || leg == nullptr || claim.is_cost) {
        return claim.why;
    }
    std::string words = of(claim.failed, claim.effective) + " effective runs failed (at most " +
                        percent_up(claim.bound) + ")";
    if (claim.legs.size() > 1) {
        words += ", worst of " + counted(claim.legs.size(), "scenario");
    }
    return words;
}

/// "supported: A5.partitioning; not tested: A5.misconfiguration", in the order of the page.
std::string parts_words(const ClaimResult& claim) {
    std::vector<std::string> groups;
    for (const Status status : kOrder) {
        std::vector<std::string> ids;
        for (const ClaimResult& part : claim.parts) {
            if (part.status == status) {
                ids.push_back(part.id);
            }
        }
        if (!ids.empty()) {
            groups.push_back(std::string(name_of(status)) + ": " + join(ids, ", "));
        }
    }
    return join(groups, "; ");
}

void write_line(Html& html,
                const ClaimResult& claim,
                const Results& results,
                const Anchors& anchors) {
    html.open("li");
    html.open("a", {{"href", "#" + anchors.of(claim)}, {"class", "line"}});
    html.name(claim.id).close("a");
    html.text(" " + claim.line);
    if (claim.status != Status::not_tested) {
        html.element("span", reason(claim), {{"class", "small faint"}});
    }
    if (claim.status == Status::refuted) {
        html.open("span", {{"class", "small"}});
        write_failure_links(html, claim, results, anchors);
        html.close("span");
    }
    if (!claim.parts.empty()) {
        html.element("span", "Its parts: " + parts_words(claim), {{"class", "small faint"}});
    }
    html.close("li").line();
}

}  // namespace

void write_short(Html& html, const Results& results, const Anchors& anchors) {
    write_heading(html, "short", "In short");
    for (const Status status : kOrder) {
        const auto lines = static_cast<std::uint64_t>(
            std::ranges::count(results.claims, status, &ClaimResult::status));
        const std::uint64_t unclaimed = status == Status::not_tested ? results.unclaimed.size() : 0;
        if (lines + unclaimed == 0) {
            continue;
        }
        html.open("section", {{"class", "group"}}).line();
        html.open("h3");
        write_status(html, status);
        html.text(" " + counted(lines + unclaimed, "line")).close("h3");
        html.element("p", meaning(status), {{"class", "faint"}}).line();
        html.open("ul", {{"class", status == Status::not_tested ? "short many" : "short"}}).line();
        for (const ClaimResult& claim : results.claims) {
            if (claim.status == status) {
                write_line(html, claim, results, anchors);
            }
        }
        for (std::size_t at = 0; at < unclaimed; ++at) {
            html.element("li", results.unclaimed[at].text).line();
        }
        html.close("ul").close("section").line();
    }
}

}  // namespace stormglass::reports::detail
