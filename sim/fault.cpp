// The table of kinds and their parameters, and what is refused with which words.
#include "sim/fault.hpp"

#include <algorithm>
#include <array>

#include "runtime/check.hpp"

namespace stormglass::sim {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kYear = 365 * 24 * 3600 * kSecond;

constexpr ParameterInfo kProbability{"probability", "ppm", 0, kMillion, kMillion, {}};
constexpr ParameterInfo kLag{"lag", "ns", 0, 24 * 3600 * kSecond, 10 * kMs, {}};
constexpr ParameterInfo kCopies{"copies", "count", 0, 5, 1, {}};
constexpr ParameterInfo kDowntime{"downtime", "ns", 0, 3600 * kSecond, 100 * kMs, {}};
constexpr ParameterInfo kStep{"step", "ns", 0, 10 * kYear, kSecond, {}};

constexpr ParameterInfo kDelay[] = {
    kProbability,
    {"mean", "ns", 0, 10 * kSecond, 5 * kMs, {}},
    {"distribution", "word", 0, 0, 0, "constant|uniform|exponential|long-tail|bimodal"}};
constexpr ParameterInfo kLoss[] = {kProbability};
constexpr ParameterInfo kDuplicate[] = {
    kProbability, kCopies, {"lag", "ns", 0, 60 * kSecond, 0, {}}};
constexpr ParameterInfo kReorder[] = {kProbability,
                                      {"displacement", "count", 0, 64, 1, {}},
                                      {"hold", "ns", 0, 60 * kSecond, 10 * kMs, {}}};
constexpr ParameterInfo kCrash[] = {kProbability, kDowntime};
constexpr ParameterInfo kCrashAt[] = {kProbability,
                                      kDowntime,
                                      {"at", "text", 0, 0, 0, {}},
                                      {"side", "word", 0, 0, 0, "after|before"}};
constexpr ParameterInfo kLoseUnsynced[] = {kProbability,
                                           {"mode", "word", 0, 0, 0, "all|prefix|subset"}};
constexpr ParameterInfo kTornWrite[] = {kProbability,
                                        {"sector", "bytes", 1, 65'536, 512, {}},
                                        {"mode", "word", 0, 0, 0, "front|subset"}};
constexpr ParameterInfo kClockStep[] = {kProbability, kStep};
constexpr ParameterInfo kReplaySoon[] = {kProbability, kCopies, kLag};
constexpr ParameterInfo kReplayAfterRestart[] = {
    kProbability, {"copies", "count", 0, 4096, 64, {}}, kLag, {"memory", "count", 0, 4096, 64, {}}};
constexpr ParameterInfo kForgeSource[] = {kProbability, kLag, {"agent", "text", 0, 0, 0, {}}};
constexpr ParameterInfo kAlterField[] = {
    kProbability, kLag, {"field", "text", 0, 0, 0, {}}, {"in-place", "word", 0, 0, 0, "no|yes"}};

struct KindRow {
    std::string_view name;
    std::span<const ParameterInfo> parameters;
};

constexpr std::array<KindRow, kFaultKinds> kKinds{{
    {"delay", kDelay},
    {"loss", kLoss},
    {"duplicate", kDuplicate},
    {"reorder", kReorder},
    {"partition-complete", {}},
    {"partition-simplex", {}},
    {"isolate", {}},
    {"crash", kCrash},
    {"crash-at", kCrashAt},
    {"lose-unsynced", kLoseUnsynced},
    {"torn-write", kTornWrite},
    {"clock-step-forward", kClockStep},
    {"clock-step-back", kClockStep},
    {"replay-soon", kReplaySoon},
    {"replay-after-restart", kReplayAfterRestart},
    {"forge-source", kForgeSource},
    {"alter-field", kAlterField},
    {"custom", {}},
}};

const KindRow& row_of(FaultKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    CHECK(index < kKinds.size());
    return kKinds[index];
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::string_view first = words.substr(0, words.find('|'));
        if (first == word) {
            return true;
        }
        words.remove_prefix(std::min(words.size(), first.size() + 1));
    }
    return false;
}

Error invalid(const Fault& fault, std::string what) {
    return {"FAULT_INVALID", std::string(kind_name(fault)) + ": " + std::move(what)};
}

Result<void> validate_parameter(const Fault& fault, const Parameter& parameter) {
    const auto known = parameters_of(fault.kind);
    const auto info = std::find_if(known.begin(), known.end(), [&](const ParameterInfo& i) {
        return i.name == parameter.name;
    });
    if (info == known.end()) {
        return invalid(fault, "there is no parameter '" + parameter.name + "'");
    }
    if (info->unit == "word") {
        if (!has_word(info->words, parameter.word)) {
            return invalid(fault,
                           "'" + parameter.name + "' is one of " + std::string(info->words) +
                               ", not '" + parameter.word + "'");
        }
        return {};
    }
    if (info->unit == "text") {
        return {};
    }
    const Range& value = parameter.value;
    if (value.low > value.high || value.low < info->low || value.high > info->high) {
        return invalid(fault,
                       "'" + parameter.name + "' lies in " + std::to_string(info->low) + " .. " +
                           std::to_string(info->high) + " (" + std::string(info->unit) + ")");
    }
    return {};
}

Result<void> validate_trigger(const Fault& fault) {
    const Trigger& when = fault.when;
    if (when.after.low < 0 || when.after.low > when.after.high) {
        return invalid(fault, "'after' must be a time or an ascending pair of times");
    }
    if (when.duration && (when.duration->low < 0 || when.duration->low > when.duration->high)) {
        return invalid(fault, "'for' must be a time or an ascending pair of times");
    }
    if (when.probability < 0 || when.probability > kMillion) {
        return invalid(fault, "'probability' lies in 0 .. 1000000 parts per million");
    }
    if (std::find(when.nth.begin(), when.nth.end(), 0U) != when.nth.end()) {
        return invalid(fault, "'nth' counts from 1");
    }
    if (when.reached_visit == 0) {
        return invalid(fault, "the visit of 'reached' counts from 1");
    }
    return {};
}

Parameter& parameter_of(Fault& fault, std::string_view name) {
    for (Parameter& parameter : fault.with) {
        if (parameter.name == name) {
            return parameter;
        }
    }
    fault.with.push_back({std::string(name), {}, {}});
    return fault.with.back();
}

}  // namespace

