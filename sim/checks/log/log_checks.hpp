// The anomalies of a log, B1 to B30 of the catalogue as far as a history alone shows them. Passes
// of O(n) over the indexed history, one for each group of rules, and a graph for the cycles.
#pragma once

#include "sim/checks/budget.hpp"
#include "sim/checks/judgement.hpp"
#include "sim/checks/log/log_history.hpp"

namespace stormglass::sim::checks {

/// What a caller promises beyond the guarantee; a rule without its bound is not judged.
struct LogBounds {
    std::optional<std::uint64_t> lag_ns;        // B18
    std::optional<std::uint64_t> retention_ns;  // B25
    std::optional<std::uint64_t> settle_ns;     // B30
};

struct LogContext {
    const Recording& recording;
    const std::vector<Operation>& operations;
    const LogHistory& history;
    const LogBounds& bounds;
    Checked& out;

    std::string key(std::uint32_t key) const;
    std::string text(std::uint32_t message) const;  // "5 of key 1"
    std::string who(std::uint32_t op) const;        // "process 3 (line 12)"

    std::uint32_t operation(std::uint32_t op) const { return history.ops()[op].operation; }

    void add(Rule rule, const std::string& sentence, std::vector<std::uint32_t> ops) const;
};

void find_version_anomalies(const LogContext& context);                 // B1-B5, B17, B29
void find_poll_anomalies(const LogContext& context);                    // B6-B9, B18
void find_send_anomalies(const LogContext& context);                    // B10-B13, B15
void find_group_anomalies(const LogContext& context);                   // B19-B22, B25, B26
void find_liveness_anomalies(const LogContext& context);                // B30
void find_log_cycles(const LogContext& context, const Budget& budget);  // B14, B16

/// Without the cycles, for benches.
void find_log_anomalies(const LogContext& context);

Result<Checked> check_log(const Recording& recording,
                          const std::vector<Operation>& operations,
                          const LogBounds& bounds,
                          const Budget& budget);

}  // namespace stormglass::sim::checks
