// From spans to what the export writers take: OpenTelemetry's names, processes, flows, counters and
// tables. A run is replayed for it; a live log is read as it stands.
#pragma once

#include <span>
#include <string>

#include "reports/exports/model.hpp"
#include "scenarios/runs/run.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {

/// Simulated time 0, in ns since 1970: 2000-01-01T00:00:00Z, whatever the day of the run.
constexpr std::uint64_t kSimulatedStart = 946'684'800'000'000'000;

/// Runs (plan, options) once more, listening. The same seed gives the same export.
reports::Export export_run(const Plan& plan, const RunOptions& options, const std::string& version);

/// What the events of a log tell by themselves. `sent` and `stored` are ns since 1970.
reports::Export export_log(std::span<const LoggedEvent> log, const std::string& version);

}  // namespace stormglass::scenarios
