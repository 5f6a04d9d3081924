// Trying scenarios: seeds, sweeps, twins, and the results that come of them.
#include <algorithm>
#include <ctime>

#include "reports/sha256.hpp"
#include "scenarios/program/build_info.hpp"
#include "scenarios/program/children.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/session.hpp"
#include "scenarios/runs/engine.hpp"
#include "scenarios/runs/story.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::int64_t kTwinsDefault = 100;

std::uint64_t twins_wanted(const Session& session, std::uint64_t runs) {
    if (session.options().all_twins) {
        return runs;
    }
    const std::int64_t wanted = session.options().twins.value_or(kTwinsDefault);
    return std::min(runs, static_cast<std::uint64_t>(std::max<std::int64_t>(wanted, 0)));
}

/// Repeats the first runs in another process and compares their fingerprints.
reports::TwinCount compare_twins(const Session& session, const Tried& tried) {
    reports::TwinCount twins;
    const std::uint64_t count = twins_wanted(session, tried.sweep.runs.size());
    if (count == 0) {
        return twins;
    }
    const Scenario& scenario = tried.plan->scenario;
    const bool embedded = scenario.file.starts_with("scenarios/data/");
    const auto hashes = twin_hashes(embedded ? scenario.name : scenario.file,
                                    tried.first_seed,
                                    count,
                                    session.options().defect);
    twins.compared = count;
    if (!hashes) {
        twins.differing = count;
        twins.first_difference = "the twin process did not finish";
        return twins;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        const RunSummary& run = tried.sweep.runs[i];
        if (run.hash != (*hashes)[i]) {
            ++twins.differing;
            if (twins.first_difference.empty()) {
                twins.first_difference = "seed 0x" + hex16(run.seed) + ": trace hash " +
                                         hex16(run.hash) + " here, " + hex16((*hashes)[i]) +
                                         " in its twin";
            }
        }
    }
    return twins;
}

Tried try_one(Session& session, const Plan& plan, std::uint64_t seeds, ProgressState& state) {
    Tried tried;
    tried.plan = &plan;
    tried.first_seed = session.options().seed.value_or(base_seed(plan, 0));
    SweepOptions options;
    options.first_seed = tried.first_seed;
    options.seeds = seeds;
    options.jobs = session.jobs();
    options.defect = session.defect();
    options.fail_fast = session.options().fail_fast;
    options.audit = session.options().verb != Verb::run;
    options.cancel = &interrupted();
    const std::int64_t done_before = state.done;
    const std::int64_t failing_before = state.failing;
    options.progress = [&](std::uint64_t done, std::uint64_t failing) {
        state.done = done_before + static_cast<std::int64_t>(done);
        state.failing = failing_before + static_cast<std::int64_t>(failing);
        state.weakest = plan.scenario.name;
        session.show_progress(state);
    };
    const double cpu_before = cpu_seconds();
    tried.sweep = sweep(plan, options);
    tried.cpu_seconds = cpu_seconds() - cpu_before;
    if (tried.sweep.cancelled) {
        tried.stopped = "interrupted";
    } else {
        tried.twins = compare_twins(session, tried);
    }
    tell_failures(session, tried);
    return tried;
}

}  // namespace

std::uint64_t base_seed(const Plan& plan, std::uint64_t epoch) {
    const auto digest =
        reports::sha256(build_info().code_hash + "\n" + plan.scenario.hash + "\n" +
                        profile_hash(plan.scenario) + "\n" + std::to_string(epoch) + "\n");
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        seed = seed << 8 | digest[i];
    }
    return seed;
}

std::vector<Tried> try_all(Session& session, const std::vector<Plan>& plans, const SeedsOf& seeds) {
    std::vector<Tried> tried;
    ProgressState state;
    for (const Plan& plan : plans) {
        state.total += static_cast<std::int64_t>(seeds(plan));
    }
    for (const Plan& plan : plans) {
        if (interrupted().load()) {
            break;
        }
        tried.push_back(try_one(session, plan, seeds(plan), state));
    }
    session.end_progress();
    return tried;
}

reports::Results make_results(const Session& session,
                              const std::vector<Tried>& tried,
                              std::uint64_t seeds) {
    reports::Results results;
    const BuildInfo build = build_info();
    results.version = build.version;
    results.command_line = session.command_line();
    results.seeds_per_scenario = seeds;
    results.jobs = session.jobs();
    results.interrupted = interrupted().load();
    results.confidence = session.options().confidence.value_or(0.95);
    results.target = session.options().target.value_or(0.001);
    std::string profiles;
    std::string hashes;
    double virtual_seconds = 0;
    for (const Tried& one : tried) {
        results.scenarios.push_back(scenario_result(one, session.program(), session.defect()));
        profiles += results.scenarios.back().profile_sha256 + "\n";
        hashes += results.scenarios.back().trace_hash + "\n";
        virtual_seconds += results.scenarios.back().virtual_seconds;
    }
    results.profile_hash = reports::short_hash(profiles);
    results.provenance = make_provenance(build);
    results.provenance.trace_hash = reports::short_hash(hashes);
    results.provenance.seed_base = tried.empty() ? 0 : tried.front().first_seed;
    results.provenance.wall_seconds = session.elapsed();
    results.provenance.cpu_seconds = cpu_seconds();
    results.provenance.virtual_seconds = virtual_seconds;
    results.run_id = run_id_of(results.provenance);
    for (const FaultRule& rule : session.names().faults) {
        results.known_faults.push_back(rule.name);
    }
    for (const CheckRow& row : check_rows()) {
        results.known_checks.emplace_back(row.slug);
    }
    return results;
}

}  // namespace stormglass::scenarios
