// Rule: everything that a checker may find, as one row each: an id that never changes, a name for
// people, what it means, what it needs beyond a history. Checkers report through Findings alone,
// so that a rule that is switched off (tests do that, one at a time) reports nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stormglass::sim::checks {

enum class Rule : std::uint8_t {
    // clang-format off
    b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b16w, b17, b18, b19,
    b20, b21, b22, b23, b24, b25, b26, b27, b28, b29, b30,
    q1, q2, q3, q4, q5, q6, q7, q8, q9, z1, z2, n1, k1, k2, k3,
    l1_register, l1_cas, l1_kv, l1_mutex, l1_set, l2,
    g1a, g1b, internal, future_read, duplicate_elements, garbage, incompatible_order, dirty_update,
    lost_update, cyclic_versions,
    g0, g1c, g_single, g_nonadjacent, g2,
    g0_process, g1c_process, g_single_process, g_nonadjacent_process, g2_process,
    g0_realtime, g1c_realtime, g_single_realtime, g_nonadjacent_realtime, g2_realtime,
    // clang-format on
};

inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::g2_realtime) + 1;

/// What a rule reads: a history says all, a history finds it and a ledger makes it exact, or only a
/// ledger of the simulator can show it.
enum class Needs : std::uint8_t { history, history_and_ledger, ledger };

struct RuleRow {
    Rule rule;
    std::string_view id;
    std::string_view name;
    std::string_view family;
    Needs needs;
    std::string_view meaning;
    std::string_view ledger;  // what the ledger adds; empty for Needs::history
};

std::span<const RuleRow> rules();
const RuleRow& row_of(Rule rule);

/// A tiny history that breaks the rule, with the model and guarantee that refuse it. Empty for
/// rules that need a ledger.
struct RuleExample {
    Rule rule;
    std::string_view model;
    std::string_view guarantee;
    std::string_view history;  // one entry a line: process type f value, see rule_examples.cpp
};

std::span<const RuleExample> rule_examples();

/// Always true in the program. A test replaces this function, and with it one rule at a time.
bool rule_enabled(Rule rule);

struct Finding {
    Rule rule = Rule::b1;
    std::string sentence;
    std::vector<std::uint32_t> operations;  // the witness, as places in the list of operations
    std::uint64_t count = 1;                // how often this rule was broken in all
};

/// The first few findings of each rule, and how many there were.
class Findings {
  public:
    static constexpr std::size_t kKeptPerRule = 4;

    /// Whether a finding of this rule would be kept: its sentence need not be made otherwise.
    bool wants(Rule rule) const;
    void add(Rule rule, std::string sentence, std::vector<std::uint32_t> operations);
    /// Counts one whose sentence was not wanted.
    void count(Rule rule);

    std::uint64_t count_of(Rule rule) const { return counts_[static_cast<std::size_t>(rule)]; }

    bool empty() const { return list_.empty(); }

    /// In the order of rules; the first of each carries the count.
    std::vector<Finding> take();

  private:
    std::vector<Finding> list_;
    std::uint64_t counts_[kRules] = {};
};

}  // namespace stormglass::sim::checks
