// What every output says first: the verdict in words, runs, bounds, faults, build, and what a
// reader must know before any of it. Computed once, so that page, Markdown and terminal agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/results.hpp"
#include "reports/verdict.hpp"

namespace stormglass::reports {

struct Summary {
    StatusCounts counts;
    Status worst = Status::supported;  ///< of all lines; of the scenarios when there are no claims
    std::string verdict;               ///< "2 refuted", "all 27 supported", "1 scenario failed"
    std::string verdict_detail;
    std::uint64_t runs = 0;
    std::uint64_t effective = 0;
    std::uint64_t events = 0;
    std::uint64_t bounds = 0;  ///< legs with a bound
    std::optional<double> tightest;
    std::optional<double> widest;
    std::optional<double> joint;    ///< the widest, when all of them are to hold at once
    std::vector<std::string> idle;  ///< declared faults that took effect in no scenario
    std::uint64_t kinds_declared = 0;
    std::uint64_t kinds_effective = 0;
    std::uint64_t twins_compared = 0;
    std::uint64_t twins_equal = 0;
    std::string build;                 ///< "a1b2c3d, clean"
    std::vector<std::string> notices;  ///< sample, interrupted, dirty build
};

/// The joint bound is Bonferroni's: each bound at 1 - alpha / m for m bounds; it needs no
/// independence between lines.
[[nodiscard]] Summary summarize(const Results& results);

/// "10.0 min wall" and the like: wall, processor and virtual time in one phrase.
[[nodiscard]] std::string times(const Results& results);

/// A theme of what the results do not show, with its sentences.
struct LimitGroup {
    std::string title;
    std::vector<std::string> sentences;
};

/// Generated from the facts; themes without a sentence are left out.
[[nodiscard]] std::vector<LimitGroup> limits_of(const Results& results);

}  // namespace stormglass::reports
