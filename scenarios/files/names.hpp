// The registries that files and command lines are judged against: which faults with which
// parameters, checks, probes, scenarios, defects there are. Filled by the program, passed in, so
// that reading input depends on no code of worlds or checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stormglass::scenarios {

/// What a value means, and therefore which unit it must carry and what integer it becomes.
enum class ValueKind {
    duration,     // nanoseconds; written 250ms, 15s, 2min
    probability,  // parts per million; written 0.05
    count,        // a whole number
    bytes,        // written 512B, 64KiB
    ppm,          // parts per million with a sign, written -200ppm
    word,         // one of `choices`; any word when there are none
};

/// One parameter below `with` of a fault. `low` and `high` are inclusive, in the decoded unit.
struct ParameterRule {
    std::string name;
    ValueKind kind = ValueKind::count;
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::vector<std::string> choices;
    bool required = false;
    std::string help;
};

/// Which targets a fault kind can take.
struct TargetRule {
    bool node = false;
    bool role = false;
    bool link = false;
    bool sides = false;
    bool topic = false;
    bool required = false;
};

struct FaultRule {
    std::string name;
    std::string help;
    TargetRule target;
    std::vector<ParameterRule> parameters;
};

/// A name that can be listed and suggested, with one sentence about it.
struct NamedThing {
    std::string name;
    std::string help;
};

struct Names {
    std::vector<FaultRule> faults;
    std::vector<NamedThing> checks;
    std::vector<NamedThing> probes;
    std::vector<NamedThing> scenarios;
    std::vector<NamedThing> defects;  // known to claims files even where none is compiled in
    std::vector<NamedThing> roles;    // broker, coordinator, participant, consumer ...
    std::vector<NamedThing> sagas;    // workloads
    std::vector<NamedThing> steps;    // steps of the sagas that a participant may decline
    std::vector<NamedThing> topics;
    /// Who sends frames to whom: every service to the broker and back, or anybody to anybody.
    enum class Wiring { star, mesh } wiring = Wiring::star;
    /// Services without which the worlds cannot run; empty: any will do.
    std::vector<std::string> services_needed;
    /// Ids of the claims file at hand; absent when there is none to compare with.
    std::optional<std::vector<std::string>> claims;
};

const FaultRule* find_fault(const Names& names, const std::string& kind);

/// The faults of faults.md that this release can inject, with their parameters. The program may
/// narrow the list to what its simulator registers.
std::vector<FaultRule> fault_rules();

}  // namespace stormglass::scenarios
