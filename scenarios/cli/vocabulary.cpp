// The tables, and the readers of values: each says what it wants and what it got.
#include "scenarios/cli/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/check.hpp"
#include "scenarios/files/quantity.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kSeedsMax = 100'000'000;
constexpr std::int64_t kJobsMax = 1'024;
constexpr std::size_t kSeedDigitsMax = 16;

constexpr std::array<VerbInfo, 11> kVerbs = {{
    {Verb::run,
     "run",
     "[SCENARIO...]",
     "try scenarios on many seeds; no claims, no decision",
     "stormglass run coordinator-crash --seeds 10000"},
    {Verb::gate,
     "gate",
     "",
     "decide each claim on fixed seeds, for continuous integration",
     "stormglass gate --claims scenarios/claims/ADR-OS-024.claims.yaml --junit out/junit.xml"},
    {Verb::review,
     "review",
     "",
     "gate over the whole document, with planted defects and the page",
     "stormglass review --document ADR-OS-024.md --tick out/ADR-OS-024.md"},
    {Verb::report,
     "report",
     "RESULTS.json",
     "write the page and its kin again, from what a run has written",
     "stormglass report out/latest/results.json --html page.html"},
    {Verb::list,
     "list",
     "scenarios|faults|checks|probes|defects|claims [PATTERN]",
     "print what there is",
     "stormglass list faults partition"},
    {Verb::check,
     "check",
     "HISTORY...",
     "judge recorded histories: valid, invalid with the smallest witness, or unknown",
     "stormglass check etcd_002.log --model 'cas-register(nil)'"},
    {Verb::version, "version", "", "print the version", "stormglass version --json"},
    {Verb::help,
     "help",
     "[COMMAND|TOPIC]",
     "print help; topics: exit-codes, scenario, claims, models",
     "stormglass help exit-codes"},
    {Verb::exports,
     "export",
     "SCENARIO",
     "write the traces of one run for other tools",
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

constexpr std::array<std::string_view, 19> kLaterVerbs = {"why",
                                                          "diff",
                                                          "doctor",
                                                          "serve",
                                                          "live",
                                                          "sweep",
                                                          "pub",
                                                          "sub",
                                                          "top",
                                                          "topic",
                                                          "group",
                                                          "dead",
                                                          "journal",
                                                          "saga",
                                                          "trace",
                                                          "key",
                                                          "registry",
                                                          "schema",
                                                          "completion"};

constexpr std::array<std::string_view, 6> kListings = {
    "scenarios", "faults", "checks", "probes", "defects", "claims"};
constexpr std::array<std::string_view, 3> kColors = {"auto", "always", "never"};

constexpr unsigned kRunning = verb_bit(Verb::run) | verb_bit(Verb::gate) | verb_bit(Verb::review);
constexpr unsigned kJudging = verb_bit(Verb::gate) | verb_bit(Verb::review);
constexpr unsigned kExporting = verb_bit(Verb::exports);
constexpr unsigned kWriting = kRunning | verb_bit(Verb::report);
constexpr unsigned kReplay = verb_bit(Verb::replay);
constexpr unsigned kHistories = kReplay | verb_bit(Verb::keep);
constexpr unsigned kAll = kWriting | kExporting | kHistories | verb_bit(Verb::list) |
                          verb_bit(Verb::check) | verb_bit(Verb::version);

Complaint whole(const std::string& value, std::int64_t low, std::int64_t high, std::int64_t& out) {
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stop != end || number < low || number > high) {
        return "wants a whole number from " + std::to_string(low) + " to " + std::to_string(high) +
               ", got " + in_quotes(value);
    }
    out = number;
    return std::nullopt;
}

Complaint fraction(const std::string& value, std::optional<double>& out) {
    const Result<double> share = read_fraction(value, "it");
    if (!share) {
        return "wants a number between 0 and 1 such as 0.001, got " + in_quotes(value);
    }
    out = *share;
    return std::nullopt;
}

Complaint path(const std::string& value, std::string& out) {
    if (value.empty() || value.find('\0') != std::string::npos) {
        return "wants a file name, got " + in_quotes(value);
    }
    out = value;
    return std::nullopt;
}

/// Splits "a,b" and judges each word when the known ones are at hand.
Complaint words(const std::string& value,
                std::string_view what,
                const std::vector<std::string>* known,
                std::vector<std::string>& out) {
    std::size_t at = 0;
    while (at <= value.size()) {
        const std::size_t end = std::min(value.find(',', at), value.size());
        const std::string word = value.substr(at, end - at);
        if (word.empty()) {
            return "wants names with commas between them, got " + in_quotes(value);
        }
        if (known != nullptr && !contains(*known, word)) {
            return "no " + std::string(what) + " " + in_quotes(word) + did_you_mean(word, *known);
        }
        if (!contains(out, word)) {
            out.push_back(word);
        }
        at = end + 1;
    }
    return std::nullopt;
}

Complaint apply_seed(const std::string& value, const Names&, Options& out) {
    std::uint64_t seed = 0;
    const bool prefixed = value.starts_with("0x") && value.size() > 2;
    const char* end = value.data() + value.size();
    const auto [stop, error] =
        std::from_chars(value.data() + (prefixed ? 2 : 0), end, seed, prefixed ? 16 : 10);
    const bool number = error == std::errc{} && stop == end;
    if (prefixed && number && value.size() <= 2 + kSeedDigitsMax) {
        out.seed = seed;
        return std::nullopt;
    }
    std::string hint;
    if (!prefixed && number) {
        hint = "; did you mean '--seeds " + printable(value) + "'?";
    }
    return "wants 0x and up to 16 hex digits, got " + in_quotes(value) + hint;
}

Complaint apply_twins(const std::string& value, const Names&, Options& out) {
    if (value == "all") {
        out.all_twins = true;
        return std::nullopt;
    }
    std::int64_t count = 0;
    Complaint complaint = whole(value, 0, kSeedsMax, count);
    if (complaint.has_value()) {
        return "wants a whole number or 'all', got " + in_quotes(value);
    }
    out.twins = count;
    return std::nullopt;
}

Complaint apply_color(const std::string& value, const Names&, Options& out) {
    const auto found = std::find(kColors.begin(), kColors.end(), value);
    if (found == kColors.end()) {
        return "wants auto, always or never, got " + in_quotes(value) +
               did_you_mean(value, {kColors.begin(), kColors.end()});
    }
    out.color = static_cast<ColorWish>(found - kColors.begin());
    return std::nullopt;
}

Complaint apply_allowed(const std::string& value, const Names& names, Options& out) {
    const std::vector<std::string>* known = names.claims.has_value() ? &*names.claims : nullptr;
    return words(value, "claim", known, out.allow_inconclusive);
}

Complaint apply_budget(const std::string& value, const Names&, Options& out) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    constexpr std::int64_t kWeek = 7 * 24 * 3600 * std::int64_t{1'000} * kMillisecond;
    const Result<std::int64_t> budget =
        read_quantity(value, {"it", ValueKind::duration, kMillisecond, kWeek});
    if (!budget) {
        return "wants a time from 1ms on such as 60s, got " + in_quotes(value);
    }
    out.budget_ms = *budget / kMillisecond;
    return std::nullopt;
}

Complaint apply_shrink_budget(const std::string& value, const Names&, Options& out) {
    const QuantityRule rule{"it", ValueKind::duration, 0, 86'400'000'000'000};
    const auto budget = read_quantity(value, rule);
    if (!budget) {
        return "wants a duration such as 30s, got " + in_quotes(value);
    }
    out.shrink_budget = nanoseconds(*budget);
    return std::nullopt;
}

constexpr std::array<FlagInfo, 41> kFlags = {{
    {"--seeds",
     "N",
     "runs per scenario (default: as the scenario says)",
     kRunning,
     [](const std::string& value, const Names&, Options& out) {
         return whole(value, 1, kSeedsMax, out.seeds.emplace());
     }},
    {"--seed", "0xHEX", "exactly this one run", verb_bit(Verb::run) | kExporting, apply_seed},
    {"--jobs",
     "N",
     "processes at work (default: one per core)",
     kRunning | verb_bit(Verb::check),
     [](const std::string& value, const Names&, Options& out) {
         std::int64_t jobs = 0;
         Complaint complaint = whole(value, 1, kJobsMax, jobs);
         out.jobs = static_cast<int>(jobs);
         return complaint;
     }},
    {"--twins", "N|all", "runs repeated in a second process (default: 100)", kRunning, apply_twins},
    {"--fail-fast",
     "",
     "stop at the first failing run",
     verb_bit(Verb::run),
     [](const std::string&, const Names&, Options& out) {
         out.fail_fast = true;
         return Complaint{};
     }},
    {"--only",
     "CHECK,...",
     "judge by these checks alone",
     verb_bit(Verb::run),
     [](const std::string& value, const Names& names, Options& out) {
         const std::vector<std::string> known = names_of(names.checks);
         return words(value, "check", &known, out.only);
     }},
    {"--dry-run",
     "",
     "read all files, print the plan, run nothing",
     verb_bit(Verb::run),
     [](const std::string&, const Names&, Options& out) {
         out.dry_run = true;
         return Complaint{};
     }},
    {"--shrink-budget",
     "TIME",
     "how long to look for smaller failing runs (default: 30s)",
     kRunning,
     apply_shrink_budget},
    {"--regressions",
     "DIR",
     "kept failures, replayed first (default: tests/regressions)",
     kRunning | verb_bit(Verb::keep),
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.regressions);
     }},
    {"--scenario",
     "NAME|FILE",
     "instead of the scenario that the history names",
     kHistories,
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
         return whole(value, 1, kSeedsMax, out.issue.emplace());
     }},
    {"--claims",
     "FILE",
     "claims file (default: that of ADR-OS-024)",
     kJudging | verb_bit(Verb::list),
     [](const std::string& value, const Names&, Options& out) { return path(value, out.claims); }},
    {"--document",
     "FILE",
     "the document under review, to verify its lines",
     verb_bit(Verb::review),
     [](const std::string& value, const Names&, Options& out) {
         return path(value, out.document);
     }},
    {"--tick",
     "COPY",
     "write the document with the boxes of supported lines ticked",
     verb_bit(Verb::review),
     [](const std::string& value, const Names&, Options& out) { return path(value, out.tick); }},
    {"--target",
     "P",
     "largest failure probability that counts as supported",
     kJudging,
     [](const std::string& value, const Names&, Options& out) {
         return fraction(value, out.target);
     }},
    {"--confidence",
     "C",
     "one-sided confidence of every bound",
     kJudging,
     [](const std::string& value, const Names&, Options& out) {
         return fraction(value, out.confidence);
     }},
    {"--allow-inconclusive",
     "ID,...",
     "claims whose inconclusive result is accepted",
     kJudging,
     apply_allowed},
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
    {"--out",
     "DIR",
     "where results go (default: out)",
     kRunning | verb_bit(Verb::check),
     [](const std::string& value, const Names&, Options& out) { return path(value, out.out); }},
    {"--html",
     "FILE",
     "write the page",
     kWriting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.html); }},
    {"--md",
     "FILE",
     "write the report as Markdown",
     kWriting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.md); }},
    {"--junit",
     "FILE",
     "write JUnit XML",
     kWriting,
     [](const std::string& value, const Names&, Options& out) { return path(value, out.junit); }},
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
    {"--json",
     "",
     "print one JSON document on stdout",
     kAll,
     [](const std::string&, const Names&, Options& out) {
         out.json = true;
         return Complaint{};
     }},
    {"--quiet",
     "",
     "print the result alone",
     kWriting | kExporting | verb_bit(Verb::check),
     [](const std::string&, const Names&, Options& out) {
         out.quiet = true;
         return Complaint{};
     }},
    {"--no-progress",
     "",
     "print no progress",
     kRunning,
     [](const std::string&, const Names&, Options& out) {
         out.progress = false;
         return Complaint{};
     }},
    {"--color", "WHEN", "auto, always or never", kAll, apply_color},
    {"--help",
     "",
     "print this help",
     kAll,
     [](const std::string&, const Names&, Options&) { return Complaint{}; }},
    {"--defect",
     "NAME",
     "run with this planted defect",
     kRunning | kExporting | kHistories,
     [](const std::string& value, const Names& names, Options& out) {
         const std::vector<std::string> known = names_of(names.defects);
         if (!contains(known, value)) {
             return Complaint("no defect " + in_quotes(value) + did_you_mean(value, known));
         }
         out.defect = value;
         return Complaint{};
     }},
}};

