// replay and keep: one history by its token or file.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/format.hpp"
#include "reports/terminal.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/program/history.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/regressions.hpp"
#include "scenarios/program/session.hpp"
#include "scenarios/runs/decisions.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/runs/narrate.hpp"
#include "scenarios/runs/regression.hpp"

namespace stormglass::scenarios {
namespace {

int refuse(const Session& session, const std::string& text, int code) {
    session.complain(session.program() + " " +
                     (session.options().verb == Verb::keep ? "keep" : "replay") + ": " + text +
                     "\n");
    return code;
}

/// Positions of the faults that --mask names: a kind, or "kind #2" as failures are told.
Result<std::vector<std::size_t>> masked_faults(const Options& options, const Plan& plan) {
    std::vector<std::size_t> masked;
    for (const std::string& wanted : options.mask) {
        std::vector<std::string> known;
        const std::size_t before = masked.size();
        for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
            known.push_back(fault_title(plan.schedule, i));
            if (wanted == known.back() || wanted == sim::kind_name(plan.schedule[i])) {
                masked.push_back(i);
            }
        }
        if (masked.size() == before) {
            return Error{"mask",
                         "scenario '" + plan.scenario.name + "' has no fault " + in_quotes(wanted) +
                             did_you_mean(wanted, known)};
        }
    }
    return masked;
}

/// The checks that a run violates, most of them one.
std::string violated_checks(const Plan& plan, const RunResult& result) {
    std::string names;
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        if (!result.checks[i].violations.empty()) {
            names += (names.empty() ? "" : ", ") + std::string(plan.checks[i]->slug);
        }
    }
    return names.empty() ? "no check failed" : names;
}

void tell_violations(const Session& session, const Plan& plan, const RunResult& result) {
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        for (const Violation& violation : result.checks[i].violations) {
            reports::ScenarioResult scenario;
            scenario.name = plan.scenario.name;
            reports::Failure failure;
            failure.check = plan.checks[i]->slug;
            failure.sentence = violation.sentence;
            failure.expected = violation.expected;
            failure.observed = violation.observed;
            failure.count = 1;
            failure.counts = false;
            session.complain(reports::failure_block(scenario, failure, session.style()) + "\n");
            break;  // the first tells the most; --trace tells the rest
        }
    }
}

int tell_divergence(const Session& session, const History& history, const RunResult& result) {
    const Divergence other = divergence_of(history, result);
    const std::string hint =
        !other.same_code ? (history.from_file ? ". Use --drift to try what its faults did by name"
                                              : ". Use --drift to try the same faults and seed")
                         : "";
    return refuse(session, other.text + hint, other.exit_code);
}

int replay_drifted(const Session& session, const History& history, RunOptions& options) {
    Retried tried;
    if (history.from_file) {
        tried = retry_by_name(history.plan, history.file, history.defect);
        session.print(
            "by name: " + std::to_string(tried.met) + " of " +
            std::to_string(history.file.decisions.size()) + " decisions met their event again" +
            (tried.missed.empty() ? "" : "; the first that did not: " + tried.missed) + "\n");
    } else {
        tried.options = options_of(history.file.token, history.defect);
        tried.result = run_once(history.plan, tried.options);
        session.print("by number: a token has no names, a .replay file has\n");
    }
    options = tried.options;
    session.print(violated_checks(history.plan, tried.result) + ", trace hash " +
                  hex16(tried.result.hash) + ", " + reports::counted(tried.result.events, "event") +
                  "\n");
    tell_violations(session, history.plan, tried.result);
    return tried.result.failed() ? kExitRefuted : kExitPassed;
}

