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

constexpr std::array<VerbInfo, 7> kVerbs = {{
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
    {Verb::version, "version", "", "print the version", "stormglass version --json"},
    {Verb::help,
     "help",
     "[COMMAND|TOPIC]",
     "print help on a command or a topic",
     "stormglass help exit-codes"},
}};

constexpr std::array<std::string_view, 7> kLaterVerbs = {
    "why", "diff", "doctor", "live", "sweep", "top", "registry"};

constexpr std::array<std::string_view, 6> kListings = {
    "scenarios", "faults", "checks", "probes", "defects", "claims"};
constexpr std::array<std::string_view, 3> kColors = {"auto", "always", "never"};

constexpr VerbSet kRunning = verb_bit(Verb::run) | verb_bit(Verb::gate) | verb_bit(Verb::review);
constexpr VerbSet kJudging = verb_bit(Verb::gate) | verb_bit(Verb::review);
constexpr VerbSet kWriting = kRunning | verb_bit(Verb::report);
constexpr VerbSet kPrinting =
    kHistories | kExporting | verb_bit(Verb::check) | verb_bit(Verb::report) |
    verb_bit(Verb::list) | verb_bit(Verb::version) | verb_bit(Verb::journal) |
    verb_bit(Verb::topic) | verb_bit(Verb::group) | verb_bit(Verb::dead) | verb_bit(Verb::saga) |
    verb_bit(Verb::trace) | verb_bit(Verb::pub) | verb_bit(Verb::sub) | verb_bit(Verb::key);
constexpr VerbSet kPlain =
    verb_bit(Verb::schema) | verb_bit(Verb::completion) | verb_bit(Verb::serve);

Complaint fraction(const std::string& value, std::optional<double>& out) {
    const Result<double> share = read_fraction(value, "it");
    if (!share) {
        return "wants a number between 0 and 1 such as 0.001, got " + in_quotes(value);
    }
    out = *share;
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

Complaint apply_shrink_budget(const std::string& value, const Names&, Options& out) {
    const QuantityRule rule{"it", ValueKind::duration, 0, 86'400'000'000'000};
    const auto budget = read_quantity(value, rule);
    if (!budget) {
        return "wants a duration such as 30s, got " + in_quotes(value);
    }
    out.shrink_budget = nanoseconds(*budget);
    return std::nullopt;
}

constexpr std::array<FlagInfo, 25> kFlags = {{
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
    {"--json",
     "",
     "print JSON on stdout",
     kRunning | kPrinting,
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
    {"--color", "WHEN", "auto, always or never", kRunning | kPrinting, apply_color},
    {"--help",
     "",
     "print this help",
     kRunning | kPrinting | kPlain,
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

/// Three tables as one.
template <class T>
std::vector<T> joined(std::span<const T> first,
                      std::span<const T> second,
                      std::span<const T> third) {
    std::vector<T> all(first.begin(), first.end());
    all.insert(all.end(), second.begin(), second.end());
    all.insert(all.end(), third.begin(), third.end());
    return all;
}

}  // namespace

Complaint path(const std::string& value, std::string& out) {
    if (value.empty() || value.find('\0') != std::string::npos) {
        return "wants a file name, got " + in_quotes(value);
    }
    out = value;
    return std::nullopt;
}

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

std::span<const VerbInfo> verbs() {
    static const std::vector<VerbInfo> all =
        joined<VerbInfo>(kVerbs, history_verbs(), operating_verbs());
    return all;
}

const VerbInfo& verb_info(Verb verb) {
    for (const VerbInfo& info : verbs()) {
        if (info.verb == verb) {
            return info;
        }
    }
    CHECK(false);
}

std::span<const std::string_view> later_verbs() {
    return kLaterVerbs;
}

std::span<const FlagInfo> flags() {
    static const std::vector<FlagInfo> all =
        joined<FlagInfo>(kFlags, history_flags(), operating_flags());
    return all;
}

const FlagInfo* find_flag(std::string_view name, Verb verb, Defects defects) {
    for (const FlagInfo& flag : flags()) {
        if (flag.name == name && has_flag(flag, verb, defects)) {
            return &flag;
        }
    }
    return nullptr;
}

std::vector<std::string> flag_names(Verb verb, Defects defects) {
    std::vector<std::string> result;
    for (const FlagInfo& flag : flags()) {
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