bool has_flag(const FlagInfo& flag, Verb verb, Defects defects) {
    const bool planted = flag.name == "--defect";
    return (flag.verb_set & verb_bit(verb)) != 0 && (!planted || defects == Defects::compiled_in);
}

}  // namespace

std::span<const VerbInfo> verbs() {
    return kVerbs;
}

const VerbInfo& verb_info(Verb verb) {
    const auto index = static_cast<std::size_t>(verb);
    CHECK(kVerbs[index].verb == verb);
    return kVerbs[index];
}

std::span<const std::string_view> later_verbs() {
    return kLaterVerbs;
}

std::span<const FlagInfo> flags() {
    return kFlags;
}

const FlagInfo* find_flag(std::string_view name, Verb verb, Defects defects) {
    for (const FlagInfo& flag : kFlags) {
        if (flag.name == name && has_flag(flag, verb, defects)) {
            return &flag;
        }
    }
    return nullptr;
}

std::vector<std::string> flag_names(Verb verb, Defects defects) {
    std::vector<std::string> result;
    for (const FlagInfo& flag : kFlags) {
        if (has_flag(flag, verb, defects)) {
            result.emplace_back(flag.name);
        }
    }
    return result;
}

std::span<const std::string_view> listings() {
    return kListings;
}

}  // namespace stormglass::scenarios
