// The decisions of faults that acted in a run, each with its number, what it was about and a name
// that survives unrelated changes of the code: "crash orders at saga.decision-acknowledged".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/files/replay_file.hpp"
#include "scenarios/runs/run.hpp"
#include "sim/observer.hpp"

namespace stormglass::scenarios {

/// Listens to a run and names what its faults do. `names` of the processes by id, [0] is nobody.
class DecisionListener final : public sim::Observer {
  public:
    DecisionListener(const sim::Schedule& schedule,
                     const sim::Reduction& kept,
                     std::vector<std::string> names);

    void on_fault_visit(std::size_t index, Subject about, std::uint64_t draw, bool fired) override;
    void on_fault(std::size_t index,
                  const sim::Fault& fault,
                  sim::FaultEvent event,
                  MonotonicTime at) override;

    /// In the order of time.
    std::vector<NamedDecision> decisions;

  private:
    const sim::Schedule& schedule_;
    std::vector<std::vector<std::uint32_t>> kept_;
    std::vector<std::string> names_;
    std::vector<std::size_t> acted_;
};

/// Runs it once more and listens. In the order of time.
std::vector<NamedDecision> decisions_of(const Plan& plan, const RunOptions& options);

/// The decisions as they are recalled where numbers have moved; one entry for each fault.
std::vector<sim::Recall> recall_of(const Plan& plan, const std::vector<NamedDecision>& decisions);

/// How a fault is called among the others: its kind, and which one where it has twins.
std::string fault_title(const sim::Schedule& schedule, std::size_t fault);

}  // namespace stormglass::scenarios
