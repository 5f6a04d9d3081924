// A run that a user names by a token or a .replay file, found and ready to run.
#pragma once

#include <string>

#include "scenarios/files/replay_file.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

struct History {
    ReplayFile file;  // of a token: without names and sentence
    Plan plan;
    const PlantedDefect* defect = nullptr;
    bool from_file = false;
    bool same_build = false;  // same deterministic code and same scenario
};

/// What `options().history` names.
Loaded<History> load_history(const Session& session);

/// Another history than the one named: nothing may be concluded from it.
struct Divergence {
    std::string text;
    int exit_code = 0;
    bool same_code = false;  // and yet another history: that is a bug of ours
};

/// Requires: `result` is not the run that the history names.
Divergence divergence_of(const History& history, const RunResult& result);

}  // namespace stormglass::scenarios
