// Every wrong value, name and combination of a scenario file, with the place and sentence it gets.
#include <gtest/gtest.h>

#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

using tests::good_scenario;
using tests::problems_of_scenario;
using tests::with;

TEST(ScenarioFile, six_mistakes_are_named_in_one_go) {
    const std::string bad =
        "format: 1\n"
        "name: sample\n"
        "summary: A sample\n"
        "claims: [A4]\n"
        "guarantee: exactly-once-effect\n"
        "topology:\n"
        "  bus: {engine: embedded}\n"
        "  services: [orders, payments, shipping]\n"
        "  latency: [1ms, 20ms]\n"
        "workload: {saga: checkout, count: 50, every: 200ms}\n"
        "faults:\n"
        "  - fault: crash-at\n"
        "    target: {role: coordinator}\n"
        "    with: {site: x,\n"
        "                       down-time: 1s}\n"
        "  - fault: loss\n"
        "    target: {link: [\"*\", \"*\"]}  ;\n"
        "    \n"
        "quiesce: 30\n"
        "check:\n"
        "  always: [outcome-equal-ledger]\n"
        "gate:\n"
        "  max-failure-probability: 0.001\n"
        "  \n"
        "check: {}\n";
    std::string text = with(bad,
                            "    target: {link: [\"*\", \"*\"]}  ;\n    \n",
                            "    target: {link: [\"*\", \"*\"]}\n"
                            "    with: {probability: 5}\n");
    text = with(text,
                "  max-failure-probability: 0.001\n  \n",
                "  max-failure-probability: 0.001\n  seedz: 10000\n");
    EXPECT_EQ(problems_of_scenario(text),
              "bad.yaml:15:24: unknown key 'down-time' in fault 'crash-at'; did you mean "
              "'downtime'?\n"
              "bad.yaml:18:25: probability must be between 0 and 1, got 5 (5 % is 0.05)\n"
              "bad.yaml:19:10: quiesce needs a unit, got 30 (write 30s)\n"
              "bad.yaml:21:12: no check 'outcome-equal-ledger'; did you mean "
              "'outcome-equals-ledger'?\n"
              "bad.yaml:24:3: unknown key 'seedz' in 'gate'; did you mean 'seeds'?\n"
              "bad.yaml:25:1: key 'check' appears twice; first at line 20\n"
              "6 problems in bad.yaml\n");
}

struct BadScenario {
    const char* what;
    const char* before;
    const char* after;
    const char* says;
};

class BadScenarios : public testing::TestWithParam<BadScenario> {};

TEST_P(BadScenarios, is_refused_with_place_and_sentence) {
    const BadScenario& row = GetParam();
    const std::string text = problems_of_scenario(with(good_scenario(), row.before, row.after));
    EXPECT_EQ(text, std::string("bad.yaml:") + row.says + "\n1 problem in bad.yaml\n");
}

