#include "scenarios/program/regressions.hpp"

#include <algorithm>
#include <filesystem>

#include "scenarios/files/replay_file.hpp"
#include "scenarios/runs/regression.hpp"

namespace stormglass::scenarios {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> kept_files(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".replay") {
            files.push_back(at->path().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// The scenario of a kept failure: one of those that run, or a file of its own that is kept beside
/// it. Nothing when it is one of the program's that does not run now.
Loaded<Plan> plan_of(const std::string& path,
                     const ReplayFile& file,
                     const std::vector<Plan>& plans,
                     const Names& names) {
    for (const Plan& plan : plans) {
        if (plan.scenario.name == file.scenario || plan.scenario.file == file.scenario) {
            return {plan, {}};
        }
    }
    if (!file.scenario.ends_with(".yaml") && !file.scenario.ends_with(".yml")) {
        return {};
    }
    const fs::path beside = fs::path(path).parent_path() / fs::path(file.scenario).filename();
    auto loaded = load_plans({fs::exists(beside) ? beside.string() : file.scenario}, names);
    if (!loaded.value) {
        return {std::nullopt, std::move(loaded.refusal)};
    }
    return {std::move(loaded.value->front()), {}};
}

reports::Failure failure_of(const Session& session,
                            const std::string& path,
                            const Plan& plan,
                            const Retried& tried) {
    reports::Failure failure;
    failure.signature = "kept " + fs::path(path).stem().string() + ": " + tried.check;
    failure.check = tried.check;
    failure.sentence = tried.violation.sentence;
    failure.expected = tried.violation.expected;
    failure.observed = tried.violation.observed;
    failure.node = tried.violation.node;
    failure.time_ns = static_cast<std::int64_t>(tried.violation.at);
    failure.place = {path, 1};
    failure.events = tried.result.events;
    failure.count = 1;
    failure.counts = false;
    failure.seed = tried.options.seed;
    failure.replay = replay_line(session.program(), plan, path) +
                     (tried.options.recall.empty() ? "" : " --drift");
    return failure;
}

std::string stale_text(const std::string& path, const ReplayFile& file, const Retried& tried) {
    return "kept failure " + path + " is stale: " + std::to_string(tried.met) + " of " +
           std::to_string(file.decisions.size()) + " decisions met their event again, not '" +
           tried.missed + "'; replace or remove it";
}

}  // namespace

KeptFailures retry_kept(Session& session, const std::vector<Plan>& plans) {
    KeptFailures kept;
    const bool usual = session.options().regressions.empty();
    const std::string folder =
        usual ? std::string(kRegressionsFolder) : session.options().regressions;
    std::size_t tried = 0;
    for (const std::string& path : kept_files(folder)) {
        auto text = read_file(path);
        Problems problems(path);
        const auto file = text.value ? read_replay(*text.value, problems) : std::nullopt;
        if (!file) {
            session.complain(text.value ? problems.text() : text.refusal.text);
            kept.stale.push_back({{}, "kept failure " + path + " cannot be read"});
            continue;
        }
        const auto loaded = plan_of(path, *file, plans, session.names());
        if (!loaded.value) {
            if (!loaded.refusal.text.empty()) {
                session.complain(loaded.refusal.text);
                kept.stale.push_back(
                    {{}, "the scenario of kept failure " + path + " cannot be read"});
            }
            continue;
        }
        const Plan* plan = &*loaded.value;
        ++tried;
        const Retried again = retry(*plan, *file, session.defect());
        if (again.outcome == Retried::Outcome::fails) {
            kept.failing.push_back({plan->scenario.name, failure_of(session, path, *plan, again)});
        } else if (again.outcome == Retried::Outcome::stale) {
            kept.stale.push_back({plan->scenario.name, stale_text(path, *file, again)});
        }
    }
    for (const KeptFailures::Stale& stale : kept.stale) {
        session.complain(session.program() + ": " + stale.text + "\n");
    }
    if (tried > 0) {
        session.say("kept failures replayed first: " + std::to_string(tried) + ", " +
                    std::to_string(kept.failing.size()) + " failing\n");
    }
    return kept;
}

void add_kept(const KeptFailures& kept, reports::Results& results) {
    const auto scenario_of = [&results](const std::string& name) -> reports::ScenarioResult* {
        const auto found =
            std::find_if(results.scenarios.begin(),
                         results.scenarios.end(),
                         [&](const reports::ScenarioResult& one) { return one.name == name; });
        return found == results.scenarios.end() ? nullptr : &*found;
    };
    for (const KeptFailures::Failing& failing : kept.failing) {
        auto* scenario = scenario_of(failing.scenario);
        if (scenario == nullptr) {  // a file of its own
            scenario = &results.scenarios.emplace_back();
            scenario->name = failing.scenario;
        }
        scenario->failures.push_back(failing.failure);
    }
    for (const KeptFailures::Stale& stale : kept.stale) {
        results.warnings.push_back(stale.text);
        auto* scenario = scenario_of(stale.scenario);
        if (results.verb == "run") {
            continue;
        }
        if (scenario == nullptr) {
            scenario = &results.scenarios.emplace_back();
            scenario->name = stale.scenario.empty() ? "kept-failures" : stale.scenario;
        }
        if (scenario->incomplete.empty()) {
            scenario->incomplete = stale.text;
        }
    }
}

}  // namespace stormglass::scenarios
