#include "scenarios/runs/story.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "reports/sha256.hpp"
#include "runtime/check.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/runs/picture.hpp"

namespace stormglass::scenarios {
namespace {

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

std::vector<std::string> titles_of(const Plan& plan) {
    std::vector<std::string> titles;
    for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
        titles.push_back(fault_words(plan, fault));
    }
    return titles;
}

/// Positions of the faults without which the run passes.
std::vector<std::size_t> find_needed_faults(const Plan& plan,
                                            const FailureKind& failure,
                                            const RunOptions& options,
                                            reports::Failure& told) {
    std::vector<std::size_t> needed;
    for (std::size_t fault = 0; fault < plan.schedule.size(); ++fault) {
        RunOptions masked = options;
        masked.mask = {fault};
        const bool still = run_once(plan, masked).violates(failure.check);
        (still ? told.faults_other : told.faults_needed).push_back(fault_words(plan, fault));
        if (!still) {
            needed.push_back(fault);
        }
    }
    return needed;
}

std::string counted(std::uint64_t count, std::string_view one) {
    std::string text = std::to_string(count) + " " + std::string(one);
    return count == 1 ? text : text + "s";
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

// What faults did is flagged; that one is armed is no event of the run.
void add_lines(const std::string& text, reports::Failure& told) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) {
            reports::EventLine event = event_line(rest.substr(0, end));
            const bool fault = event.text.starts_with("fault");
            event.flagged = fault || event.text.starts_with("crash");
            if (!fault || event.text.ends_with("acts")) {
                told.last.push_back(std::move(event));
            }
        }
        rest.remove_prefix(std::min(rest.size(), end + 1));
    }
}

std::string size_text(const sim::RunSize& size,
                      const sim::Reduction& kept,
                      std::string_view choice) {
    return counted(size.events, "event") + ", " +
           counted(size.kept_decisions(kept), "fault decision") + ", " +
           counted(size.kept_choices(kept), choice);
}

std::string smallest_text(const sim::RunSize& whole,
                          const sim::Shrunk& shrunk,
                          double seconds,
                          std::string_view choice) {
    std::string took = std::to_string(seconds);
    took.resize(took.find('.') + 2);
    return size_text(shrunk.size, shrunk.kept, choice) + " (found with " +
           size_text(whole, {}, choice) + "; " + counted(shrunk.tries, "run") + ", " + took + " s" +
           (shrunk.finished ? ")" : "; the budget ended before it was done)");
}

std::vector<std::size_t> add_needed(const std::vector<std::string>& titles,
                                    const sim::Shrunk& shrunk,
                                    reports::Failure& told) {
    std::vector<std::size_t> needed;
    for (std::size_t fault = 0; fault < titles.size(); ++fault) {
        const bool left = shrunk.kept.of_fault(fault).count_below(shrunk.size.decisions[fault]) > 0;
        (left ? told.faults_needed : told.faults_other).push_back(titles[fault]);
        if (left) {
            needed.push_back(fault);
        }
    }
    return needed;
}

std::string replay_line(const std::string& program, const Plan& plan, const std::string& history) {
    const bool embedded = plan.scenario.file.starts_with("scenarios/data/");
    return program + " replay " + history + (embedded ? "" : " --scenario " + plan.scenario.file);
}

std::string first_word(const Plan& plan, const FailureKind& failure, const TellOptions& options) {
    RunOptions run;
    run.seed = failure.seed;
    run.defect = options.defect;
    const std::string token = sim::encode_token(token_of(plan, run, run_once(plan, run)));
    return replay_line(options.program, plan, token);
}

Told tell_failure(const Plan& plan, const FailureKind& failure, const TellOptions& options) {
    RunOptions whole_run;
    whole_run.seed = failure.seed;
    whole_run.defect = options.defect;
    const RunResult whole = run_once(plan, whole_run);
    // The same seed gives the same run; if not, that is a bug of ours and not a finding.
    CHECK(whole.violates(failure.check));

    Told told;
    reports::Failure& words = told.failure;
    const auto start = std::chrono::steady_clock::now();
    const Smallest smallest = smallest_run(plan, whole_run, failure.check, options.shrink);
    std::vector<std::size_t> needed;
    if (smallest.shrunk.tries > 0) {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        words.smallest = smallest_text(whole.size, smallest.shrunk, took.count(), "order");
        needed = add_needed(titles_of(plan), smallest.shrunk, words);
    } else {
        needed = find_needed_faults(plan, failure, whole_run, words);
    }
    const Violation& violation = smallest.result.checks[failure.check].violations.front();
    words.check = plan.checks[failure.check]->slug;
    words.sentence = violation.sentence;
    words.expected = violation.expected;
    words.observed = violation.observed;
    words.node = violation.node;
    words.time_ns = static_cast<std::int64_t>(violation.at);
    words.events = smallest.result.events;
    words.count = failure.count;
    words.seed = failure.seed;
    RunOptions story = smallest.options;
    story.tell = RunOptions::Tell::story;
    add_lines(lines_until(plan, story, {violation.at}), words);
    words.picture = picture_of(plan, story, violation, needed);

    told.replay = replay_file(plan, smallest.options, smallest.result, failure.check);
    for (const NamedDecision& decision : told.replay.decisions) {
        reports::EventLine line;
        line.time_ns = static_cast<std::int64_t>(decision.at);
        line.text = decision.name;
        line.needed = smallest.shrunk.finished;
        words.decisions.push_back(std::move(line));
    }
    const std::string token = sim::encode_token(told.replay.token);
    words.replay = replay_line(options.program, plan, token);
    words.keep = options.program + " keep" + words.replay.substr(options.program.size() + 7);
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
