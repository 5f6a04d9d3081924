#include "scenarios/runs/evidence.hpp"

#include <algorithm>
#include <optional>

#include "runtime/check.hpp"
#include "scenarios/runs/controls.hpp"
#include "scenarios/runs/engine.hpp"

namespace stormglass::scenarios {
namespace {

reports::ClaimKind kind_of(ClaimKind kind) {
    switch (kind) {
        case ClaimKind::assumption:
            return reports::ClaimKind::assumption;
        case ClaimKind::decision:
            return reports::ClaimKind::decision;
        case ClaimKind::rationale:
            return reports::ClaimKind::rationale;
        case ClaimKind::alternative:
            return reports::ClaimKind::alternative;
        case ClaimKind::consequence:
            return reports::ClaimKind::consequence;
        case ClaimKind::question:
            return reports::ClaimKind::question;
    }
    CHECK(false);
}

reports::ClaimKind kind_of(LineKind kind) {
    switch (kind) {
        case LineKind::assumption:
            return reports::ClaimKind::assumption;
        case LineKind::decision:
            return reports::ClaimKind::decision;
        case LineKind::rationale:
        case LineKind::self_critique:
            return reports::ClaimKind::rationale;
        case LineKind::alternative:
        case LineKind::rejection:
            return reports::ClaimKind::alternative;
        case LineKind::consequence:
            return reports::ClaimKind::consequence;
        case LineKind::question:
            return reports::ClaimKind::question;
    }
    CHECK(false);
}

reports::Method method_of(Method method) {
    switch (method) {
        case Method::sampled:
            return reports::Method::sampled;
        case Method::exhaustive:
            return reports::Method::exhaustive;
        case Method::contract:
            return reports::Method::contract;
        case Method::comparison:
            return reports::Method::comparison;
        case Method::artefact:
            return reports::Method::artefact;
        case Method::control:
            return reports::Method::control;
    }
    CHECK(false);
}

reports::Settled settled_of(Settled settled) {
    switch (settled) {
        case Settled::no:
            return reports::Settled::no;
        case Settled::partly:
            return reports::Settled::partly;
        case Settled::yes:
            return reports::Settled::yes;
    }
    CHECK(false);
}

std::string fault_name(const NeededFault& fault) {
    return fault.role.empty() ? fault.kind : fault.kind + "@" + fault.role;
}

/// The faults of a plan that a need names: one of them is enough.
Bits faults_named(const Plan& plan, const NeededFault& needed) {
    Bits bits = 0;
    for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
        const TargetSpec& target = plan.scenario.faults[i].target;
        const bool role_fits =
            needed.role.empty() || target.role == needed.role || target.node == needed.role;
        const bool kind_fits = sim::kind_name(plan.schedule[i]) == needed.kind;
        bits |= Bits{kind_fits && role_fits} << i;
    }
    return bits;
}

/// What a leg asks of a run, as bits over its plan.
struct LegBits {
    Bits checks = 0;
    std::vector<Bits> faults;  // of each need, the alternatives
    Bits needed_faults = 0;    // all of them
    Bits probes = 0;
};

LegBits leg_bits(const Plan& plan, const Leg& leg) {
    LegBits bits;
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        const bool listed = std::find(leg.checks.begin(), leg.checks.end(), plan.checks[i]->slug) !=
                            leg.checks.end();
        bits.checks |= Bits{listed} << i;
    }
    for (const NeededFault& fault : leg.faults) {
        bits.faults.push_back(faults_named(plan, fault));
        bits.needed_faults |= bits.faults.back();
    }
    for (std::size_t i = 0; i < plan.probes.size(); ++i) {
        const bool listed =
            std::find(leg.probes.begin(), leg.probes.end(), plan.probes[i]) != leg.probes.end();
        bits.probes |= Bits{listed} << i;
    }
    return bits;
}

bool took_effect(const RunSummary& run, const LegBits& bits) {
    return std::all_of(bits.faults.begin(), bits.faults.end(), [&](Bits alternatives) {
        return (run.effect & alternatives) != 0;
    });
}

bool is_candidate(const RunSummary& run, const LegBits& bits, ProbeDuty duty) {
    const bool probes = duty == ProbeDuty::once || (run.reached & bits.probes) == bits.probes;
    return probes && took_effect(run, bits) && (run.consulted & bits.checks) == bits.checks;
}

/// Struck when, for some need, each fault that took effect turned out to have changed nothing.
bool is_struck(const RunSummary& run, const LegBits& bits) {
    return std::any_of(bits.faults.begin(), bits.faults.end(), [&](Bits alternatives) {
        return (run.effect & alternatives & ~run.idle) == 0;
    });
}

void count_runs(const Tried& tried, const LegBits& bits, ProbeDuty duty, reports::LegResult& leg) {
    for (const RunSummary& run : tried.sweep.runs) {
        const bool candidate = is_candidate(run, bits, duty);
        const bool violated = (run.violated & bits.checks) != 0;
        leg.candidates += candidate ? 1 : 0;
        leg.audited += candidate && run.audited ? 1 : 0;
        leg.kept += candidate && run.audited && !is_struck(run, bits) ? 1 : 0;
        leg.failed += candidate && violated ? 1 : 0;
        leg.failed_elsewhere += !candidate && violated ? 1 : 0;
    }
}

