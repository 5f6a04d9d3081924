// Checks that need no search: queues, sets, counters, conserved totals, long forks, reversed
// causality, unique ids. One pass or a sort each.
#pragma once

#include <optional>

#include "sim/checks/judgement.hpp"
#include "sim/checks/recording.hpp"

namespace stormglass::sim::checks {

struct SimpleInput {
    const Recording& recording;
    const std::vector<Operation>& operations;

    OpType outcome(std::uint32_t i) const { return outcome_of(recording, operations[i]); }

    OpFunction function(std::uint32_t i) const { return recording.function(operations[i].invoke); }

    Value asked(std::uint32_t i) const { return recording.value(operations[i].invoke); }

    /// Of an operation that ended.
    Value told(std::uint32_t i) const { return recording.value(operations[i].complete); }

    /// What it worked on: as asked, or as told when nothing was asked.
    Value argument(std::uint32_t i) const {
        const bool late = asked(i).is_nil() && outcome(i) == OpType::ok;
        return late ? told(i) : asked(i);
    }

    Error refusal(std::uint32_t i, const std::string& text) const;
    std::string who(std::uint32_t i) const;
};

struct QueueOptions {
    std::optional<std::uint64_t> visibility_ns;  // Q8: how long a delivery hides a message
};

Result<Checked> check_queue(const SimpleInput& in, const QueueOptions& options);  // Q1-Q4, Q6, Q8
Result<Checked> check_set(const SimpleInput& in);                                 // Z1, Z2
Result<Checked> check_counter(const SimpleInput& in);                             // N1

struct BankOptions {
    std::optional<std::int64_t> total;  // that of the first read, when not given
    bool negative_allowed = true;
};

Result<Checked> check_bank(const SimpleInput& in, const BankOptions& options);  // K1
Result<Checked> check_long_fork(const SimpleInput& in);                         // K2
Result<Checked> check_causal_reverse(const SimpleInput& in);                    // K3
Result<Checked> check_unique_ids(const SimpleInput& in);                        // Q9

}  // namespace stormglass::sim::checks
