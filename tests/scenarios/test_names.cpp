// The scenarios, the checks and the defects of this release; probes are notes of bus and saga.
#include "tests/scenarios/test_names.hpp"

#include <fstream>
#include <iterator>

#include "runtime/check.hpp"
#include "scenarios/files/claims.hpp"

namespace stormglass::tests {

namespace {

std::vector<scenarios::NamedThing> things(std::initializer_list<const char*> names) {
    std::vector<scenarios::NamedThing> result;
    for (const char* name : names) {
        result.push_back({name, "for tests"});
    }
    return result;
}

std::vector<scenarios::NamedThing> check_names() {
    return things({"lost-write",          "exactly-once-effect",
                   "order-per-key",       "step-once",
                   "compensation-once",   "no-step-after-undo",
                   "reverse-order",       "parallel-join",
                   "termination",         "decision-durable",
                   "single-coordinator",  "outcome-equals-ledger",
                   "replay-rejected",     "binding",
                   "detection",           "dead-letter-conservation",
                   "convergence",         "rebuild-equals-incremental",
                   "apply-once-in-order", "read-your-writes",
                   "consistent-prefix",   "bounded-staleness",
                   "no-invention",        "legitimate-replay",
                   "trace-complete",      "trace-causal",
                   "trace-isolation",     "bus-available"});
}

scenarios::Names make_names() {
    scenarios::Names names;
    names.faults = scenarios::fault_rules();
    names.checks = check_names();
    names.probes = things({"saga.completed",
                           "saga.compensated",
                           "saga.took-over",
                           "bus.duplicate-answered",
                           "bus.recovered",
                           "bus.member-lapsed",
                           "bus.group-reassigned",
                           "bus.replay-refused",
                           "bus.forgery-refused",
                           "bus.dead-letter",
                           "projection.read-waits",
                           "projection.rebuilt",
                           "projection.lag-noticed",
                           "bus.redelivered",
                           // of the examples in these tests
                           "saga.decided",
                           "saga.finished",
                           "bus.dead"});
    names.scenarios = things({"calm",
                              "lossy-network",
                              "partition-during-checkout",
                              "one-way-payments",
                              "coordinator-crash",
                              "broker-crash",
                              "replay-attack",
                              "forged-events",
                              "poisoned-message",
                              "projection-crash",
                              "projection-rebuild",
                              "projection-lag",
                              "tracing-through-faults",
                              "github-2018-10-21"});
    names.defects = things({"ack-before-persist",
                            "no-inbox-dedupe",
                            "skip-one-compensation",
                            "compensate-forward",
                            "intervals-before-signature",
                            "delivery-forgotten",
                            "dead-letter-apart",
                            "late-do-after-undo",
                            "two-coordinators",
                            "key-overtaken",
                            "copy-burns-sequence",
                            "signature-unchecked",
                            "stop-at-unreadable",
                            "snapshot-omits-table",
                            "state-without-position",
                            "read-before-token",
                            "table-by-table",
                            "batch-waits-for-size",
                            "deletion-not-stored",
                            "rebuild-fires-effects",
                            "letter-leaves-trace",
                            "retry-reuses-span",
                            "undo-leaves-trace"});
    names.roles = things({"broker", "coordinator", "participant", "consumer"});
    names.sagas = things({"checkout"});
    names.steps = things({"reserve", "charge", "label", "confirm"});
    names.topics = things({"checkout.journal", "payments.commands"});
    return names;
}

}  // namespace

const scenarios::Names& test_names() {
    static const scenarios::Names names = make_names();
    return names;
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string problems_of_scenario(std::string_view text) {
    scenarios::Problems problems("bad.yaml");
    const auto scenario = scenarios::read_scenario(text, test_names(), problems);
    CHECK(scenario.has_value() == problems.empty());
    return problems.empty() ? "" : problems.text();
}

std::string problems_of_claims(std::string_view text) {
    scenarios::Problems problems("bad.yaml");
    const auto claims = scenarios::read_claims(text, test_names(), problems);
    CHECK(claims.has_value() == problems.empty());
    return problems.empty() ? "" : problems.text();
}

std::string good_scenario() {
    return "format: 1\n"                                                                       // 1
           "name: sample\n"                                                                    // 2
           "summary: A sample\n"                                                               // 3
           "claims: [A4]\n"                                                                    // 4
           "guarantee: exactly-once-effect\n"                                                  // 5
           "topology:\n"                                                                       // 6
           "  bus: {engine: embedded, sync: synced}\n"                                         // 7
           "  services: [orders, payments]\n"                                                  // 8
           "  latency: [1ms, 20ms]\n"                                                          // 9
           "workload: {saga: checkout, count: 10, every: 200ms}\n"                             // 10
           "faults:\n"                                                                         // 11
           "  - fault: crash-at\n"                                                             // 12
           "    target: {role: coordinator}\n"                                                 // 13
           "    with: {site: saga.decision-acknowledged, downtime: [1ms, 5s]}\n"               // 14
           "    when: {nth: [2]}\n"                                                            // 15
           "  - {fault: loss, target: {link: [orders, broker]}, with: {probability: 0.05}}\n"  // 16
           "quiesce: 30s\n"                                                                    // 17
           "check:\n"                                                                          // 18
           "  always: [step-once, lost-write]\n"                                               // 19
           "  eventually: [termination]\n"                                                     // 20
           "  sometimes: [saga.finished]\n"                                                    // 21
           "gate: {seeds: 3500, max-failure-probability: 0.001}\n";                            // 22
}

std::string with(std::string text, std::string_view before, std::string_view after) {
    const std::size_t at = text.find(before);
    CHECK(at != std::string::npos);
    return text.replace(at, before.size(), after);
}

}  // namespace stormglass::tests
