// The sections of the page, one writer each, and what they share. Private to page*.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html.hpp"
#include "reports/results.hpp"

namespace stormglass::reports::detail {

/// Where claims and failures stand on the page: unique ids, made before anything is written.
class Anchors {
  public:
    explicit Anchors(const Results& results);

    /// The id of a claim or part, by its place in the results.
    [[nodiscard]] const std::string& of(const ClaimResult& claim) const;

    /// The id of a failure; empty when it is only counted.
    [[nodiscard]] std::string of(const Failure& failure) const;

  private:
    void add(const ClaimResult& claim);

    std::map<const ClaimResult*, std::string> claims_;
    std::map<const Failure*, std::string> failures_;
};

/// Failures told in full; the others are listed with their counts.
constexpr std::size_t kTold = 20;  // a reader stops long before

struct ToldFailure {
    const ScenarioResult* scenario = nullptr;
    const Failure* failure = nullptr;
};

/// All failures, the most frequent first.
[[nodiscard]] std::vector<ToldFailure> told_failures(const Results& results);

/// The css word of a status: good, bad, doubt or idle.
[[nodiscard]] std::string_view css_of(Status status);

/// A pill with symbol and word.
void write_mark(Html& html, std::string_view css, std::string_view symbol, std::string_view word);
void write_status(Html& html, Status status);

/// "2. Title", as an anchor.
void write_heading(Html& html, std::string_view id, std::string_view title);

/// "name" and value in a description list.
void write_pair(Html& html, std::string_view name, std::string_view value);

/// The claim's own number cell for its bound: "at most 0.030 %", "not claimed", "not sampled" or a
/// dash.
[[nodiscard]] std::string bound_words(const ClaimResult& claim);
[[nodiscard]] std::string bound_words(const LegResult& leg, Status status);

/// Does the claim have numbers of its own, or only those of its parts or of others?
[[nodiscard]] bool has_numbers(const ClaimResult& claim);

/// Links to the failures behind a refuted claim.
void write_failure_links(Html& html,
                         const ClaimResult& claim,
                         const Results& results,
                         const Anchors& anchors);

void write_banner(Html& html, const Results& results);

/// Which lines hold and why, in a minute.
void write_short(Html& html, const Results& results, const Anchors& anchors);
void write_lines(Html& html, const Results& results, const Anchors& anchors);
void write_failures(Html& html, const Results& results, const Anchors& anchors);

/// The picture and, folded, its steps as a table; words in its place where there is none.
void write_picture(Html& html, const Failure& failure, const std::string& id);
void write_scenarios(Html& html, const Results& results);
void write_faults(Html& html, const Results& results, const Anchors& anchors);
void write_defects(Html& html, const Results& results);
void write_limits(Html& html, const Results& results, const Anchors& anchors);
void write_answers(Html& html, const Results& results, const Anchors& anchors);
void write_provenance(Html& html, const Results& results);

}  // namespace stormglass::reports::detail
