#include "scenarios/runs/decisions.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::uint32_t kDecisionsMax = 1 << 16;  // more than a run has events for

/// By id of the process, as the checkout world gives them.
std::vector<std::string> node_names(const Topology& topology) {
    std::vector<std::string> names = {"-", "broker"};
    for (const std::string& service : source_services(topology)) {
        names.push_back(service);
    }
    return names;
}

std::string word_of(const sim::Fault& fault, std::string_view parameter) {
    for (const sim::Parameter& given : fault.with) {
        if (given.name == parameter) {
            return given.word;
        }
    }
    return {};
}

/// Subjects are what sim/detail/host_*.cpp makes them: see sim/README.md, "Draws".
std::string decision_name(const sim::Fault& fault,
                          Subject about,
                          const std::vector<std::string>& names) {
    const auto node_name = [&names](std::uint64_t id) {
        return id < names.size() ? names[id] : std::string("the adversary");
    };
    std::string name(sim::kind_name(fault));
    switch (fault.kind) {
        case sim::FaultKind::delay:
        case sim::FaultKind::loss:
        case sim::FaultKind::duplicate:
        case sim::FaultKind::reorder:
        case sim::FaultKind::replay_soon:
        case sim::FaultKind::replay_after_restart:
        case sim::FaultKind::forge_source:
        case sim::FaultKind::alter_field:
            name += " of a frame " + node_name(about.a >> 32) + " -> " +
                    node_name(about.a & 0xffff'ffff);
            name += about.c > 1 ? ", attempt " + std::to_string(about.c) : "";
            break;
        case sim::FaultKind::crash_at:
            name += " " + node_name(about.a) + ", visit " + std::to_string(about.b) + " of " +
                    word_of(fault, "at");
            break;
        case sim::FaultKind::lose_unsynced:
        case sim::FaultKind::torn_write:
            name += " of " + node_name(about.a) + ", end of life " + std::to_string(about.b);
            break;
        case sim::FaultKind::clock_step_forward:
        case sim::FaultKind::clock_step_back:
            name += " of " + node_name(about.a);
            break;
        case sim::FaultKind::partition_complete:
        case sim::FaultKind::partition_simplex:
        case sim::FaultKind::isolate:
        case sim::FaultKind::crash:
            name += fault.target.node.empty() ? "" : " of " + fault.target.node;
            break;
        case sim::FaultKind::custom:
            name += " of number " + std::to_string(about.a + 1);
            break;
    }
    return name;
}

}  // namespace

DecisionListener::DecisionListener(const sim::Schedule& schedule,
                                   const sim::Reduction& kept,
                                   std::vector<std::string> names)
    : schedule_(schedule),
      names_(std::move(names)),
      acted_(schedule.size()) {
    // Kept ones act in the order of their numbers, so the n-th to act is the n-th kept.
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        kept_.push_back(kept.of_fault(i).below(kDecisionsMax));
    }
}

void DecisionListener::on_fault_visit(std::size_t index, Subject about, std::uint64_t, bool fired) {
    if (!fired) {
        return;
    }
    const std::size_t nth = acted_[index]++;
    NamedDecision decision;
    decision.fault = index;
    decision.number = nth < kept_[index].size() ? kept_[index][nth] : 0;
    decision.about = sim::subject_hash(about);
    decision.name = decision_name(schedule_[index], about, names_);
    decisions.push_back(std::move(decision));
}

void DecisionListener::on_fault(std::size_t index,
                                const sim::Fault&,
                                sim::FaultEvent event,
                                MonotonicTime at) {
    if (event == sim::FaultEvent::fired) {
        CHECK(!decisions.empty() && decisions.back().fault == index);
        decisions.back().at = at.ns;
    }
}

std::vector<NamedDecision> decisions_of(const Plan& plan, const RunOptions& options) {
    DecisionListener listener(plan.schedule, options.kept, node_names(plan.scenario.topology));
    RunOptions heard = options;
    heard.observer = &listener;
    heard.compare = RunOptions::Compare::no;
    run_once(plan, heard);
    return std::move(listener.decisions);
}

std::vector<sim::Recall> recall_of(const Plan& plan, const std::vector<NamedDecision>& decisions) {
    std::vector<sim::Recall> recall(plan.schedule.size());
    for (const NamedDecision& decision : decisions) {
        if (decision.fault < recall.size()) {
            recall[decision.fault].subjects.push_back(decision.about);
        }
    }
    for (sim::Recall& one : recall) {
        std::sort(one.subjects.begin(), one.subjects.end());
    }
    return recall;
}

std::string fault_title(const sim::Schedule& schedule, std::size_t fault) {
    CHECK(fault < schedule.size());
    const std::string_view kind = sim::kind_name(schedule[fault]);
    std::size_t all = 0;
    std::size_t nth = 0;
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        const bool twin = sim::kind_name(schedule[i]) == kind;
        all += twin ? 1 : 0;
        nth += twin && i <= fault ? 1 : 0;
    }
    std::string title(kind);
    return all == 1 ? title : title + " #" + std::to_string(nth);
}

}  // namespace stormglass::scenarios
