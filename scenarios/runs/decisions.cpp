#include "scenarios/runs/decisions.hpp"

#include <algorithm>
#include <map>

#include "runtime/check.hpp"
#include "scenarios/worlds/checkout.hpp"
#include "sim/observer.hpp"

namespace stormglass::scenarios {
namespace {

/// By id of the process, as the checkout world gives them.
std::string node_name(const Plan& plan, std::uint64_t id) {
    const std::vector<std::string> services = source_services(plan.scenario.topology);
    if (id == 1) {
        return "broker";
    }
    return id >= 2 && id - 2 < services.size() ? services[id - 2] : "the adversary";
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
std::string decision_name(const Plan& plan, std::size_t index, Subject about) {
    const sim::Fault& fault = plan.schedule[index];
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
            name += " of a frame " + node_name(plan, about.a >> 32) + " -> " +
                    node_name(plan, about.a & 0xffff'ffff);
            name += about.c > 1 ? ", attempt " + std::to_string(about.c) : "";
            break;
        case sim::FaultKind::crash_at:
            name += " " + node_name(plan, about.a) + ", visit " + std::to_string(about.b) + " of " +
                    word_of(fault, "at");
            break;
        case sim::FaultKind::lose_unsynced:
        case sim::FaultKind::torn_write:
            name += " of " + node_name(plan, about.a) + ", end of life " + std::to_string(about.b);
            break;
        case sim::FaultKind::clock_step_forward:
        case sim::FaultKind::clock_step_back:
            name += " of " + node_name(plan, about.a);
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

class Listener final : public sim::Observer {
  public:
    Listener(const Plan& plan, const sim::Reduction& kept) : plan_(plan) {
        // Kept ones act in the order of their numbers, so the n-th to act is the n-th kept.
        for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
            kept_.push_back(kept.of_fault(i).below(kDecisionsMax));
        }
    }

    void on_fault_visit(std::size_t index, Subject about, std::uint64_t, bool fired) override {
        if (!fired) {
            return;
        }
        std::size_t& acted = acted_.try_emplace(index, 0).first->second;
        NamedDecision decision;
        decision.fault = index;
        decision.number = acted < kept_[index].size() ? kept_[index][acted] : 0;
        decision.about = sim::subject_hash(about);
        decision.name = decision_name(plan_, index, about);
        decisions.push_back(std::move(decision));
        ++acted;
    }

    void on_fault(std::size_t index,
                  const sim::Fault&,
                  sim::FaultEvent event,
                  MonotonicTime at) override {
        if (event == sim::FaultEvent::fired) {
            CHECK(!decisions.empty() && decisions.back().fault == index);
            decisions.back().at = at.ns;
        }
    }

    std::vector<NamedDecision> decisions;

  private:
    static constexpr std::uint32_t kDecisionsMax = 1 << 16;  // more than a run has events for

    const Plan& plan_;
    std::vector<std::vector<std::uint32_t>> kept_;
    std::map<std::size_t, std::size_t> acted_;
};

}  // namespace

std::vector<NamedDecision> decisions_of(const Plan& plan, const RunOptions& options) {
    Listener listener(plan, options.kept);
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

std::string fault_title(const Plan& plan, std::size_t fault) {
    CHECK(fault < plan.schedule.size());
    const std::string_view kind = sim::kind_name(plan.schedule[fault]);
    std::size_t all = 0;
    std::size_t nth = 0;
    for (std::size_t i = 0; i < plan.schedule.size(); ++i) {
        const bool twin = sim::kind_name(plan.schedule[i]) == kind;
        all += twin ? 1 : 0;
        nth += twin && i <= fault ? 1 : 0;
    }
    std::string title(kind);
    return all == 1 ? title : title + " #" + std::to_string(nth);
}

}  // namespace stormglass::scenarios
