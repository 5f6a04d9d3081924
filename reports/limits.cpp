// What the results do not show, said by the facts themselves.
#include <algorithm>
#include <set>
#include <utility>

#include "reports/format.hpp"
#include "reports/summary.hpp"

namespace stormglass::reports {

namespace {

using Sentences = std::vector<std::string>;

Sentences about_bounds(const Results& results) {
    Sentences out;
    const std::string profile = results.profile_hash.empty()
                                    ? "of the sampled fault profiles"
                                    : "of fault profile " + results.profile_hash;
    out.push_back(
        "Every bound is " + profile +
        "; it says nothing about faults outside it or about traffic unlike the workload.");
    out.emplace_back("Every bound is about the runs in which the required faults took effect.");
    if (results.seeds_set_by_clock) {
        out.emplace_back("The number of runs was set by the clock, not fixed before the start.");
    }
    if (results.interrupted) {
        out.emplace_back("The review was interrupted.");
    }
    return out;
}

/// What a page of this kind is expected to hold and this program does not measure.
Sentences about_measures(const Results& results) {
    Sentences out;
    if (results.scenarios.empty()) {
        return out;
    }
    out.emplace_back(
        "How long recovery takes after the last fault was not measured; only that it happened "
        "within the scenario\u2019s time.");
    out.emplace_back("No single points of failure were looked for in a deployment graph.");
    out.emplace_back("No estimate was made of behaviour that these runs did not reach.");
    return out;
}

Sentences about_faults(const Results& results) {
    std::set<std::string> injected;
    Sentences out;
    for (const ScenarioResult& scenario : results.scenarios) {
        for (const FaultCount& fault : scenario.faults) {
            if (fault.took_effect > 0) {
                injected.insert(fault.kind);
            } else if (fault.declared) {
                out.push_back("Fault " + fault_name(fault) + " never took effect in " +
                              scenario.name + ".");
            }
        }
    }
    Sentences never;
    for (const std::string& kind : results.known_faults) {
        if (!injected.contains(kind)) {
            never.push_back(kind);
        }
    }
    if (!never.empty()) {
        out.push_back("Never took effect in any scenario, of the catalogue of " +
                      counted(results.known_faults.size(), "fault kind") + ": " +
                      join(never, ", ") + ".");
    }
    return out;
}

Sentences about_scenarios(const Results& results) {
    Sentences out;
    Sentences stand_in;
    for (const ScenarioResult& scenario : results.scenarios) {
        Sentences probes;
        for (const ProbeCount& probe : scenario.probes) {
            if (probe.runs_reached == 0) {
                probes.push_back(probe.name);
            }
        }
        if (!probes.empty()) {
            out.push_back("Never reached in " + scenario.name + ": " + join(probes, ", ") + ".");
        }
        if (!scenario.incomplete.empty()) {
            out.push_back(scenario.name + " is incomplete: " + scenario.incomplete + ".");
        }
        if (!scenario.faults.empty() && scenario.audit.audited == 0) {
            out.push_back("In " + scenario.name +
                          " no run was compared with its masked twin: that its faults took effect "
                          "rests on the local rule.");
        }
        if (scenario.audit.struck > 0) {
            out.push_back("In " + scenario.name + " the audit struck " +
                          of(scenario.audit.struck, scenario.audit.audited) +
                          " runs whose faults changed nothing that a check reads.");
        }
        if (scenario.twins.compared == 0) {
            out.push_back("No run of " + scenario.name + " was repeated in a second process.");
        }
        if (scenario.signing.used == "stand-in") {
            stand_in.push_back(scenario.name);
        }
    }
    if (!stand_in.empty()) {
        out.push_back(
            "Signed with a keyed-hash stand-in instead of Ed25519: " + join(stand_in, ", ") + ".");
    }
    return out;
}

Sentences about_oracles(const Results& results) {
    Sentences out;
    std::set<std::string> proven;
    for (const DefectResult& defect : results.defects) {
        if (defect.blocks_caught == 0) {
            out.push_back("Planted defect " + defect.name + " was missed.");
        }
        for (const CaughtBy& by : defect.caught_by) {
            if (by.blocks > 0) {
                proven.insert(by.check);
            }
        }
    }
    Sentences unproven;
    for (const std::string& check : results.known_checks) {
        if (!proven.contains(check)) {
            unproven.push_back(check);
        }
    }
    if (!unproven.empty()) {
        out.push_back("Checks that have caught no planted defect in this review: " +
                      join(unproven, ", ") + ".");
    }
    return out;
}

void add_claim(const ClaimResult& claim,
               Sentences& doubts,
               Sentences& waivers,
               Sentences& untested) {
    for (const Defeater& defeater : claim.defeaters) {
        if (defeater.settled != Settled::yes) {
            doubts.push_back(claim.id + ": " + defeater.doubt + " (" +
                             (defeater.settled == Settled::partly ? "partly settled" : "open") +
                             (defeater.answer.empty() ? "" : ": " + defeater.answer) + ").");
        }
    }
    if (claim.waiver.has_value()) {
        waivers.push_back(claim.id + " is waived by " + claim.waiver->owner + " until " +
                          claim.waiver->until + ": " + claim.waiver->reason + ".");
    }
    if (claim.status == Status::not_tested && claim.parts.empty()) {
        untested.push_back(claim.id + ": " + claim.line + ".");
    }
    for (const ClaimResult& part : claim.parts) {
        add_claim(part, doubts, waivers, untested);
    }
}

}  // namespace

std::vector<LimitGroup> limits_of(const Results& results) {
    Sentences doubts;
    Sentences waivers;
    Sentences untested;
    for (const ClaimResult& claim : results.claims) {
        add_claim(claim, doubts, waivers, untested);
    }
    for (const UnclaimedLine& line : results.unclaimed) {
        untested.push_back("No claim answers line " + std::to_string(line.document_line) + ": " +
                           line.text);
    }
    Sentences document;
    if (!results.claims.empty() && !results.document.given) {
        document.emplace_back(
            "The document was not at hand: its lines stand here in our own words, unverified.");
    }
    if (results.document.given && !results.document.verified) {
        document.emplace_back("Some lines of the document do not match their recorded hashes.");
    }
    std::vector<LimitGroup> groups{{"Lines without evidence", std::move(untested)},
                                   {"Open doubts", std::move(doubts)},
                                   {"Waivers", std::move(waivers)},
                                   {"Faults that were not seen", about_faults(results)},
                                   {"Runs", about_scenarios(results)},
                                   {"Checks", about_oracles(results)},
                                   {"Bounds", about_bounds(results)},
                                   {"Not measured", about_measures(results)},
                                   {"The document", std::move(document)},
                                   {"Warnings of the run", results.warnings},
                                   {"In the author\u2019s own words", results.limits}};
    std::erase_if(groups, [](const LimitGroup& group) { return group.sentences.empty(); });
    return groups;
}

}  // namespace stormglass::reports
