// The checkout world on one core: simulated to real time, events and checkouts a CPU second.
// 1 broker, 5 services, 20 checkouts at 5 a second of virtual time, 1 ms links, 1 % loss, trace
// hash on, stand-in signatures; construction and checks are counted in.
#include <cstdio>
#include <string>

#include "scenarios/program/inputs.hpp"
#include "scenarios/runs/run.hpp"
#include "tests/bench/rows.hpp"

#include <sys/resource.h>

namespace {

constexpr std::uint64_t kSeeds = 300;

constexpr std::string_view kWorld = R"(format: 1
name: checkout-world
summary: The world on which speed is stated
claims: []
guarantee: exactly-once-effect
topology:
  bus: {engine: embedded, sync: synced}
  services: [orders, stock, payments, shipping, dashboard]
  latency: 1ms
workload: {saga: checkout, count: 20, every: 200ms}
faults:
  - {fault: loss, target: {link: ["*", "*"]}, with: {probability: 0.01}}
quiesce: 30s
check:
  always: [step-once, exactly-once-effect, order-per-key]
  eventually: [termination, outcome-equals-ledger, lost-write, dead-letter-conservation]
gate: {seeds: 3500, max-failure-probability: 0.001}
signing: stand-in
)";

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace stormglass::scenarios;
    Problems problems("checkout-world");
    auto scenario = read_scenario(kWorld, make_names({}), problems);
    if (!scenario) {
        std::fputs(problems.text().c_str(), stderr);
        return 1;
    }
    auto plan = make_plan(std::move(*scenario));
    if (!plan) {
        std::fputs(plan.error().text.c_str(), stderr);
        return 1;
    }
    double virtual_seconds = 0;
    std::uint64_t events = 0;
    std::uint64_t checkouts = 0;
    std::uint64_t failing = 0;
    const double before = cpu_seconds();
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        RunOptions options;
        options.seed = seed;
        const RunResult result = run_once(*plan, options);
        virtual_seconds += static_cast<double>(result.virtual_ns) / 1e9;
        events += result.events;
        checkouts += result.completed + result.compensated;
        failing += result.failed() ? 1 : 0;
    }
    const double cpu = cpu_seconds() - before;
    using stormglass::bench::Better;
    stormglass::bench::Rows rows;
    const auto rate = [&](const char* name, double count, const char* unit, double bar) {
        rows.add(
            {std::string("checkout world, ") + name, count / cpu, unit, Better::more, {}, bar});
    };
    rate("simulated to real", virtual_seconds, ": 1", 400);
    rate("events", static_cast<double>(events), "1/cpu s", 0);
    rate("checkouts", static_cast<double>(checkouts), "1/cpu s", 0);
    rate("runs", static_cast<double>(kSeeds), "1/cpu s", 0);
    rows.write(argc > 1 ? argv[1] : "");
    std::printf("%llu of %llu runs fail\n",
                static_cast<unsigned long long>(failing),
                static_cast<unsigned long long>(kSeeds));
    return failing == 0 && rows.good() ? 0 : 1;
}
