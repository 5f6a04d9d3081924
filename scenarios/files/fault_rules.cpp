// The parameters of this release's faults, with the ranges of the fault catalogue. Words without
// choices (a crash point, a field) are judged by the program, which knows them.
#include <algorithm>
#include <utility>

#include "scenarios/files/names.hpp"
#include "scenarios/files/quantity.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kYears10 = 3'650 * kDay;  // what a broken time server has been seen to set
constexpr std::int64_t kCopiesMax = 1'000;

constexpr TargetRule kNodeOrRole = {.node = true, .role = true, .required = true};
constexpr TargetRule kLink = {.link = true};
constexpr TargetRule kSides = {.sides = true, .required = true};
constexpr TargetRule kTopic = {.topic = true};
constexpr TargetRule kNodeRoleOrTopic = {.node = true, .role = true, .topic = true};

ParameterRule probability(std::int64_t high_ppm, std::string help) {
    return {"probability", ValueKind::probability, 0, high_ppm, {}, true, std::move(help)};
}

ParameterRule duration(std::string name, std::int64_t low, std::int64_t high, std::string help) {
    return {std::move(name), ValueKind::duration, low, high, {}, false, std::move(help)};
}

ParameterRule count(std::string name, std::int64_t low, std::int64_t high, std::string help) {
    return {std::move(name), ValueKind::count, low, high, {}, false, std::move(help)};
}

ParameterRule word(std::string name, std::vector<std::string> choices, std::string help) {
    return {std::move(name), ValueKind::word, 0, 0, std::move(choices), false, std::move(help)};
}

ParameterRule required(ParameterRule rule) {
    rule.required = true;
    return rule;
}

ParameterRule share(std::string help) {
    return {"probability", ValueKind::probability, 0, 1'000'000, {}, false, std::move(help)};
}

ParameterRule times(std::string help) {
    return count("count", 1, kCopiesMax, std::move(help));
}

std::vector<FaultRule> network_faults() {
    return {
        {"delay",
         "adds a draw to each frame's transit",
         kLink,
         {required(duration("mean", 0, 10 * kSecond, "mean of what is added")),
          word("distribution",
               {"constant", "uniform", "exponential", "long-tail", "bimodal"},
               "how it is drawn"),
          share("share of frames")}},
        {"loss",
         "a frame vanishes after it left; the sender is not told",
         kLink,
         {probability(300'000, "share of frames")}},
        {"duplicate",
         "a copy of a frame arrives with a delay of its own",
         kLink,
         {probability(500'000, "share of frames"),
          count("copies", 1, 5, "copies of each"),
          duration("lag", 0, 60 * kSecond, "by how much a copy may come later")}},
        {"reorder",
         "a frame is released after later ones",
         kLink,
         {probability(1'000'000, "share of frames"),
          count("displacement", 1, 64, "by how many frames"),
          duration("hold", 0, 60 * kSecond, "at most so long")}},
        {"partition-complete", "nothing passes between two sides", kSides, {}},
        {"partition-simplex",
         "frames pass in one direction only",
         kSides,
         {word("direction", {"first-to-second", "second-to-first"}, "which way is cut")}},
        {"isolate", "one node is cut off from all others, by role", kNodeOrRole, {}},
    };
}

std::vector<FaultRule> machine_faults() {
    return {
        {"crash",
         "a process dies; memory and timers of that life are gone",
         kNodeOrRole,
         {duration("downtime", 0, kHour, "until it starts again")}},
        {"crash-at",
         "a process dies inside a step, at a named point",
         kNodeOrRole,
         {required(word("site", {}, "the point, such as saga.decision-acknowledged")),
          word("side", {"after", "before"}, "of the point"),
          duration("downtime", 0, kHour, "until it starts again"),
          share("share of visits")}},
        {"lose-unsynced",
         "at a crash unsynced writes vanish",
         kNodeOrRole,
         {word("what", {"all", "prefix", "subset"}, "which of them"), share("share of crashes")}},
        {"torn-write",
         "of the write under way at a crash only some sectors are kept",
         kNodeOrRole,
         {{"sector", ValueKind::bytes, 512, 4096, {}, false, "size of a sector"},
          word("mode", {"front", "subset"}, "which sectors are kept"),
          share("share of crashes")}},
        {"clock-step-forward",
         "the wall clock jumps ahead",
         kNodeOrRole,
         {required(duration("by", kMs, kYears10, "how far"))}},
        {"clock-step-back",
         "the wall clock jumps back",
         kNodeOrRole,
         {required(duration("by", kMs, kYears10, "how far"))}},
    };
}

std::vector<FaultRule> adversary_faults() {
    const ParameterRule copies = count("copies", 1, 5, "copies of each");
    return {
        {"replay-soon",
         "authentic frames again, on the adversary's link",
         kTopic,
         {times("frames copied"),
          copies,
          duration("lag", 0, 60 * kSecond, "how much later"),
          share("share of frames")}},
        {"replay-after-restart",
         "authentic frames again after a restart of the target",
         kNodeRoleOrTopic,
         {times("restarts used"),
          copies,
          duration("lag", 0, kHour, "after the restart"),
          count("memory", 1, 4'096, "frames that the adversary keeps")}},
        {"forge-source",
         "an event under another agent's name",
         kTopic,
         {times("forgeries"),
          word("agent", {}, "the name it claims"),
          duration("lag", 0, 60 * kSecond, "how much later"),
          share("share of frames")}},
        {"alter-field",
         "an authentic event with one field changed",
         kTopic,
         {times("forgeries"),
          word("field", {}, "the field, or any"),
          word("in-place", {"no", "yes"}, "instead of the original, or beside it"),
          duration("lag", 0, 60 * kSecond, "how much later"),
          share("share of frames")}},
        {"poison-message",
         "a well-signed event that its handler cannot process",
         kTopic,
         {times("messages")}},
        {"rebuild-projection",
         "an operator has a read model built anew while it is in use",
         kNodeOrRole,
         {times("rebuilds")}},
    };
}

}  // namespace

const FaultRule* find_fault(const Names& names, const std::string& kind) {
    const auto found = std::find_if(names.faults.begin(),
                                    names.faults.end(),
                                    [&kind](const FaultRule& rule) { return rule.name == kind; });
    return found == names.faults.end() ? nullptr : &*found;
}

std::vector<FaultRule> fault_rules() {
    std::vector<FaultRule> result = network_faults();
    for (std::vector<FaultRule>& group : std::vector{machine_faults(), adversary_faults()}) {
        for (FaultRule& rule : group) {
            result.push_back(std::move(rule));
        }
    }
    return result;
}

}  // namespace stormglass::scenarios