std::string_view name_of(FaultKind kind) {
    return row_of(kind).name;
}

std::optional<FaultKind> fault_kind(std::string_view name) {
    for (std::size_t i = 0; i + 1 < kKinds.size(); ++i) {
        if (kKinds[i].name == name) {
            return static_cast<FaultKind>(i);
        }
    }
    return std::nullopt;
}

std::string_view kind_name(const Fault& fault) {
    return fault.kind == FaultKind::custom ? std::string_view(fault.custom) : name_of(fault.kind);
}

std::string id_of(const Fault& fault, std::size_t position) {
    if (!fault.name.empty()) {
        return fault.name;
    }
    return std::string(kind_name(fault)) + "#" + std::to_string(position);
}

std::span<const ParameterInfo> parameters_of(FaultKind kind) {
    return row_of(kind).parameters;
}

Fault& Fault::set(std::string_view parameter, Range value) {
    parameter_of(*this, parameter).value = value;
    return *this;
}

Fault& Fault::set(std::string_view parameter, std::int64_t value) {
    return set(parameter, exactly(value));
}

Fault& Fault::set(std::string_view parameter, std::string_view word) {
    parameter_of(*this, parameter).word = word;
    return *this;
}

Result<void> validate(const Fault& fault) {
    if (fault.kind == FaultKind::custom) {
        if (fault.custom.empty()) {
            return Error{"FAULT_INVALID", "a custom fault needs the name of its kind"};
        }
        return validate_trigger(fault);
    }
    for (const Parameter& parameter : fault.with) {
        if (auto checked = validate_parameter(fault, parameter); !checked) {
            return checked;
        }
    }
    const bool partition =
        fault.kind == FaultKind::partition_complete || fault.kind == FaultKind::partition_simplex;
    if (partition && fault.target.side_a.empty()) {
        return invalid(fault, "the target needs a side");
    }
    if (!partition && !(fault.target.side_a.empty() && fault.target.side_b.empty())) {
        return invalid(fault, "only partitions have sides");
    }
    if (fault.kind == FaultKind::crash_at) {
        const auto at = std::find_if(fault.with.begin(), fault.with.end(), [](const auto& p) {
            return p.name == "at" && !p.word.empty();
        });
        if (at == fault.with.end()) {
            return invalid(fault, "'at' must name a note, a mark or an effect such as 'sync'");
        }
    }
    return validate_trigger(fault);
}

Result<void> validate(const Schedule& schedule) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        const std::string place = "fault " + std::to_string(i + 1) + ": ";
        if (auto checked = validate(schedule[i]); !checked) {
            return Error{checked.error().code, place + checked.error().text};
        }
        ids.push_back(id_of(schedule[i], i));
        if (std::find(ids.begin(), ids.end() - 1, ids.back()) != ids.end() - 1) {
            return Error{"FAULT_INVALID", place + "another fault is named '" + ids.back() + "'"};
        }
    }
    return {};
}

}  // namespace stormglass::sim
