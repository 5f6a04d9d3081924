// What the verbs that run share: options, registries, the streams, the time, an interrupt.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "reports/results.hpp"
#include "reports/terminal.hpp"
#include "scenarios/cli/options.hpp"
#include "scenarios/cli/progress.hpp"
#include "scenarios/program/inputs.hpp"
#include "scenarios/runs/evidence.hpp"

namespace stormglass::scenarios {

/// Set by SIGINT; a second one ends the program at once.
const std::atomic<bool>& interrupted();
void catch_interrupts();

class Session {
  public:
    Session(Options options, Names names, PlantedDefects defects, std::string command_line);

    const Options& options() const { return options_; }

    const Names& names() const { return names_; }

    PlantedDefects defects() const { return defects_; }

    /// The defect that the user switched on, or null.
    const PlantedDefect* defect() const { return defect_; }

    const std::string& command_line() const { return command_line_; }

    /// "stormglass" or "stormglass-defects", as the user would type it.
    const std::string& program() const { return program_; }

    /// Who speaks: "stormglass pub".
    std::string who() const;

    unsigned jobs() const;
    reports::TerminalStyle style() const;
    double elapsed() const;  // seconds of wall time

    /// For people, unless --quiet.
    void say(const std::string& text) const;
    /// Whatever --quiet says.
    void complain(const std::string& text) const;
    /// Data.
    void print(const std::string& text) const;

    void show_progress(const ProgressState& state);
    void end_progress();

    /// What is left of --shrink-budget, in seconds.
    double shrink_seconds() const { return shrink_seconds_; }

    void spend_shrinking(double seconds) { shrink_seconds_ -= seconds; }

  private:
    Options options_;
    Names names_;
    PlantedDefects defects_;
    const PlantedDefect* defect_ = nullptr;
    std::string command_line_;
    std::string program_;
    std::chrono::steady_clock::time_point start_;
    Progress progress_;
    double shrink_seconds_ = 0;
};

/// CPU time of this process so far, in seconds.
double cpu_seconds();

/// The seeds of a scenario: drawn anew with every change of code, scenario or profile, and equal
/// for everybody who has the same.
std::uint64_t base_seed(const Plan& plan, std::uint64_t epoch);

/// Prints each way of failing with a line that replays it, then narrows it down as far as the
/// budget of shrinking lets it.
void tell_failures(Session& session, Tried& tried);

/// How many seeds a plan is to be run with.
using SeedsOf = std::function<std::uint64_t(const Plan&)>;

/// Runs the plans one after the other, with audits and twins as asked.
std::vector<Tried> try_all(Session& session, const std::vector<Plan>& plans, const SeedsOf& seeds);

/// Results with provenance, scenarios and planned numbers; claims are for the caller.
reports::Results make_results(const Session& session,
                              const std::vector<Tried>& tried,
                              std::uint64_t seeds);

// The verbs. Each returns its exit code.
int run_verb(Session& session);
int gate_verb(Session& session);  // gate and review
int hunt_verb(Session& session);  // gate --defect NAME
int report_verb(const Session& session);
int list_verb(const Session& session);
int export_verb(const Session& session);
int replay_verb(Session& session);
int keep_verb(Session& session);

}  // namespace stormglass::scenarios
