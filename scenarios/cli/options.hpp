// What the user asked for, as plain values. Parsing needs no process: arguments and registries go
// in, options or a message with an exit code come out. Files are not opened here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/time.hpp"
#include "scenarios/cli/exit_codes.hpp"
#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

enum class Verb {
    run,
    gate,
    review,
    report,
    list,
    check,
    version,
    help,
    exports,
    replay,
    keep,
    journal,
    topic,
    group,
    dead,
    saga,
    trace,
    schema,
    completion,
    serve,
    pub,
    sub,
    key,
};
enum class ColorWish { automatic, always, never };
enum class Listing { scenarios, faults, checks, probes, defects, claims };

/// What the verbs that look at a bus, or at its files, were asked.
struct OperateOptions {
    std::string action;                 // "verify" of `journal verify`; empty where there is none
    std::vector<std::string> operands;  // behind it
    std::string at;                     // URL of a bus
    std::string data;                   // data directory of a server: its files and keys
    std::string source;                 // who speaks
    std::string signing_key;            // file of a key of one's own
    std::string listen;                 // HOST:PORT
    std::vector<std::string> topics;
    bool written = false;  // acknowledge when written, not when synced
    std::string input;     // of `pub`: a file, or "-"
    std::string key;       // partition key
    std::string type;      // of events
    bool whole = false;    // the input is one event, not one a line
    bool once = false;     // end at the topic's head
    std::string group;
    std::string state;                  // of sagas
    std::optional<std::uint64_t> from;  // journal: index of an entry; events: position
    std::optional<std::uint64_t> limit;
};

struct Options {
    Verb verb = Verb::run;

    // What runs. Empty scenarios means all of them; an entry is a name or a path to a file.
    std::vector<std::string> scenarios;
    std::optional<std::int64_t> seeds;  // runs per scenario
    std::optional<std::uint64_t> seed;  // exactly this one run
    int jobs = 0;                       // 0: one per core
    std::optional<std::int64_t> twins;  // repeats in a second process per scenario
    bool all_twins = false;
    bool fail_fast = false;
    std::vector<std::string> only;  // checks
    bool dry_run = false;
    Duration shrink_budget = seconds(30);  // of wall time, for all failures together
    std::string regressions;               // folder of kept failures; empty: the usual one
    std::string defect;                    // planted defect; only where they are compiled in

    // replay, keep
    std::string history;            // a token or a .replay file
    std::string scenario;           // instead of the one that the history names
    bool trace = false;             // narrate it
    std::string until;              // where the narration ends
    bool drift = false;             // apply decisions by name, not by number
    std::vector<std::string> mask;  // faults left out, by kind
    std::string keep_name;
    std::optional<std::int64_t> issue;

    // What is claimed.
    std::string claims;
    std::string document;
    std::string tick;  // where the copy with ticked boxes goes
    std::optional<double> target;
    std::optional<double> confidence;
    std::vector<std::string> allow_inconclusive;  // claim ids

    // What is written.
    std::string out = "out";
    std::string html;
    std::string md;
    std::string junit;
    bool json = false;
    bool quiet = false;
    bool progress = true;
    ColorWish color = ColorWish::automatic;

    // check
    std::vector<std::string> histories;  // paths
    std::string model;
    std::string guarantee;
    std::int64_t budget_ms = 60'000;  // for each history
    bool explain = false;

    // export
    std::string otlp;
    std::string perfetto;
    std::string shiviz;
    std::string csv;     // a folder
    bool check = false;  // read every file back

    // report
    std::string results;  // results.json of an earlier run

    // list
    Listing listing = Listing::scenarios;
    std::string pattern;

    OperateOptions operate;
};

/// A run of the program that ends with parsing: help, a version, or a usage error.
struct Ending {
    std::string out;  // for stdout
    std::string err;  // for stderr
    int exit_code = kExitPassed;
};

using Parsed = std::variant<Options, Ending>;

enum class Defects { absent, compiled_in };

/// What parsing may know of its surroundings.
struct CliContext {
    std::string program = "stormglass";
    std::string version = "0.1.0";
    Defects defects = Defects::absent;
    std::map<std::string, std::string> pages;  // docs/man/: topics of help, parts of the manual
    std::map<std::string, std::string> environment;  // STORMGLASS_SEEDS, _JOBS, _OUT, NO_COLOR ...
};

/// `arguments` without the program's name. Never throws; never reads a file.
Parsed parse(const std::vector<std::string>& arguments,
             const Names& names,
             const CliContext& context = {});

/// Where a stream gets colour: the flag, then NO_COLOR, CLICOLOR_FORCE, TERM, then the terminal.
enum class Stream { terminal, other };
bool use_color(ColorWish wish,
               Stream stream,
               const std::map<std::string, std::string>& environment);

}  // namespace stormglass::scenarios
