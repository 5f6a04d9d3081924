// A user's scenario made ready: its file (or values), its body, and the runs that come of them. One
// run is a pure function of (scenario, body, seed, what is kept), so a failing one can be named by
// a token, repeated, and made smaller.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scenarios/gtest/world.hpp"
#include "sim/shrink.hpp"
#include "sim/token.hpp"

namespace stormglass::trial {

/// A scenario as values, where a file would be too much.
struct Scenario {
    std::string name = "scenario";
    sim::Schedule faults = {};
    sim::LinkOptions link = {};
    std::uint32_t choices = 20;               // of the workload ...
    Duration every = milliseconds(200);       // ... from one to the next
    Duration quiesce = seconds(30);           // faults off; everything must settle in this time
    std::vector<std::string> sometimes = {};  // probes that some run must reach
    std::uint64_t hash = 0;                   // of what it was made from; 0: of these values
};

/// Where a scenario file is looked for: in `folder` (the test's source folder, given by CMake),
/// else beside the source file that names it.
struct Place {
    std::string file;
    std::string folder;
    std::string source;
};

struct Case {
    std::uint64_t seed = 1;
    sim::Reduction kept;
};

struct Broken {
    std::string check;
    std::string sentence;
    std::string node;
    MonotonicTime at;
};

struct Outcome {
    std::vector<Broken> broken;
    std::uint64_t hash = 0;
    sim::RunSize size;
    std::vector<sim::FaultCounters> faults;
    std::vector<std::string> reached;  // marks, notes' names among the probes, assertions
    std::string unfinished;            // why the run has no end of its own; empty normally

    bool holds() const { return broken.empty() && unfinished.empty(); }
};

using Body = std::function<void(World&)>;

class Trial {
  public:
    Trial(Place place, Body body);
    Trial(Scenario values, Body body);

    /// What is wrong with the scenario, in lines for people; empty when it can run.
    const std::string& problems() const { return problems_; }

    const Scenario& scenario() const { return scenario_; }

    std::size_t faults() const { return scenario_.faults.size(); }

    std::uint32_t choices() const { return scenario_.choices; }

    /// Probes that some run must reach, of the file and of the body.
    const std::vector<std::string>& probes() const { return probes_; }

    /// Requires: no problems.
    Outcome run(const Case& which) const;

    std::string token(const Case& which, const Outcome& outcome) const;

    /// The case that a token names. Fails with words for people when it is none, or none of this
    /// scenario's.
    Result<Case> from_token(std::string_view token) const;

    struct Smallest {
        Case which;
        Outcome outcome;
        sim::Shrunk shrunk;
    };

    /// Requires: `which` breaks a check. The smallest run found that breaks the same.
    Smallest smallest(const Case& which, const sim::ShrinkLimits& limits) const;

    struct TellOptions {
        sim::ShrinkLimits shrink{.tries = 0, .stop = {}};  // no tries: as it is
        std::uint64_t count = 1;                           // runs that failed in this way ...
        std::uint64_t of = 1;                              // ... of so many
        /// A property draws its seeds by itself: only a token repeats a case of it.
        enum class Repeat : std::uint8_t { token_and_seed, token } repeat = Repeat::token_and_seed;
    };

    /// A failing run as a block for people, ended by `repeat`. With tries it is narrowed down
    /// first.
    std::string tell(const Case& which, const TellOptions& options) const;

  private:
    struct Telling;

    bool drive(World& world, const Case& which) const;
    void judge(const World& world, bool ended, Outcome& outcome) const;
    Outcome run_and_tell(const Case& which, Telling* telling) const;

    Scenario scenario_;
    Body body_;
    std::string file_;
    std::string problems_;
    std::vector<std::string> probes_;
};

/// Two ways of failing are one when check and kinds of faults at work are equal.
std::string signature_of(const Trial& trial, const Outcome& outcome);

}  // namespace stormglass::trial