constexpr BadScenario kBadScenarios[] = {
    {"newer_format",
     "format: 1",
     "format: 2",
     "1:9: format 2 is not known to this program; it reads format 1"},
    {"no_name", "name: sample\n", "", "1:1: key 'name' is missing"},
    {"wrong_name",
     "name: sample",
     "name: Sample 1",
     "2:7: name takes small letters, digits and hyphens, got Sample 1"},
    {"unknown_top_key",
     "quiesce:",
     "quiece:",
     "17:1: unknown key 'quiece'; did you mean 'quiesce'?"},
    {"guarantee",
     "guarantee: exactly-once-effect",
     "guarantee: exactly-once",
     "5:12: guarantee must be at-most-once, at-least-once, exactly-once-effect or "
     "ordered-per-key, got exactly-once"},
    {"engine",
     "engine: embedded",
     "engine: embeded",
     "7:17: engine must be embedded, got embeded; did you mean 'embedded'?"},
    {"bare_latency", "[1ms, 20ms]", "[1, 20ms]", "9:13: latency needs a unit, got 1 (write 1s)"},
    {"backward_range",
     "[1ms, 20ms]",
     "[20ms, 1ms]",
     "9:12: latency: the range starts above its end: 20ms, 1ms"},
    {"three_in_a_range",
     "[1ms, 20ms]",
     "[1ms, 2ms, 3ms]",
     "9:12: latency is a value or a range of two, got 3"},
    {"saga",
     "saga: checkout",
     "saga: chekout",
     "10:18: no saga 'chekout'; did you mean 'checkout'?"},
    {"count_zero", "count: 10", "count: 0", "10:35: count must be between 1 and 100000, got 0"},
    {"fault_name",
     "fault: crash-at",
     "fault: crash-att",
     "12:12: no fault 'crash-att'; did you mean 'crash-at'?"},
    {"fault_parameter",
     "downtime: [1ms, 5s]",
     "down-time: [1ms, 5s]",
     "14:46: unknown key 'down-time' in fault 'crash-at'; did you mean 'downtime'?"},
    {"fault_key",
     "    when: {nth: [2]}",
     "    wen: {nth: [2]}",
     "15:5: unknown key 'wen' in fault 'crash-at'; did you mean 'when'?"},
    {"trigger_key",
     "{nth: [2]}",
     "{nht: [2]}",
     "15:12: unknown key 'nht' in 'when'; did you mean 'nth'?"},
    {"misspelt_required_parameter",
     "site: saga",
     "sit: saga",
     "14:12: unknown key 'sit' in fault 'crash-at'; did you mean 'site' or 'side'?"},
    {"missing_parameter",
     "{site: saga.decision-acknowledged, downtime: [1ms, 5s]}",
     "{downtime: 1s}",
     "14:11: fault 'crash-at' needs 'site'"},
    {"role",
     "role: coordinator",
     "role: cordinator",
     "13:20: no role 'cordinator'; did you mean 'coordinator'?"},
    {"wrong_target",
     "target: {role: coordinator}",
     "target: {topic: payments.commands}",
     "13:13: fault 'crash-at' takes node or role, got topic"},
    {"no_target",
     "    target: {role: coordinator}\n",
     "",
     "12:5: fault 'crash-at' takes node or role, got none"},
    {"two_targets",
     "{role: coordinator}",
     "{role: coordinator, node: orders}",
     "13:13: fault 'crash-at' takes node or role, one of them, got 2"},
    {"node",
     "{role: coordinator}",
     "{node: oders}",
     "13:20: no node 'oders' in this topology; did you mean 'orders'?"},
    {"percent",
     "probability: 0.05",
     "probability: 5",
     "16:73: probability must be between 0 and 1, got 5 (5 % is 0.05)"},
    {"above_the_kinds_bound",
     "probability: 0.05",
     "probability: 0.5",
     "16:73: probability must be between 0 and 0.3, got 0.5"},
    {"negative",
     "probability: 0.05",
     "probability: -0.05",
     "16:73: probability must be between 0 and 1, got -0.05"},
    {"silent_link",
     "link: [orders, broker]",
     "link: [payments, orders]",
     "16:34: link 'payments->orders' carries no message in this topology: services talk to the "
     "broker only"},
    {"one_end",
     "link: [orders, broker]",
     "link: [orders]",
     "16:34: link has two ends, [from, to], got 1"},
    {"nth_falls", "nth: [2]", "nth: [2, 2]", "15:21: nth must rise, got 2 after 2"},
    {"nth_zero", "nth: [2]", "nth: [0]", "15:18: nth must be between 1 and 1000000, got 0"},
    {"probe",
     "{nth: [2]}",
     "{reached: saga.finishd}",
     "15:21: no probe 'saga.finishd'; did you mean 'saga.finished'?"},
    {"delay_alone",
     "{nth: [2]}",
     "{delay: 1s}",
     "15:11: 'delay' counts from 'reached', which is missing"},
    {"after_and_reached",
     "{nth: [2]}",
     "{after: 1s, reached: saga.decided}",
     "15:11: 'after' and 'reached' exclude each other; use 'delay'"},
    {"long_window",
     "{nth: [2]}",
     "{after: 1s, for: 10min}",
     "15:28: the window of 10min is longer than the run (32s)"},
    {"late_window",
     "{nth: [2]}",
     "{after: [1s, 20s], for: [1s, 15s]}",
     "15:35: the window may end at 35s, after the end of the run (32s)"},
    {"late_start",
     "{nth: [2]}",
     "{after: 40s}",
     "15:19: the fault starts at 40s, after the end of the run (32s)"},
    {"bare_quiesce",
     "quiesce: 30s",
     "quiesce: 30",
     "17:10: quiesce needs a unit, got 30 (write 30s)"},
    {"check", "step-once,", "step-onse,", "19:12: no check 'step-onse'; did you mean 'step-once'?"},
    {"check_twice",
     "[step-once, lost-write]",
     "[step-once, step-once]",
     "19:23: 'step-once' stands twice in 'always'"},
    {"bound_key",
     "[termination]",
     "[{termination: {witin: 1s}}]",
     "20:31: unknown key 'witin' in 'termination'; did you mean 'within'?"},
    {"nothing_checked",
     "  always: [step-once, lost-write]\n  eventually: [termination]\n",
     "",
     "19:3: a scenario that checks nothing proves nothing; give 'always' or 'eventually'"},
    {"seeds_key",
     "{seeds: 3500,",
     "{seedz: 3500,",
     "22:8: unknown key 'seedz' in 'gate'; did you mean 'seeds'?"},
    {"target_above_one",
     "max-failure-probability: 0.001",
     "max-failure-probability: 1",
     "22:46: max-failure-probability must lie between 0 and 1, got 1"},
    {"unreachable_target",
     "seeds: 3500, max-failure-probability: 0.001",
     "seeds: 10000, max-failure-probability: 0.0001",
     "22:15: 10 000 seeds can show at most 0.030 %, the target is 0.01 %: needs 29 956"},
    {"scalar_for_map",
     "gate: {seeds: 3500, max-failure-probability: 0.001}",
     "gate: 3500",
     "22:7: 'gate' must be a map of keys, got 3500"},
    {"scalar_for_list",
     "services: [orders, payments]",
     "services: orders",
     "8:13: services must be a list, got orders"},
};

