// Kept failures: a folder of .replay files that every run and gate replays first. They may refute;
// they never count towards a bound.
#pragma once

#include <string>
#include <vector>

#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

inline constexpr std::string_view kRegressionsFolder = "tests/regressions";

/// What became of them: failures, and those that say nothing any more, each with its scenario.
struct KeptFailures {
    struct Failing {
        std::string scenario;
        reports::Failure failure;
    };

    struct Stale {
        std::string scenario;  // empty: the file could not be read
        std::string text;
    };

    std::vector<Failing> failing;
    std::vector<Stale> stale;
};

/// Replays those of the given scenarios, in the order of their names, and says how it went.
KeptFailures retry_kept(Session& session, const std::vector<Plan>& plans);

/// A failing one refutes; a stale one is a warning, and makes a gate inconclusive.
void add_kept(const KeptFailures& kept, reports::Results& results);

}  // namespace stormglass::scenarios
