// Faults as values: what goes wrong, where, how hard and when. A Schedule is a plain list that can
// be generated, printed, stored, masked and shrunk; the injector (injector.hpp) makes it happen.
// Times are ns, probabilities parts per million. Kinds, parameters and counters: sim/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"

namespace stormglass::sim {

inline constexpr std::int64_t kMillion = 1'000'000;  // probability 1

enum class FaultKind : std::uint8_t {
    delay,
    loss,
    duplicate,
    reorder,
    partition_complete,
    partition_simplex,
    isolate,
    crash,
    crash_at,
    lose_unsynced,
    torn_write,
    clock_step_forward,
    clock_step_back,
    replay_soon,
    replay_after_restart,
    forge_source,
    alter_field,
    custom,  // a kind of a folder above: named by Fault::custom, applied through World::visit
};

inline constexpr std::size_t kFaultKinds = 18;

/// Kebab-case name of the catalogue ("crash-at"); "custom" for custom.
std::string_view name_of(FaultKind kind);
/// Any kind of the catalogue but `custom`.
std::optional<FaultKind> fault_kind(std::string_view name);

/// A value, or a range drawn once per run (uniform, both ends included, keyed by fault and name).
struct Range {
    std::int64_t low = 0;
    std::int64_t high = 0;

    friend constexpr bool operator==(const Range&, const Range&) = default;
};

constexpr Range exactly(std::int64_t value) {
    return {value, value};
}

/// One parameter of a fault: a number (or range), or a word out of a fixed set.
struct Parameter {
    std::string name;
    Range value = {};
    std::string word = {};

    friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// A frame matches when the adapter (frame_adapter.hpp) names a field whose text fits the pattern.
struct FieldMatch {
    std::string field;
    std::string pattern;

    friend bool operator==(const FieldMatch&, const FieldMatch&) = default;
};

/// Where. Patterns are names, "*", or a prefix with a trailing "*"; resolved when the fault fires.
/// Node kinds use `node` or `role` (empty = any node); link kinds `from` and `to` and `match`;
/// partitions `side_a` and `side_b` (empty `side_b` = all others; simplex cuts a towards b).
struct Target {
    std::string node = {};
    std::string role = {};
    std::string from = "*";
    std::string to = "*";
    std::vector<std::string> side_a = {};
    std::vector<std::string> side_b = {};
    std::vector<FieldMatch> match = {};

    friend bool operator==(const Target&, const Target&) = default;
};

/// When. The fault is armed `after` the start, or after `reached` was reached; it is disarmed when
/// `duration` is over (none = it stays). While armed each opportunity is a visit: it acts on the
/// visits listed in `nth` (from 1; empty = all), and on those with `probability`.
struct Trigger {
    Range after = {};
    std::optional<Range> duration = std::nullopt;
    std::vector<std::uint32_t> nth = {};
    std::string reached = {};         // name of a note or COVER mark; empty = the start
    std::string reached_at = {};      // pattern of the node that must reach it; empty = any
    std::uint32_t reached_visit = 1;  // which visit of that place, from 1
    std::int64_t probability = kMillion;

    friend bool operator==(const Trigger&, const Trigger&) = default;
};

struct Fault {
    FaultKind kind = FaultKind::loss;
    /// Keys this fault's draws. Empty = "<kind>#<position>"; give names where positions may move.
    std::string name = {};
    std::string custom = {};  // kind == custom: the kind's own name, for example "poison-message"
    Target target = {};
    std::vector<Parameter> with = {};
    Trigger when = {};

    Fault& set(std::string_view parameter, Range value);
    Fault& set(std::string_view parameter, std::int64_t value);
    Fault& set(std::string_view parameter, std::string_view word);

    friend bool operator==(const Fault&, const Fault&) = default;
};

using Schedule = std::vector<Fault>;

/// The kind's name; a custom fault's own.
std::string_view kind_name(const Fault& fault);
/// The fault's id in draws, counters and reports.
std::string id_of(const Fault& fault, std::size_t position);

/// What a kind's parameter is. `words` set: one of those, separated by '|', the first the default.
struct ParameterInfo {
    std::string_view name;
    std::string_view unit;  // "ppm", "ns", "count", "bytes", "word", "text"
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int64_t fallback = 0;
    std::string_view words;
};

std::span<const ParameterInfo> parameters_of(FaultKind kind);

/// Refuses unknown parameters, values out of range, unknown words, targets a kind cannot have.
/// Custom kinds: parameters are not checked here.
Result<void> validate(const Fault& fault);
/// Every fault by itself, and no id twice: two faults of one id would draw the same.
/// The text names the fault's position, from 1.
Result<void> validate(const Schedule& schedule);

/// What became of one fault in one run (sim/README.md says what each kind counts).
struct FaultCounters {
    std::uint64_t armed = 0;
    std::uint64_t eligible = 0;
    std::uint64_t fired = 0;
    std::uint64_t took_effect = 0;

    friend bool operator==(const FaultCounters&, const FaultCounters&) = default;
};

}  // namespace stormglass::sim