int replay_exactly(const Session& session, const History& history, RunOptions& options) {
    const auto masked = masked_faults(session.options(), history.plan);
    if (!masked) {
        return refuse(session, masked.error().text, kExitUsage);
    }
    options = options_of(history.file.token, history.defect);
    options.mask = *masked;
    const RunResult result = run_once(history.plan, options);
    const bool repeated = is_repeated(history.file.token, result);
    if (!repeated && options.mask.empty()) {
        return tell_divergence(session, history, result);
    }
    std::string text = repeated ? "repeated: " : "without the masked faults: ";
    text += violated_checks(history.plan, result);
    text += ", trace hash " + hex16(result.hash) + (repeated ? " equal, " : ", ") +
            reports::counted(result.events, "event") + "\n";
    if (repeated && !history.same_build) {
        text += "made by build " + hex6(history.file.token.engine) + "; this is " +
                hex6(engine_hash(history.defect)) + ", and it does the same\n";
    }
    session.print(text);
    tell_violations(session, history.plan, result);
    return result.failed() ? kExitRefuted : kExitPassed;
}

std::string index_line(const ReplayFile& file) {
    std::string line = "- `" + file.name + ".replay`: " + file.sentence + " (" + file.check +
                       " in " + file.scenario;
    line += file.issue ? "; issue " + std::to_string(*file.issue) : "";
    return line + ")\n";
}

}  // namespace

int replay_verb(Session& session) {
    const Options& asked = session.options();
    Until until;
    if (!asked.until.empty()) {
        auto read = read_until(asked.until);
        if (!read) {
            return refuse(session, "--until " + read.error().text, kExitUsage);
        }
        until = *read;
    }
    const auto history = load_history(session);
    if (!history.value) {
        session.complain(history.refusal.text);
        return history.refusal.exit_code;
    }
    RunOptions options;
    const int code = asked.drift ? replay_drifted(session, *history.value, options)
                                 : replay_exactly(session, *history.value, options);
    if (asked.trace && (code == kExitPassed || code == kExitRefuted)) {
        session.print(narrate(history.value->plan, options, until));
    }
    return code;
}

int keep_verb(Session& session) {
    const Options& asked = session.options();
    const auto loaded = load_history(session);
    if (!loaded.value) {
        session.complain(loaded.refusal.text);
        return loaded.refusal.exit_code;
    }
    const History& history = *loaded.value;
    const RunOptions options = options_of(history.file.token, history.defect);
    const RunResult result = run_once(history.plan, options);
    if (!is_repeated(history.file.token, result)) {
        return tell_divergence(session, history, result);
    }
    const auto check =
        std::find_if(result.checks.begin(), result.checks.end(), [](const CheckVerdict& verdict) {
            return !verdict.violations.empty();
        });
    if (check == result.checks.end()) {
        return refuse(session, "nothing fails in that run: there is nothing to keep", kExitUsage);
    }
    const auto index = static_cast<std::size_t>(check - result.checks.begin());
    ReplayFile file = replay_file(history.plan, options, result, index);
    file.name = asked.keep_name.empty() ? file.name : slug_of(asked.keep_name);
    file.issue = asked.issue;
    namespace fs = std::filesystem;
    const fs::path folder =
        asked.regressions.empty() ? fs::path(kRegressionsFolder) : fs::path(asked.regressions);
    const fs::path path = folder / (file.name + ".replay");
    std::error_code error;
    fs::create_directories(folder, error);
    if (fs::exists(path, error)) {
        return refuse(
            session, "there is already " + path.string() + "; choose another --name", kExitUsage);
    }
    std::string problem;
    if (!write_file(path.string(), write_replay(file), problem)) {
        return refuse(session, problem, kExitOutput);
    }
    const bool first = !fs::exists(folder / "index.md", error);
    std::ofstream index_file(folder / "index.md", std::ios::binary | std::ios::app);
    index_file << (first ? "# Kept failures\n\n" : "") << index_line(file);
    if (!index_file.flush()) {
        return refuse(
            session, "cannot write '" + (folder / "index.md").string() + "'", kExitOutput);
    }
    session.print("kept: " + path.string() + "\n");
    return kExitPassed;
}

}  // namespace stormglass::scenarios