void name_gaps(const Tried& tried, const Leg& spec, const LegBits& bits, reports::LegResult& leg) {
    const Plan& plan = *tried.plan;
    Bits consulted = 0;
    Bits violated = 0;
    Bits effect = 0;
    Bits reached = 0;
    for (const RunSummary& run : tried.sweep.runs) {
        consulted |= run.consulted;
        violated |= run.violated;
        effect |= run.effect;
        reached |= run.reached;
    }
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        const std::string slug(plan.checks[i]->slug);
        if ((bits.checks >> i & 1) != 0 && (consulted >> i & 1) == 0) {
            leg.unconsulted_checks.push_back(slug);
        }
        if ((bits.checks & violated) >> i & 1) {
            leg.violated.push_back(slug);
        }
    }
    for (std::size_t i = 0; i < spec.faults.size(); ++i) {
        if ((bits.faults[i] & effect) == 0) {
            leg.idle_faults.push_back(fault_name(spec.faults[i]));
        }
    }
    for (std::size_t i = 0; i < plan.probes.size(); ++i) {
        if ((bits.probes & ~reached) >> i & 1) {
            leg.unreached_probes.push_back(plan.probes[i]);
        }
    }
    for (const auto& [signature, failure] : tried.sweep.failures) {
        if ((bits.checks >> failure.check & 1) != 0) {
            leg.signatures.push_back(signature);
        }
    }
}

reports::LegResult leg_result(const Leg& spec, const std::vector<Tried>& tried) {
    reports::LegResult leg;
    leg.scenario = spec.scenario;
    leg.method = method_of(spec.method);
    leg.checks = spec.checks;
    leg.needs_probes = spec.probes;
    for (const NeededFault& fault : spec.faults) {
        leg.needs_faults.push_back(fault_name(fault));
    }
    const auto found = std::find_if(tried.begin(), tried.end(), [&](const Tried& candidate) {
        return candidate.plan->scenario.name == spec.scenario;
    });
    if (found == tried.end() ||
        (spec.method != Method::sampled && spec.method != Method::control)) {
        return leg;  // only these can be run here
    }
    leg.ran = true;
    leg.runs = found->sweep.runs.size();
    leg.nondeterministic = found->twins.differing > 0;
    leg.incomplete = !found->stopped.empty() ? found->stopped : found->sweep.unfinished;
    const LegBits bits = leg_bits(*found->plan, spec);
    if (spec.method == Method::control) {
        count_control(*found->plan, found->sweep, bits.faults, leg);
        return leg;
    }
    count_runs(*found, bits, spec.probe_duty, leg);
    name_gaps(*found, spec, bits, leg);
    return leg;
}

reports::ClaimResult claim_result(const Claim& claim, const std::vector<Tried>& tried) {
    reports::ClaimResult result;
    result.id = claim.id;
    result.kind = kind_of(claim.kind);
    result.line = claim.line;
    result.means = claim.means;
    result.answer = claim.answer;
    result.line_hash = claim.sha256;
    result.stated_confidence = claim.stated;
    result.confidence = claim.confidence;
    result.target = claim.target;
    result.defects = claim.defects;
    for (const Defeater& defeater : claim.defeaters) {
        result.defeaters.push_back({defeater.doubt, defeater.answer, settled_of(defeater.settled)});
    }
    if (claim.waiver) {
        result.waiver =
            reports::Waiver{claim.waiver->owner, claim.waiver->until, claim.waiver->reason};
    }
    for (const Leg& leg : claim.legs) {
        result.legs.push_back(leg_result(leg, tried));
    }
    for (const Claim& part : claim.parts) {
        result.parts.push_back(claim_result(part, tried));
    }
    return result;
}

void add_faults(const Tried& tried, reports::ScenarioResult& result) {
    const Plan& plan = *tried.plan;
    for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
        const TargetSpec& target = plan.scenario.faults[i].target;
        reports::FaultCount count;
        count.kind = sim::kind_name(plan.schedule[i]);
        count.role = !target.role.empty() ? target.role : target.node;
        count.declared = true;
        count.armed = tried.sweep.faults[i].armed;
        count.eligible = tried.sweep.faults[i].eligible;
        count.fired = tried.sweep.faults[i].fired;
        count.took_effect = tried.sweep.faults[i].took_effect;
        count.runs_touched = tried.sweep.fault_runs[i];
        count.first_seed = tried.sweep.fault_first[i];
        result.faults.push_back(std::move(count));
    }
}

int line_of(const Scenario& scenario, std::string_view check) {
    for (const auto* list : {&scenario.check.always, &scenario.check.eventually}) {
        for (const CheckUse& use : *list) {
            if (use.name == check) {
                return use.line;
            }
        }
    }
    return 0;
}

