// A scenario file as plain values: what world runs, under which faults, what must hold, and how
// many runs decide. Decoding knows names through `Names` only; turning a FaultSpec into a fault of
// the simulator is somebody else's work. The dialect: `stormglass help scenario`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "runtime/time.hpp"
#include "scenarios/files/located.hpp"
#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

/// A value drawn once per run, uniformly and inclusive; lo == hi is a constant.
struct Range {
    std::int64_t lo = 0;
    std::int64_t hi = 0;

    friend auto operator<=>(const Range&, const Range&) = default;
};

enum class Guarantee { at_most_once, at_least_once, exactly_once_effect, ordered_per_key };
enum class Signing { stand_in, ed25519 };
enum class SyncMode { synced, unsynced };

struct Topology {
    SyncMode sync = SyncMode::synced;
    std::vector<std::string> services = {"orders", "stock", "payments", "shipping", "dashboard"};
    int coordinators = 1;  // instances of the saga's coordinator; more than one means takeover
    Range latency = {1'000'000, 1'000'000};  // ns, per frame
};

struct Workload {
    std::string saga = "checkout";
    int count = 20;
    Duration every = milliseconds(200);
    /// Step of the saga -> share of its commands that the participant declines, in ppm.
    std::map<std::string, std::int64_t> decline;
    int poison = 0;  // how many of the first carry a payload no handler can process; the fault
                     // that does it is appended to `faults`
};

/// What a fault acts on, as written; a "*" at the end of a node's name stands for anything.
struct TargetSpec {
    std::string node;
    std::string role;
    std::string topic;
    std::string link_from;  // a directed link, both ends or neither
    std::string link_to;
    std::vector<std::string> first_side;  // of a partition, both sides or neither
    std::vector<std::string> second_side;
};

/// When a fault arms. Nothing set: from the start of the run to its quiescence.
struct TriggerSpec {
    std::optional<Range> after;     // ns since the start of the run
    std::optional<Range> duration;  // ns, key `for`
    std::vector<std::int64_t> nth;  // visits or matches that it strikes, from 1
    std::string reached;            // a probe
    std::optional<Range> delay;     // ns after `reached`
};

constexpr std::size_t kFaultsMax = 64;  // of a scenario

struct FaultSpec {
    std::string kind;
    TargetSpec target;
    std::map<std::string, Range> parameters;   // in ns, ppm, counts, bytes
    std::map<std::string, std::string> words;  // parameters that are names: what, site, field ...
    TriggerSpec trigger;
    int line = 1;
    int column = 1;
};

struct CheckUse {
    std::string name;
    std::optional<Duration> within;
    int line = 1;
    int column = 1;
};

struct ChecksSpec {
    std::vector<CheckUse> always;      // no violation at any instant
    std::vector<CheckUse> eventually;  // judged after quiescence
    std::vector<CheckUse> sometimes;   // probes that some run must reach
    std::vector<CheckUse> controls;    // must fail in some run: what is known not to hold here
};

struct GateSpec {
    std::int64_t seeds = 3500;
    double max_failure_probability = 0.001;
    double confidence = 0.95;
};

struct Scenario {
    std::string file;  // as the user named it
    std::string hash;  // first 16 hex digits of the file's SHA-256
    std::string name;
    std::string summary;
    std::vector<std::string> claims;
    Guarantee guarantee = Guarantee::exactly_once_effect;
    Signing signing = Signing::stand_in;
    Topology topology;
    Workload workload;
    std::vector<FaultSpec> faults;
    Duration quiesce = seconds(30);
    ChecksSpec check;
    GateSpec gate;
};

/// From the first checkout to the last one; faults are injected in this span and in `quiesce`.
Duration active_span(const Scenario& scenario);

/// Decodes one file's text. Every problem goes to `problems`; a value only when there is none.
std::optional<Scenario> read_scenario(std::string_view text,
                                      const Names& names,
                                      Problems& problems);

/// One row of the dialect's field table, for help and reference pages.
struct FieldHelp {
    std::string path;  // "gate.seeds"
    std::string type;
    std::string range;
    std::string fallback;
    std::string help;
    // The same for programs.
    ValueKind kind = ValueKind::word;
    std::int64_t low = 0;
    std::int64_t high = 0;
    bool required = false;
    std::vector<std::string> choices;
};

std::vector<FieldHelp> scenario_fields();

std::string_view name_of(Guarantee guarantee);
std::string_view name_of(Signing signing);
std::string_view name_of(SyncMode sync);

/// The bound that `runs` runs without a failure can show at `confidence`: 1 - alpha^(1/n).
double bound_without_failures(std::int64_t runs, double confidence);

/// The least number of runs without a failure whose bound is at most `target`.
std::int64_t runs_needed(double target, double confidence);

}  // namespace stormglass::scenarios
