// A failure told for people: the sentence, what was expected and seen, the smallest run that still
// fails, its last events, and which of the injected faults it takes.
#pragma once

#include <string>

#include "reports/results.hpp"
#include "scenarios/runs/replay.hpp"
#include "scenarios/runs/sweep.hpp"

namespace stormglass::scenarios {

struct TellOptions {
    const PlantedDefect* defect = nullptr;
    std::string program = "stormglass";  // as the user types it
    sim::ShrinkLimits shrink;            // no tries: the run is told as it was found
};

/// A failure as it is told, and the run that is told as a file.
struct Told {
    reports::Failure failure;
    ReplayFile replay;
};

/// The line that names the run as it was found, before anything is made of it: of a killed job it
/// is all that is left.
std::string first_word(const Plan& plan, const FailureKind& failure, const TellOptions& options);

/// Runs the failure's seed again and narrows it down; without tries, masks each fault in turn.
/// Signature, place and the line that repeats the seed are left to the caller.
Told tell_failure(const Plan& plan, const FailureKind& failure, const TellOptions& options);

/// What the last lines of a trace (sim::Trace::last_lines) tell of the way to a failure.
void add_lines(const std::string& text, reports::Failure& told);

/// "480 events, 2 fault decisions, 1 order" ...
std::string size_text(const sim::RunSize& size,
                      const sim::Reduction& kept,
                      std::string_view choice);
/// ... "(found with ...; 18 runs, 0.1 s)".
std::string smallest_text(const sim::RunSize& whole,
                          const sim::Shrunk& shrunk,
                          double seconds,
                          std::string_view choice);
/// Which faults the smallest run takes, and which it does not; `titles` of all of them, in order.
/// Positions of those that it takes.
std::vector<std::size_t> add_needed(const std::vector<std::string>& titles,
                                    const sim::Shrunk& shrunk,
                                    reports::Failure& told);

/// "stormglass replay sg1:... --scenario FILE": `history` is a token or a file.
std::string replay_line(const std::string& program, const Plan& plan, const std::string& history);

/// A hash of what a run may meet: faults with their targets, strengths and triggers, workload and
/// topology. Runs of equal profiles may be pooled.
std::string profile_hash(const Scenario& scenario);

}  // namespace stormglass::scenarios
