#include "scenarios/runs/run.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "scenarios/checks/gather.hpp"
#include "scenarios/faults/translate.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kChecksMax = 64;  // a run's verdicts are kept as bits
constexpr std::size_t kLinesTold = 20;

Error problem(const CheckUse& use, const std::string& text) {
    return {"scenario.check",
            std::to_string(use.line) + ":" + std::to_string(use.column) + ": " + text};
}

Result<void> add_checks(const std::vector<CheckUse>& uses, std::vector<const CheckRow*>& checks) {
    for (const CheckUse& use : uses) {
        const CheckRow* row = find_check(use.name);
        if (row == nullptr) {
            return problem(use, "no check '" + use.name + "'");
        }
        if (std::find(checks.begin(), checks.end(), row) == checks.end()) {
            checks.push_back(row);
        }
    }
    return {};
}

/// What must hold cannot be known not to.
Result<void> add_controls(const std::vector<CheckUse>& uses, Plan& plan) {
    for (const CheckUse& use : uses) {
        if (std::find(plan.checks.begin(), plan.checks.end(), find_check(use.name)) !=
            plan.checks.end()) {
            return problem(use, "check '" + use.name + "' must hold here and is also a control");
        }
    }
    return add_checks(uses, plan.controls);
}

void mark_poison(CheckoutWorld& world, const Plan& plan) {
    for (const SagaNote& note : world.ledger().saga_notes()) {
        if (note.kind.name != "saga.poison") {
            continue;
        }
        const auto fault = world.shop().poisoned_by(world.ledger().text(note.saga));
        if (fault) {
            CHECK(*fault < plan.schedule.size());
            world.world().took_effect(*fault);
        }
    }
}

/// A rebuild that an operator asked for and that came to its end.
void mark_rebuilds(CheckoutWorld& world) {
    if (world.readers() == nullptr) {
        return;
    }
    for (const Readers::Begun& begun : world.readers()->begun()) {
        const auto notes = world.ledger().projection_notes();
        if (std::any_of(notes.begin(), notes.end(), [&begun](const ProjectionNote& note) {
                return note.kind.name == "projection.rebuilt" && note.at >= begun.at;
            })) {
            world.world().took_effect(begun.fault);
        }
    }
}

std::vector<CheckVerdict> judge(const std::vector<const CheckRow*>& checks, const RunFacts& facts) {
    std::vector<CheckVerdict> verdicts;
    for (const CheckRow* row : checks) {
        CheckResult judged;
        row->run(facts, judged);
        verdicts.push_back({judged.consulted, std::move(judged.violations)});
    }
    return verdicts;
}

/// The same run without its adversary: what the system does when nobody attacks.
void compare_without_attack(const Plan& plan,
                            const RunOptions& options,
                            std::shared_ptr<stormglass::Signing> keys,
                            RunFacts& facts) {
    RunOptions peaceful = options;
    peaceful.keys = std::move(keys);
    peaceful.mask.insert(peaceful.mask.end(), plan.attacks.begin(), plan.attacks.end());
    peaceful.observer = nullptr;
    CheckoutWorld twin(plan, peaceful);
    const bool settled = twin.run();
    const RunFacts other = gather(plan, twin, settled);
    facts.attack.compared = true;
    facts.attack.domain_digest_without = other.attack.domain_digest;
    facts.attack.difference = domain_difference(facts, other);
}

void count_outcomes(const RunFacts& facts, RunResult& result) {
    for (const SagaFacts& saga : facts.sagas) {
        result.completed += saga.outcome() == "completed" ? 1 : 0;
        result.compensated += saga.outcome() == "compensated" ? 1 : 0;
    }
}

}  // namespace

Result<Plan> make_plan(Scenario scenario) {
    Plan plan;
    auto schedule = translate(scenario.faults);
    if (!schedule) {
        return schedule.error();
    }
    plan.schedule = std::move(schedule).value();
    if (plan.schedule.size() > kFaultsMax) {
        return Error{"scenario.faults", "1:1: at most 64 faults in a scenario"};
    }
    for (const auto* uses : {&scenario.check.always, &scenario.check.eventually}) {
        auto added = add_checks(*uses, plan.checks);
        if (!added) {
            return added.error();
        }
    }
    if (auto added = add_controls(scenario.check.controls, plan); !added) {
        return added.error();
    }
    CHECK(plan.checks.size() <= kChecksMax && plan.controls.size() <= kChecksMax);
    for (const CheckUse& use : scenario.check.sometimes) {
        plan.probes.push_back(use.name);
    }
    for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
        if (is_attack(scenario.faults[i].kind)) {
            plan.attacks.push_back(i);
        }
    }
    plan.scenario = std::move(scenario);
    return plan;
}

bool RunResult::failed() const {
    return std::any_of(checks.begin(), checks.end(), [](const CheckVerdict& verdict) {
        return !verdict.violations.empty();
    });
}

bool RunResult::effective() const {
    return std::all_of(faults.begin(),
                       faults.end(),
                       [](const auto& counters) { return counters.took_effect > 0; }) &&
           std::all_of(checks.begin(), checks.end(), [](const CheckVerdict& verdict) {
               return verdict.consulted;
           });
}

RunResult run_once(const Plan& plan, const RunOptions& options) {
    CheckoutWorld world(plan, options);
    const bool settled = world.run();
    mark_poison(world, plan);
    mark_rebuilds(world);
    RunFacts facts = gather(plan, world, settled);
    if (!plan.attacks.empty() && options.compare == RunOptions::Compare::yes) {
        compare_without_attack(plan, options, world.signing(), facts);
    }
    RunResult result;
    result.seed = options.seed;
    result.hash = world.world().hash();
    result.ledger_digest = world.ledger().digest();
    result.domain_digest = facts.attack.domain_digest;
    result.events = world.world().events_done();
    result.virtual_ns = world.world().now().ns;
    result.unfinished = world.end_text();
    result.checks = judge(plan.checks, facts);
    result.controls = judge(plan.controls, facts);
    const auto counters = world.world().fault_counters();
    result.faults.assign(counters.begin(), counters.end());
    const auto decisions = world.world().fault_decisions();
    result.size.decisions.assign(decisions.begin(), decisions.end());
    result.size.choices = static_cast<std::uint32_t>(plan.scenario.workload.count);
    result.size.events = result.events;
    for (const Site mark : world.ledger().marks()) {
        result.marks.emplace_back(mark.name);
    }
    count_outcomes(facts, result);
    if (options.tell == RunOptions::Tell::story) {
        world.shop().history().write_ndjson(result.history);
    }
    return result;
}

std::string lines_until(const Plan& plan, const RunOptions& options, MonotonicTime at) {
    RunOptions told = options;
    told.tell = RunOptions::Tell::story;
    CheckoutWorld world(plan, told);
    world.run_until(at);
    return world.world().trace().last_lines(world.world().names(), kLinesTold);
}

}  // namespace stormglass::scenarios
