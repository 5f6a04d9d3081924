// The verbs that run scenarios: run, gate, review, and the hunt for a planted defect.
#include <algorithm>
#include <set>

#include "reports/json.hpp"
#include "reports/statistics.hpp"
#include "reports/verdict.hpp"
#include "scenarios/program/children.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/regressions.hpp"
#include "scenarios/program/session.hpp"
#include "scenarios/runs/hunt.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::uint64_t kRunSeeds = 200;  // of `run`, when nobody says
constexpr std::uint64_t kHuntBlocks = 20;
constexpr std::uint64_t kHuntLimit = 1000;
constexpr std::uint64_t kReviewHuntLimit = 200;

int refuse(const Session& session, const InputRefusal& refusal) {
    session.complain(refusal.text);
    return refusal.exit_code;
}

void keep_only(std::vector<Plan>& plans, const std::vector<std::string>& wanted) {
    for (Plan& plan : plans) {
        std::erase_if(plan.checks, [&](const CheckRow* row) {
            return std::find(wanted.begin(), wanted.end(), row->slug) == wanted.end();
        });
    }
    std::erase_if(plans, [](const Plan& plan) { return plan.checks.empty(); });
}

void announce(const Session& session, std::size_t scenarios, std::uint64_t seeds) {
    session.say(session.program() + "  " + std::to_string(scenarios) +
                (scenarios == 1 ? " scenario  " : " scenarios  ") + std::to_string(seeds) +
                (seeds == 1 ? " seed each  " : " seeds each  ") + std::to_string(session.jobs()) +
                " jobs\n");
}

std::string plan_text(const std::vector<Plan>& plans, std::uint64_t seeds) {
    std::string text;
    for (const Plan& plan : plans) {
        const GateSpec& gate = plan.scenario.gate;
        text += plan.scenario.name + "  " + std::to_string(seeds) + " seeds, needs " +
                std::to_string(runs_needed(gate.max_failure_probability, gate.confidence)) +
                " effective runs without a failure for its target\n";
        for (const FaultSpec& fault : plan.scenario.faults) {
            text += "  fault  " + fault.kind + "\n";
        }
        for (const CheckRow* check : plan.checks) {
            text += "  check  " + std::string(check->slug) + "\n";
        }
    }
    return text;
}

void print_failures(const Session& session, const reports::Results& results) {
    for (const reports::ScenarioResult& scenario : results.scenarios) {
        for (const reports::Failure& failure : scenario.failures) {
            session.complain(reports::failure_block(scenario, failure, session.style()) + "\n");
        }
    }
}

/// Prints, writes, and says how the program ends.
int finish(Session& session, reports::Results& results, const std::vector<Tried>& tried) {
    name_long_histories(session, tried, results);
    print_failures(session, results);
    Written written = write_outputs(session, results);
    write_histories(session, tried, results, written);
    reports::ExitFacts facts;
    facts.output_failed = !written.ok;
    facts.allowed = {session.options().allow_inconclusive.begin(),
                     session.options().allow_inconclusive.end()};
    const int code = reports::exit_code(results, facts);
    if (session.options().json) {
        session.print(reports::to_json(results));
    } else {
        session.print(results.verb == "run" ? reports::run_table(results, session.style())
                                            : reports::gate_table(results, session.style()));
        session.print(reports::closing_line(results, {code, written.page}, session.style()));
    }
    if (!written.ok) {
        session.complain("stormglass: " + written.problem + "\n");
    }
    return code;
}

/// The defects that any claim names, hunted by the program that has them.
void add_hunts(Session& session, reports::Results& results) {
    if (interrupted().load()) {
        return;
    }
    HuntsRequest request;
    request.blocks = kHuntBlocks;
    // A block gives up where the review itself would have, or a little earlier: a defect that is
    // always missed must not cost more than all the rest.
    request.block_limit = std::min(kReviewHuntLimit, results.seeds_per_scenario);
    request.jobs = session.jobs();
    request.first_seed = results.provenance.seed_base;
    session.say("planted defects: hunting each in " + std::to_string(request.blocks) +
                " blocks of fresh seeds\n");
    auto hunts = run_hunts(request);
    if (hunts) {
        results.defects = std::move(*hunts);
    } else {
        results.warnings.push_back(
            "the program with planted defects was not at hand: no check is proven here");
    }
    results.clean.ran = true;
    results.clean.scenarios = results.scenarios.size();
    for (const reports::ScenarioResult& scenario : results.scenarios) {
        results.clean.runs += scenario.runs;
        results.clean.alarms += reports::failing_runs(scenario);
    }
}

int tick_copy(const Session& session,
              const LoadedDocument& document,
              const reports::Results& results) {
    std::set<std::string> supported;
    for (const reports::ClaimResult& claim : results.claims) {
        if (claim.status == reports::Status::supported) {
            supported.insert(claim.line_hash);
        }
    }
    const auto ticked = tick(document.text, supported);
    if (!ticked) {
        session.complain("stormglass: " + ticked.error().text + "\n");
        return kExitBadInput;
    }
    std::string problem;
    if (!write_file(session.options().tick, *ticked, problem)) {
        session.complain("stormglass: " + problem + "\n");
        return kExitOutput;
    }
    session.say("ticked copy: " + session.options().tick + "\n");
    return kExitPassed;
}

/// What the user says, or what each scenario asks for.
SeedsOf gate_seeds(const Session& session) {
    const auto wanted = session.options().seeds;
    return [wanted](const Plan& plan) {
        return static_cast<std::uint64_t>(wanted.value_or(plan.scenario.gate.seeds));
    };
}

