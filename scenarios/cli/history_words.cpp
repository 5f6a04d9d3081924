// The words of the verbs that look at one run or one history: replay, keep, export, check.
#include <array>

#include "scenarios/cli/vocabulary.hpp"
#include "scenarios/files/quantity.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kIssueMax = 100'000'000;
constexpr VerbSet kReplay = verb_bit(Verb::replay);

constexpr std::array<VerbInfo, 4> kHistoryVerbs = {{
    {Verb::check,
     "check",
     "HISTORY...",
     "judge recorded histories: valid, invalid with the smallest witness, or unknown",
     "stormglass check etcd_002.log --model 'cas-register(nil)'"},
    {Verb::exports,
     "export",
     "[TOKEN|FILE|SCENARIO]",
     "write the traces of a run, or of a live bus, for other tools",
     "stormglass export calm --seed 0x7 --otlp traces.jsonl --perfetto trace.json"},
    {Verb::replay,
     "replay",
     "TOKEN|FILE",
     "repeat one run exactly, and narrate it",
     "stormglass replay tests/regressions/calm-reverse-order.replay --trace"},
    {Verb::keep,
     "keep",
     "TOKEN|FILE",
     "keep a failure: every run and gate replays it first",
     "stormglass keep out/latest/failures/calm-reverse-order.replay --issue 17"},
}};

Complaint apply_budget(const std::string& value, const Names&, Options& out) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    constexpr std::int64_t kWeek = std::int64_t{7} * 24 * 3600 * 1'000 * kMillisecond;
    const Result<std::int64_t> budget =
        read_quantity(value, {"it", ValueKind::duration, kMillisecond, kWeek});
    if (!budget) {
        return "wants a time from 1ms on such as 60s, got " + in_quotes(value);
    }
    out.budget_ms = *budget / kMillisecond;
    return std::nullopt;
}

constexpr std::array<FlagInfo, 16> kHistoryFlags = {{
    {"--scenario",
     "NAME|FILE",
     "instead of the scenario that the history names",
     kHistories | kExporting,
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.scenario);
     }},
    {"--trace",
     "",
     "print the run event by event",
     kReplay,
     [](const std::string&, const Names&, Options& out) {
         out.trace = true;
         return Complaint{};
     }},
    {"--until",
     "EVENT|TIME",
     "print no further than #LINE, a note or a time",
     kReplay,
     [](const std::string& value, const Names&, Options& out) {
         out.trace = true;
         return path(value, out.until);
     }},
    {"--drift",
     "",
     "apply what faults did by name: for code that has changed",
     kReplay,
     [](const std::string&, const Names&, Options& out) {
         out.drift = true;
         return Complaint{};
     }},
    {"--mask",
     "FAULT,...",
     "leave these faults out",
     kReplay,
     [](const std::string& value, const Names&, Options& out) {
         return words(value, "fault", nullptr, out.mask);
     }},
    {"--name",
     "WORDS",
     "what to call it (default: scenario and check)",
     verb_bit(Verb::keep),
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.keep_name);
     }},
    {"--issue",
     "N",
     "the issue that tells of it",
     verb_bit(Verb::keep),
     [](const std::string& value, const Names&, Options& out) {
         return whole(value, 1, kIssueMax, out.issue.emplace());
     }},
    {"--model",
     "M",
     "what the histories are about (default: inferred); `help models`",
     verb_bit(Verb::check),
     [](const std::string& value, const Names&, Options& out) { return path(value, out.model); }},
    {"--guarantee",
     "G",
     "what is promised, and so what refutes (default: the model's)",
     verb_bit(Verb::check),
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.guarantee);
     }},
    {"--budget",
     "TIME",
     "for each history, such as 60s (the default)",
     verb_bit(Verb::check),
     apply_budget},
    {"--explain",
     "",
     "write a page that draws the witness in time, under --out",
     verb_bit(Verb::check),
     [](const std::string&, const Names&, Options& out) {
         out.explain = true;
         return Complaint{};
     }},
    {"--otlp",
     "FILE",
     "write spans as OTLP/JSON, a thousand a line",
     kExporting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.otlp); }},
    {"--perfetto",
     "FILE",
     "write lanes, flows and counters for ui.perfetto.dev",
     kExporting,
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.perfetto);
     }},
    {"--shiviz",
     "FILE",
     "write a log with vector clocks for ShiViz",
     kExporting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.shiviz); }},
    {"--csv",
     "DIR",
     "write events.csv, messages.csv, sagas.csv and faults.csv",
     kExporting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.csv); }},
    {"--check",
     "",
     "read every file back and compare the counts",
     kExporting,
     [](const std::string&, const Names&, Options& out) {
         out.check = true;
         return Complaint{};
     }},
}};

}  // namespace

std::span<const VerbInfo> history_verbs() {
    return kHistoryVerbs;
}

std::span<const FlagInfo> history_flags() {
    return kHistoryFlags;
}

}  // namespace stormglass::scenarios
