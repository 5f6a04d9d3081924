#include "scenarios/program/history.hpp"

#include <algorithm>
#include <filesystem>

#include "reports/format.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/runs/replay.hpp"

namespace stormglass::scenarios {
namespace {

Loaded<ReplayFile> read_history(const std::string& named) {
    if (sim::looks_like_token(named)) {
        auto token = sim::decode_token(named);
        if (!token) {
            return {std::nullopt,
                    {"stormglass: " + token.error().text +
                         "; copy all of it, from sg1: to the end of the word\n",
                     kExitBadInput}};
        }
        ReplayFile file;
        file.token = std::move(token).value();
        return {std::move(file), {}};
    }
    std::error_code ignored;
    if (!named.ends_with(".replay") && !std::filesystem::exists(named, ignored)) {
        return {std::nullopt,
                {"stormglass: '" + named +
                     "' is neither a token (sg1:...) nor a .replay file; a failing run prints the "
                     "one and leaves the other in out/latest/failures/\n",
                 kExitNoInput}};
    }
    auto text = read_file(named);
    if (!text.value) {
        return {std::nullopt, std::move(text.refusal)};
    }
    Problems problems(named);
    auto file = read_replay(*text.value, problems);
    if (!file) {
        return {std::nullopt, {problems.text(), kExitBadInput}};
    }
    return {std::move(file), {}};
}

}  // namespace

Loaded<History> load_history(const Session& session) {
    const Options& options = session.options();
    auto file = read_history(options.history);
    if (!file.value) {
        return {std::nullopt, std::move(file.refusal)};
    }
    const sim::Token& token = file.value->token;
    auto plan =
        load_plan_of(token.scenario, file.value->scenario, options.scenario, session.names());
    if (!plan.value) {
        return {std::nullopt, std::move(plan.refusal)};
    }
    const std::size_t faults = plan.value->schedule.size();
    const bool fits = token.kept.faults.size() <= faults &&
                      std::all_of(file.value->decisions.begin(),
                                  file.value->decisions.end(),
                                  [&](const NamedDecision& one) { return one.fault < faults; });
    if (!fits) {
        return {std::nullopt,
                {"stormglass: it names more faults than scenario '" + plan.value->scenario.name +
                     "' has\n",
                 kExitBadInput}};
    }
    History history;
    history.from_file = !sim::looks_like_token(options.history);
    history.same_build = find_engine(token.engine, session.defects(), history.defect);
    if (session.defect() != nullptr) {
        history.defect = session.defect();
        history.same_build = token.engine == engine_hash(history.defect);
    }
    history.same_build = history.same_build && token.scenario == scenario_hash(*plan.value);
    history.file = std::move(*file.value);
    history.plan = std::move(*plan.value);
    return {std::move(history), {}};
}

Divergence divergence_of(const History& history, const RunResult& result) {
    const sim::Token& token = history.file.token;
    const std::string ended =
        "the run took another way: " + reports::counted(result.events, "event") +
        " with trace hash " + hex16(result.hash) + ", not " +
        reports::counted(token.events, "event") + " with " + hex16(token.trace);
    if (history.same_build) {
        return {ended + ". Same code, same scenario, another history: nondeterministic",
                kExitNondeterministic,
                true};
    }
    const bool code = token.engine != engine_hash(history.defect);
    const std::string made =
        code ? "this history was made by build " + hex6(token.engine) + "; this is " +
                   hex6(engine_hash(history.defect))
             : "scenario '" + history.plan.scenario.name + "' has changed since it was made";
    return {made + ". " + ended, kExitBadInput, false};
}

}  // namespace stormglass::scenarios