/// What the user asks of every line replaces what the file asks.
void ask_of_all(const Options& options, std::vector<reports::ClaimResult>& claims) {
    for (reports::ClaimResult& claim : claims) {
        claim.target = options.target.value_or(claim.target);
        claim.confidence = options.confidence.value_or(claim.confidence);
        ask_of_all(options, claim.parts);
    }
}

std::uint64_t fewest(const std::vector<Plan>& plans, const SeedsOf& seeds) {
    std::uint64_t least = seeds(plans.front());
    for (const Plan& plan : plans) {
        least = std::min(least, seeds(plan));
    }
    return least;
}

}  // namespace

int run_verb(Session& session) {
    auto plans = load_plans(session.options().scenarios, session.names());
    if (!plans.value) {
        return refuse(session, plans.refusal);
    }
    if (!session.options().only.empty()) {
        keep_only(*plans.value, session.options().only);
    }
    std::uint64_t seeds =
        session.options().seeds ? static_cast<std::uint64_t>(*session.options().seeds) : kRunSeeds;
    seeds = session.options().seed ? 1 : seeds;
    if (session.options().dry_run) {
        session.print(plan_text(*plans.value, seeds));
        return kExitPassed;
    }
    if (const std::string problem = output_problem(session.options()); !problem.empty()) {
        session.complain(session.who() + ": " + problem + "\n");
        return kExitOutput;
    }
    announce(session, plans.value->size(), seeds);
    const KeptFailures kept = retry_kept(session, *plans.value);
    const auto tried = try_all(session, *plans.value, [seeds](const Plan&) { return seeds; });
    reports::Results results = make_results(session, tried, seeds);
    results.verb = "run";
    add_kept(kept, results);
    return finish(session, results, tried);
}

int gate_verb(Session& session) {
    auto claims = load_claims(session.options().claims, session.names());
    if (!claims.value) {
        return refuse(session, claims.refusal);
    }
    auto plans = load_plans(session.options().scenarios, session.names());
    if (!plans.value) {
        return refuse(session, plans.refusal);
    }
    std::optional<LoadedDocument> document;
    if (!session.options().document.empty()) {
        auto loaded = load_document(session.options().document);
        if (!loaded.value) {
            return refuse(session, loaded.refusal);
        }
        document = std::move(loaded.value);
    }
    const SeedsOf seeds_of = gate_seeds(session);
    const std::uint64_t seeds = fewest(*plans.value, seeds_of);
    if (session.options().dry_run) {
        session.print(plan_text(*plans.value, seeds));
        return kExitPassed;
    }
    if (const std::string problem = output_problem(session.options()); !problem.empty()) {
        session.complain(session.who() + ": " + problem + "\n");
        return kExitOutput;
    }
    announce(session, plans.value->size(), seeds);
    const KeptFailures kept = retry_kept(session, *plans.value);
    const auto tried = try_all(session, *plans.value, seeds_of);
    reports::Results results = make_results(session, tried, seeds);
    results.verb = session.options().verb == Verb::review ? "review" : "gate";
    add_kept(kept, results);
    results.confidence = session.options().confidence.value_or(claims.value->confidence);
    results.target = session.options().target.value_or(claims.value->target);
    results.provenance.claims_sha256 = claims.value->hash;
    results.claims = claim_results(*claims.value, tried);
    ask_of_all(session.options(), results.claims);
    if (document) {
        add_document(
            document->document, match_document(document->document, *claims.value), results);
    }
    add_hunts(session, results);
    results.provenance.wall_seconds = session.elapsed();
    reports::judge(results);
    const int code = finish(session, results, tried);
    if (document && !session.options().tick.empty()) {
        const int ticked = tick_copy(session, *document, results);
        return ticked == kExitPassed ? code : ticked;
    }
    return code;
}

int hunt_verb(Session& session) {
    const PlantedDefect& defect = *session.defect();
    auto plans = load_plans({std::string(defect.scenario)}, session.names());
    if (!plans.value) {
        return refuse(session, plans.refusal);
    }
    const Plan& plan = plans.value->front();
    HuntOptions options;
    options.blocks = kHuntBlocks;
    options.block_limit =
        session.options().seeds ? static_cast<std::uint64_t>(*session.options().seeds) : kHuntLimit;
    options.first_seed = session.options().seed.value_or(base_seed(plan, 0));
    options.jobs = session.jobs();
    options.cancel = &interrupted();
    session.say("hunting '" + std::string(defect.name) + "' (" + std::string(defect.breaks) +
                ") in " + plan.scenario.name + "\n");
    const Hunt found = hunt(plan, defect, options);
    const reports::DefectResult& result = found.result;
    session.print(result.name + ": " + result.expected_check + " caught it in " +
                  std::to_string(result.blocks_caught) + " of " + std::to_string(result.blocks) +
                  " blocks; seeds to detection: median " +
                  std::to_string(static_cast<std::uint64_t>(result.median_seeds)) + ", worst " +
                  std::to_string(result.worst_seeds) + "\n");
    if (!found.first_catch) {
        session.complain("MISSED: no seed of " +
                         std::to_string(result.blocks * result.block_limit) +
                         " raised the alarm of '" + result.expected_check + "'\n");
        return kExitInconclusive;
    }
    // Tell the first catch in full, as any other failing run.
    Options again = session.options();
    again.verb = Verb::run;
    again.scenarios = {plan.scenario.name};
    again.seed = *found.first_catch;
    again.only = {result.expected_check};
    again.twins = 0;
    Session retold(again, session.names(), session.defects(), session.command_line());
    return run_verb(retold);
}

}  // namespace stormglass::scenarios