void add_checks(const Tried& tried, reports::ScenarioResult& result) {
    const Plan& plan = *tried.plan;
    for (std::size_t i = 0; i < plan.checks.size(); ++i) {
        reports::CheckCount count;
        count.name = plan.checks[i]->slug;
        count.place = {plan.scenario.file,
                       static_cast<std::uint32_t>(line_of(plan.scenario, count.name))};
        for (const RunSummary& run : tried.sweep.runs) {
            count.consulted += run.consulted >> i & 1;
            count.violations += run.violated >> i & 1;
        }
        result.checks.push_back(std::move(count));
    }
}

void add_runs(const Tried& tried, reports::ScenarioResult& result) {
    const Plan& plan = *tried.plan;
    for (const RunSummary& run : tried.sweep.runs) {
        const bool effective = is_effective(plan, run);
        result.effective += effective ? 1 : 0;
        result.failed += effective && run.violated != 0 ? 1 : 0;
        if (effective && run.audited) {
            ++result.audit.audited;
            const bool struck = (run.effect & run.idle) != 0;
            result.audit.struck += struck ? 1 : 0;
            result.audit.kept += struck ? 0 : 1;
        }
    }
    for (const std::string& probe : plan.probes) {
        const auto reached = tried.sweep.marks.find(probe);
        result.probes.push_back(
            {probe, reached == tried.sweep.marks.end() ? 0 : reached->second, true});
    }
    add_controls(plan, tried.sweep, result);
    for (const auto& [mark, runs] : tried.sweep.marks) {
        if (std::find(plan.probes.begin(), plan.probes.end(), mark) == plan.probes.end()) {
            result.probes.push_back({mark, runs, false});
        }
    }
}

}  // namespace

std::string repeat_line(const std::string& program,
                        const Plan& plan,
                        std::uint64_t seed,
                        const PlantedDefect* defect) {
    std::string line = program + " run " + plan.scenario.name + " --seed 0x" + hex16(seed);
    return defect == nullptr ? line : line + " --defect " + std::string(defect->name);
}

reports::ScenarioResult scenario_result(const Tried& tried,
                                        const std::string& program,
                                        const PlantedDefect* defect) {
    const Plan& plan = *tried.plan;
    reports::ScenarioResult result;
    result.name = plan.scenario.name;
    result.summary = plan.scenario.summary;
    result.place = {plan.scenario.file, 1};
    result.runs = tried.sweep.runs.size();
    add_checks(tried, result);
    add_faults(tried, result);
    add_runs(tried, result);
    result.twins = tried.twins;
    result.signing.used = name_of(plan.scenario.signing);
    for (const Told& one : tried.told) {
        reports::Failure told = one.failure;
        told.repeat = repeat_line(program, plan, told.seed, defect);
        told.place = {plan.scenario.file,
                      static_cast<std::uint32_t>(line_of(plan.scenario, told.check))};
        told.effective = result.effective;
        result.failures.push_back(std::move(told));
    }
    result.incomplete = !tried.stopped.empty() ? tried.stopped : tried.sweep.unfinished;
    result.events = tried.sweep.events;
    result.virtual_seconds = static_cast<double>(tried.sweep.virtual_ns) / 1e9;
    result.cpu_seconds = tried.cpu_seconds;
    result.seed_first = tried.first_seed;
    result.scenario_sha256 = plan.scenario.hash;
    result.profile_sha256 = profile_hash(plan.scenario);
    result.trace_hash = hex16(tried.sweep.combined_hash());
    return result;
}

std::vector<reports::ClaimResult> claim_results(const Claims& claims,
                                                const std::vector<Tried>& tried) {
    std::vector<reports::ClaimResult> results;
    for (const Claim& claim : claims.claims) {
        results.push_back(claim_result(claim, tried));
    }
    return results;
}

void add_document(const Document& document, const DocumentMatch& match, reports::Results& results) {
    results.document.given = true;
    results.document.title = document.title;
    results.document.lines = document.lines.size();
    results.document.lines_claimed = document.lines.size() - match.unclaimed.size();
    results.document.verified = true;
    for (const ClaimMatch& found : match.claims) {
        const auto claim = std::find_if(results.claims.begin(),
                                        results.claims.end(),
                                        [&](const auto& c) { return c.id == found.id; });
        CHECK(claim != results.claims.end());
        if (found.line) {
            const DocumentLine& line = document.lines[*found.line];
            claim->sentence = line.text;
            claim->document_line = static_cast<std::uint32_t>(line.line);
            if (!line.stated_confidence.empty()) {
                claim->stated_confidence = line.stated_confidence;
            }
        }
        if (found.match != Match::same) {
            results.document.verified = false;
            claim->text_changed = true;
            claim->text_change = found.difference;
        }
    }
    for (const std::size_t line : match.unclaimed) {
        const DocumentLine& unclaimed = document.lines[line];
        results.unclaimed.push_back({kind_of(unclaimed.kind),
                                     static_cast<std::uint32_t>(unclaimed.line),
                                     unclaimed.text,
                                     unclaimed.hash});
    }
}

}  // namespace stormglass::scenarios
