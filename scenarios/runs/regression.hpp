// A kept failure, tried on the code of today: does it fail again, does it hold, or is it stale, so
// that it says nothing any more?
#pragma once

#include <string>

#include "scenarios/runs/replay.hpp"

namespace stormglass::scenarios {

struct Retried {
    enum class Outcome : std::uint8_t { fails, holds, stale } outcome = Outcome::holds;
    bool repeated = false;  // to the last bit
    std::size_t met = 0;    // of the file's decisions, those that met their event again
    std::string missed;     // the first that did not
    std::string check;      // violated; empty when none is
    Violation violation;    // of it
    RunOptions options;     // of the run that was judged
    RunResult result;
};

/// First by numbers, as a token would; when that is another run and nothing fails in it, by what
/// the decisions were about.
Retried retry(const Plan& plan, const ReplayFile& file, const PlantedDefect* defect);

/// By what they were about alone.
Retried retry_by_name(const Plan& plan, const ReplayFile& file, const PlantedDefect* defect);

}  // namespace stormglass::scenarios
