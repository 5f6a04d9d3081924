// The rules that the registry (check.hpp) lists, one function each.
#pragma once

#include "scenarios/checks/check.hpp"

namespace stormglass::scenarios {

// effects of a saga (saga_effects.cpp)
void check_step_once(const RunFacts& facts, CheckResult& result);
void check_compensation_once(const RunFacts& facts, CheckResult& result);
void check_no_step_after_undo(const RunFacts& facts, CheckResult& result);
void check_reverse_order(const RunFacts& facts, CheckResult& result);
void check_outcome_equals_ledger(const RunFacts& facts, CheckResult& result);

// the course of a saga (saga_course.cpp)
void check_parallel_join(const RunFacts& facts, CheckResult& result);
void check_termination(const RunFacts& facts, CheckResult& result);
void check_decision_durable(const RunFacts& facts, CheckResult& result);
void check_single_coordinator(const RunFacts& facts, CheckResult& result);

// the log and its groups (log_checks.cpp)
void check_lost_write(const RunFacts& facts, CheckResult& result);
void check_exactly_once_effect(const RunFacts& facts, CheckResult& result);
void check_order_per_key(const RunFacts& facts, CheckResult& result);
void check_bus_available(const RunFacts& facts, CheckResult& result);
void check_dead_letter_conservation(const RunFacts& facts, CheckResult& result);

// the dashboard's read model (projection_checks.cpp)
void check_convergence(const RunFacts& facts, CheckResult& result);
void check_rebuild_equals_incremental(const RunFacts& facts, CheckResult& result);
void check_apply_once_in_order(const RunFacts& facts, CheckResult& result);
void check_read_your_writes(const RunFacts& facts, CheckResult& result);
void check_consistent_prefix(const RunFacts& facts, CheckResult& result);
void check_bounded_staleness(const RunFacts& facts, CheckResult& result);
void check_no_invention(const RunFacts& facts, CheckResult& result);
void check_legitimate_replay(const RunFacts& facts, CheckResult& result);
// traces (trace_checks.cpp)
void check_trace_complete(const RunFacts& facts, CheckResult& result);
void check_trace_causal(const RunFacts& facts, CheckResult& result);
void check_trace_isolation(const RunFacts& facts, CheckResult& result);

// attacks (attack_checks.cpp)
void check_replay_rejected(const RunFacts& facts, CheckResult& result);
void check_binding(const RunFacts& facts, CheckResult& result);
void check_detection(const RunFacts& facts, CheckResult& result);

}  // namespace stormglass::scenarios
