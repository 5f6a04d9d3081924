// RapidCheck generators of schedules and workloads. They are ordinary generators; their shrinks are
// ours: no fault at all, then without one of them, then fewer of the decisions that the failing run
// showed. A schedule is a seed and what is kept of the scenario's faults, so that a failing case
// has a token like any other run.
#pragma once

#include <memory>
#include <ostream>
#include <vector>

#include <rapidcheck.h>

#include "scenarios/gtest/trial.hpp"

namespace stormglass::gen {

/// What there is to choose from.
struct Shape {
    std::size_t faults = 0;
    std::uint32_t choices = 0;
};

/// What the run of a case had to offer; filled by who ran it when it failed (the last one that did
/// is the one that is shrunk next), and read when the case is shrunk.
using Showed = std::shared_ptr<sim::RunSize>;

struct Schedule {
    std::uint64_t seed = 1;
    std::vector<sim::IndexSet> kept;  // of each fault
    Showed showed = std::make_shared<sim::RunSize>();
};

struct Workload {
    sim::IndexSet choices;
    std::uint32_t count = 0;  // of all there are
};

std::ostream& operator<<(std::ostream& out, const Schedule& schedule);
std::ostream& operator<<(std::ostream& out, const Workload& workload);

/// Each fault is there with one half; the seed draws how hard and when. STORMGLASS_REPLAY makes
/// both generators constant: the same case again and again.
rc::Gen<Schedule> schedule(const Shape& shape);
rc::Gen<Schedule> schedule(const trial::Trial& trial);

/// The first few choices, or all of them.
rc::Gen<Workload> workload(const Shape& shape);
rc::Gen<Workload> workload(const trial::Trial& trial);

/// Simpler ones, the simplest first.
std::vector<Schedule> simpler(const Schedule& schedule);
std::vector<Workload> simpler(const Workload& workload);

sim::Reduction kept(const Schedule& schedule, const Workload& workload);
trial::Case case_of(const Schedule& schedule, const Workload& workload);

/// Runs the case. When it breaks a check, the case's log gets the block that tells it and the line
/// that repeats it, and the property fails.
void must_hold(const trial::Trial& trial, const Schedule& schedule, const Workload& workload);

}  // namespace stormglass::gen
