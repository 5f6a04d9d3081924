#include "scenarios/faults/translate.hpp"

#include <algorithm>
#include <array>

namespace stormglass::scenarios {
namespace {

constexpr std::array<std::string_view, 4> kAttacks = {
    "replay-soon", "replay-after-restart", "forge-source", "alter-field"};

/// The simulator's name for a parameter of the catalogue, where the two differ.
std::string_view simulator_name(std::string_view kind, std::string_view name) {
    if (kind == "crash-at" && name == "site") {
        return "at";
    }
    if (kind == "lose-unsynced" && name == "what") {
        return "mode";
    }
    if (kind.starts_with("clock-step") && name == "by") {
        return "step";
    }
    return name;
}

sim::Range range(Range value) {
    return {value.lo, value.hi};
}

void set_target(const FaultSpec& spec, sim::Fault& fault) {
    const TargetSpec& target = spec.target;
    fault.target.node = target.node;
    fault.target.role = target.role;
    if (!target.link_from.empty()) {
        fault.target.from = target.link_from;
        fault.target.to = target.link_to;
    }
    fault.target.side_a = target.first_side;
    fault.target.side_b = target.second_side;
    const auto direction = spec.words.find("direction");
    if (direction != spec.words.end() && direction->second == "second-to-first") {
        std::swap(fault.target.side_a, fault.target.side_b);
    }
    if (is_attack(spec.kind)) {
        fault.target.match.push_back({"kind", "publish"});
    }
    if (!target.topic.empty()) {
        fault.target.match.push_back({"topic", target.topic});
    }
}

void set_trigger(const FaultSpec& spec, sim::Fault& fault) {
    const TriggerSpec& when = spec.trigger;
    if (when.after) {
        fault.when.after = range(*when.after);
    }
    if (when.duration) {
        fault.when.duration = range(*when.duration);
    }
    for (const std::int64_t visit : when.nth) {
        fault.when.nth.push_back(static_cast<std::uint32_t>(visit));
    }
    if (!when.reached.empty()) {
        fault.when.reached = when.reached;
        fault.when.after = when.delay ? range(*when.delay) : sim::Range{};
    }
    // "count: 20" is the first twenty opportunities; a list of visits says more and wins.
    const auto count = spec.parameters.find("count");
    if (count != spec.parameters.end() && fault.when.nth.empty()) {
        for (std::int64_t visit = 1; visit <= count->second.hi; ++visit) {
            fault.when.nth.push_back(static_cast<std::uint32_t>(visit));
        }
    }
}

void set_parameters(const FaultSpec& spec, sim::Fault& fault) {
    static constexpr std::array<std::string_view, 5> kElsewhere = {
        "count", "kept", "bits", "position", "shape"};
    for (const auto& [name, value] : spec.parameters) {
        if (std::find(kElsewhere.begin(), kElsewhere.end(), name) == kElsewhere.end()) {
            fault.set(simulator_name(spec.kind, name), range(value));
        }
    }
    for (const auto& [name, word] : spec.words) {
        if (name != "direction" && name != "shape") {
            fault.set(simulator_name(spec.kind, name), word == "any" ? "" : word);
        }
    }
}

}  // namespace

bool is_attack(std::string_view kind) {
    return std::find(kAttacks.begin(), kAttacks.end(), kind) != kAttacks.end();
}

Result<sim::Schedule> translate(const std::vector<FaultSpec>& faults) {
    sim::Schedule schedule;
    for (const FaultSpec& spec : faults) {
        sim::Fault fault;
        const auto kind = sim::fault_kind(spec.kind);
        fault.kind = kind.value_or(sim::FaultKind::custom);
        fault.custom = kind ? std::string() : spec.kind;
        set_target(spec, fault);
        set_trigger(spec, fault);
        if (kind) {
            set_parameters(spec, fault);
            const auto valid = sim::validate(fault);
            if (!valid) {
                return Error{valid.error().code,
                             std::to_string(spec.line) + ":" + std::to_string(spec.column) + ": " +
                                 valid.error().text};
            }
        }
        schedule.push_back(std::move(fault));
    }
    return schedule;
}

}  // namespace stormglass::scenarios