INSTANTIATE_TEST_SUITE_P(ScenarioFile,
                         BadScenarios,
                         testing::ValuesIn(kBadScenarios),
                         [](const testing::TestParamInfo<BadScenario>& row) {
                             return std::string(row.param.what);
                         });

TEST(ScenarioFile, more_bad_values_are_refused) {
    struct Row {
        const char* before;
        const char* after;
        const char* says;
    };

    const Row rows[] = {
        {"{saga: checkout,", "{saga: checkout, poison: 11,", "poison must not be above count (10)"},
        {"{saga: checkout,",
         "{saga: checkout, decline: {chargee: 0.1},",
         "unknown key 'chargee' in 'decline'; did you mean 'charge'?"},
        {"{saga: checkout,", "{saga: checkout, decline: {charge: 20},", "(20 % is 0.2)"},
        {"services: [orders, payments]",
         "services: [orders, orders]",
         "there is already a node 'orders'"},
        {"services: [orders, payments]",
         "services: [orders, payments, broker]",
         "there is already a node 'broker'"},
        {"services: [orders, payments]", "services: []", "there must be 1 to 16 services, got 0"},
        {"- {fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}",
         "- {fault: partition-complete, target: {sides: [[broker, orders], [orders]]}}",
         "'orders' stands on both sides of the partition"},
        {"- {fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}",
         "- {fault: partition-complete, target: {sides: [[broker]]}}",
         "sides are two lists of nodes, got 1"},
        {"- {fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}",
         "- {fault: partition-complete, target: {sides: [[broker], []]}}",
         "a side without nodes parts nobody"},
        {"- {fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}",
         "- loss",
         "a fault must be a map of keys, got loss"},
        {"with: {probability: 0.05}", "with: 0.05", "'with' of fault 'loss' must be a map of keys"},
        {", with: {probability: 0.05}", "", "fault 'loss' needs 'probability'"},
        {"probability: 0.05", "probability: 0.05x", "probability must be a number such as 0.05"},
        {"quiesce: 30s", "quiesce: [1s, 2s]", "quiesce must be one value, got a list"},
        {"summary: A sample", "summary:", "summary must be a text, got nothing"},
    };
    for (const Row& row : rows) {
        const std::string text = problems_of_scenario(with(good_scenario(), row.before, row.after));
        EXPECT_NE(text.find(row.says), std::string::npos) << row.after << "\n" << text;
    }
}

}  // namespace stormglass::scenarios
