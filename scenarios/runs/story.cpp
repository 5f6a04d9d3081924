#include "scenarios/runs/story.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "reports/sha256.hpp"
#include "runtime/check.hpp"
#include "scenarios/runs/picture.hpp"

namespace stormglass::scenarios {
namespace {

bool violates(const RunResult& result, std::size_t check) {
    return !result.checks[check].violations.empty();
}

/// "12.034567 s  payments  deliver  ..." back into its columns.
reports::EventLine event_line(std::string_view line) {
    reports::EventLine event;
    const auto take = [&line] {
        const std::size_t end = std::min(line.find("  "), line.size());
        const std::string_view word = line.substr(0, end);
        line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ', end)));
        return word;
    };
    const std::string_view time = take();
    std::uint64_t whole = 0;
    std::uint64_t fraction = 0;
    const char* last = time.data() + time.size();
    const auto seconds = std::from_chars(time.data(), last, whole);
    if (seconds.ptr != last && *seconds.ptr == '.') {
        std::from_chars(seconds.ptr + 1, last, fraction);
    }
    event.time_ns = static_cast<std::int64_t>(whole * 1'000'000'000 + fraction * 1'000);
    event.node = take();
    event.text = line;
    return event;
}

void add_lines(const std::string& text, reports::Failure& told) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) {
            told.last.push_back(event_line(rest.substr(0, end)));
            told.last.back().flagged = told.last.back().text.starts_with("fault") ||
                                       told.last.back().text.starts_with("crash");
        }
        rest.remove_prefix(std::min(rest.size(), end + 1));
    }
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

/// "partition-complete (orders | broker)": two faults of one kind are told apart by where they act.
std::string fault_words(const Plan& plan, std::size_t fault) {
    const TargetSpec& target = plan.scenario.faults[fault].target;
    std::string about = target.node + target.role;
    if (!target.first_side.empty()) {
        about = joined(target.first_side) + " | " + joined(target.second_side);
    }
    const std::string& reached = plan.scenario.faults[fault].trigger.reached;
    if (!reached.empty()) {
        about += (about.empty() ? "at " : ", at ") + reached;
    }
    const std::string kind(sim::kind_name(plan.schedule[fault]));
    return about.empty() ? kind : kind + " (" + about + ")";
}

/// Positions of the faults without which the run passes.
std::vector<std::size_t> find_needed_faults(const Plan& plan,
                                            const FailureKind& failure,
                                            const RunOptions& options,
                                            reports::Failure& told) {
    std::vector<std::size_t> needed;
    for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
        RunOptions masked = options;
        masked.tell = RunOptions::Tell::verdict;
        masked.mask = {fault};
        const bool still = violates(run_once(plan, masked), failure.check);
        (still ? told.faults_other : told.faults_needed).push_back(fault_words(plan, fault));
        if (!still) {
            needed.push_back(fault);
        }
    }
    return needed;
}

void append(std::string& text, const Range& range) {
    text += std::to_string(range.lo) + ".." + std::to_string(range.hi) + ",";
}

void append(std::string& text, const FaultSpec& fault) {
    const TargetSpec& target = fault.target;
    text += "fault " + fault.kind + " " + target.node + "|" + target.role + "|" + target.topic +
            "|" + target.link_from + "|" + target.link_to;
    for (const std::string& node : target.first_side) {
        text += "<" + node;
    }
    for (const std::string& node : target.second_side) {
        text += ">" + node;
    }
    for (const auto& [name, value] : fault.parameters) {
        text += " " + name + "=";
        append(text, value);
    }
    for (const auto& [name, word] : fault.words) {
        text += " " + name + "=" + word;
    }
    for (const auto* range :
         {&fault.trigger.after, &fault.trigger.duration, &fault.trigger.delay}) {
        text += " ";
        append(text, range->value_or(Range{-1, -1}));
    }
    for (const std::int64_t visit : fault.trigger.nth) {
        text += std::to_string(visit) + ",";
    }
    text += fault.trigger.reached + "\n";
}

}  // namespace

reports::Failure tell_failure(const Plan& plan,
                              const FailureKind& failure,
                              const PlantedDefect* defect) {
    RunOptions options;
    options.seed = failure.seed;
    options.defect = defect;
    options.tell = RunOptions::Tell::story;
    const RunResult result = run_once(plan, options);
    // The same seed gives the same run; if not, that is a bug of ours and not a finding.
    CHECK(violates(result, failure.check));

    reports::Failure told;
    told.check = plan.checks[failure.check]->slug;
    told.sentence = failure.violation.sentence;
    told.expected = failure.violation.expected;
    told.observed = failure.violation.observed;
    told.node = failure.violation.node;
    told.time_ns = static_cast<std::int64_t>(failure.violation.at);
    told.events = result.events;
    told.count = failure.count;
    told.seed = failure.seed;
    add_lines(lines_until(plan, options, {failure.violation.at}), told);
    const auto needed = find_needed_faults(plan, failure, options, told);
    told.picture = picture_of(plan, options, failure.violation, needed);
    return told;
}

std::string profile_hash(const Scenario& scenario) {
    std::string text = "latency ";
    append(text, scenario.topology.latency);
    text += " coordinators " + std::to_string(scenario.topology.coordinators) + " count " +
            std::to_string(scenario.workload.count) + " every " +
            std::to_string(scenario.workload.every.ns) + " poison " +
            std::to_string(scenario.workload.poison) + "\n";
    for (const auto& [step, rate] : scenario.workload.decline) {
        text += "decline " + step + " " + std::to_string(rate) + "\n";
    }
    for (const FaultSpec& fault : scenario.faults) {
        append(text, fault);
    }
    return reports::sha256_hex(text).substr(0, 16);
}

}  // namespace stormglass::scenarios
