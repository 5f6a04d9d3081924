// Command lines to Options. CLI11 takes the words apart and is seen by this file alone; unknown
// words are collected and answered with suggestions, values are judged by the tables.
#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "runtime/check.hpp"
#include "scenarios/cli/help.hpp"
#include "scenarios/cli/operands.hpp"
#include "scenarios/cli/options.hpp"
#include "scenarios/cli/vocabulary.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kArgumentsMax = 10'000;

/// What CLI11 found: values by flag in table order, and the words that are no flags.
struct Words {
    std::vector<std::pair<const FlagInfo*, std::vector<std::string>>> given;
    std::vector<std::string> operands;
    bool help = false;
};

using Taken = std::variant<Words, Ending>;

Ending usage(const std::string& who, const std::string& text) {
    return {"", who + ": " + text + "\n", kExitUsage};
}

Ending unknown_option(const std::string& who,
                      const std::string& word,
                      Verb verb,
                      const CliContext& context) {
    const std::string name = word.substr(0, word.find('='));
    if (name == "--defect" && find_flag(name, verb, Defects::compiled_in) != nullptr) {
        return usage(who,
                     "option '--defect' needs stormglass-defects, the program with planted "
                     "defects");
    }
    std::string homes;
    for (const VerbInfo& other : verbs()) {
        if (find_flag(name, other.verb, context.defects) != nullptr) {
            homes += (homes.empty() ? "" : ", ") + std::string(other.name);
        }
    }
    if (!homes.empty()) {
        return usage(who, "option " + in_quotes(name) + " belongs to " + homes);
    }
    return usage(who,
                 "unknown option " + in_quotes(name) +
                     did_you_mean(name, flag_names(verb, context.defects)));
}

/// CLI11 names the option first: "--seeds: 1 required TEXT missing".
Ending mismatch(const std::string& who,
                const std::string& message,
                Verb verb,
                const CliContext& context) {
    std::string name = message.substr(0, message.find_first_of(": "));
    name = name.starts_with('-') ? name : "--" + name;
    const FlagInfo* flag = find_flag(name, verb, context.defects);
    if (flag == nullptr) {
        return usage(who, printable(message));
    }
    return usage(who,
                 "option " + in_quotes(name) +
                     (flag->value.empty() ? " takes no value"
                                          : " needs a value, " + std::string(flag->value)));
}

Taken take_words(const std::vector<std::string>& arguments, Verb verb, const CliContext& context) {
    const std::string who = context.program + " " + std::string(verb_info(verb).name);
    CLI::App app;
    app.set_help_flag();
    app.set_config();
    app.allow_extras();
    std::vector<std::pair<const FlagInfo*, CLI::Option*>> options;
    for (const FlagInfo& flag : flags()) {
        if (find_flag(flag.name, verb, context.defects) != &flag) {
            continue;
        }
        const std::string name = flag.name == "--help" ? "-h,--help" : std::string(flag.name);
        CLI::Option* option = flag.value.empty() ? app.add_flag(name) : app.add_option(name);
        if (flag.value.empty()) {
            option->disable_flag_override();
        } else {
            option->expected(1)->allow_extra_args(false);
        }
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        options.emplace_back(&flag, option);
    }
    Words words;
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        bool only_operands = false;
        for (const std::string& word : app.remaining()) {
            if (word == "--" && !only_operands) {
                only_operands = true;
            } else if (word.size() > 1 && word[0] == '-' && !only_operands) {
                return unknown_option(who, word, verb, context);
            } else {
                words.operands.push_back(word);
            }
        }
        for (const auto& [flag, option] : options) {
            if (option->count() > 0 && flag->name == "--help") {
                words.help = true;
            } else if (option->count() > 0) {
                words.given.emplace_back(flag, option->results());
            }
        }
    } catch (const CLI::ParseError& error) {
        return mismatch(who, error.what(), verb, context);
    } catch (const std::exception& error) {
        return usage(who, printable(error.what()));
    }
    return words;
}

std::string needs_value(const FlagInfo& flag) {
    return "option " + in_quotes(flag.name) + " needs a value, " + std::string(flag.value);
}

/// Applies one flag; a value given twice is a contradiction, lists add up.
Complaint apply(const FlagInfo& flag,
                const std::vector<std::string>& values,
                const Names& names,
                Options& out) {
    const bool list = flag.value.ends_with(",...");
    if (values.size() > 1 && !list && !flag.value.empty()) {
        return "option " + in_quotes(flag.name) + " is given twice";
    }
    for (const std::string& value : values) {
        if (!flag.value.empty() && value.starts_with("--")) {
            return needs_value(flag);  // CLI11 took the next option for it
        }
        const Complaint complaint = flag.apply(value, names, out);
        if (complaint.has_value()) {
            const bool about_name = complaint->starts_with("no ");
            return about_name ? *complaint : std::string(flag.name) + " " + *complaint;
        }
    }
    return std::nullopt;
}

Complaint take_environment(const CliContext& context,
                           const Words& words,
                           const Names& names,
                           Options& out) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kVariables = {
        {{"STORMGLASS_SEEDS", "--seeds"},
         {"STORMGLASS_JOBS", "--jobs"},
         {"STORMGLASS_OUT", "--out"},
         {"STORMGLASS_DATA", "--data"},
         {"STORMGLASS_AT", "--at"}}};
    for (const auto& [variable, name] : kVariables) {
        const FlagInfo* flag = find_flag(name, out.verb, context.defects);
        const auto set = context.environment.find(std::string(variable));
        if (out.verb == Verb::exports && name == "--at") {
            continue;  // a run is what is meant unless the command line says otherwise
        }
        if (flag == nullptr || set == context.environment.end() || set->second.empty()) {
            continue;
        }
        const bool given = std::any_of(words.given.begin(),
                                       words.given.end(),
                                       [flag](const auto& word) { return word.first == flag; });
        const bool one_run = name == "--seeds" && out.seed.has_value();
        if (given || one_run) {
            continue;
        }
        const Complaint complaint = flag->apply(set->second, names, out);
        if (complaint.has_value()) {
            return "the environment's " + std::string(variable) + " " + *complaint;
        }
    }
    return std::nullopt;
}

Complaint export_contradiction(const Options& options) {
    const bool history = !options.history.empty();
    if (history && options.seed.has_value()) {
        return "a token or .replay file names its seed itself";
    }
    const bool run = history || (options.scenarios.size() == 1 && options.seed.has_value());
    const bool part_of_run = history || !options.scenarios.empty() || options.seed.has_value();
    if (!options.operate.at.empty() && part_of_run) {
        return "'--at' reads a live bus; a token, or a scenario and '--seed', name a run";
    }
    if (options.operate.at.empty() && !run) {
        return "say which run: a token or .replay file, or a scenario and its '--seed 0xHEX'";
    }
    if (options.otlp.empty() && options.perfetto.empty() && options.shiviz.empty() &&
        options.csv.empty()) {
        return "say what to write: '--otlp FILE', '--perfetto FILE', '--shiviz FILE' or '--csv "
               "DIR'";
    }
    return std::nullopt;
}

Complaint contradiction(const Options& options) {
    if (options.seed.has_value() && options.seeds.has_value()) {
        return "options '--seed' and '--seeds' exclude each other";
    }
    if (options.verb == Verb::exports) {
        return export_contradiction(options);
    }
    if (options.seed.has_value() && options.scenarios.size() != 1) {
        return "'--seed' repeats one run; name its scenario";
    }
    if (!options.tick.empty() && options.document.empty()) {
        return "'--tick' copies the document; give it with '--document'";
    }
    if (!options.tick.empty() && options.tick == options.document) {
        return "'--tick' writes a copy, it must not overwrite the document";
    }
    for (const auto& [flag, file] : {std::pair{"--html", &options.html},
                                     std::pair{"--md", &options.md},
                                     std::pair{"--junit", &options.junit}}) {
        if (!options.results.empty() && *file == options.results) {
            return in_quotes(flag) + " must not overwrite the results";
        }
    }
    return std::nullopt;
}

Parsed parse_help(const std::vector<std::string>& arguments, const CliContext& context) {
    const std::string who = context.program + " help";
    if (arguments.empty()) {
        return Ending{overview(context), "", kExitPassed};
    }
    if (arguments.size() > 1) {
        return usage(who, "one command or topic at a time");
    }
    const std::string& topic = arguments[0];
    if (topic == "--help" || topic == "-h") {
        return Ending{verb_help(Verb::help, context), "", kExitPassed};
    }
    std::vector<std::string> known;
    for (const VerbInfo& verb : verbs()) {
        if (verb.name == topic) {
            return Ending{verb_help(verb.verb, context), "", kExitPassed};
        }
        known.emplace_back(verb.name);
    }
    if (std::optional<std::string> page = topic_help(topic, context)) {
        return Ending{std::move(*page), "", kExitPassed};
    }
    for (std::string& name : help_topics(context)) {
        known.push_back(std::move(name));
    }
    return usage(who,
                 "no topic " + in_quotes(topic) +
                     did_you_mean_or(topic, known, "`stormglass help help` lists them"));
}

Parsed parse_verb(Verb verb,
                  const std::vector<std::string>& arguments,
                  const Names& names,
                  const CliContext& context) {
    const std::string who = context.program + " " + std::string(verb_info(verb).name);
    Taken taken = take_words(arguments, verb, context);
    if (Ending* ending = std::get_if<Ending>(&taken)) {
        return std::move(*ending);
    }
    const Words& words = std::get<Words>(taken);
    if (words.help) {
        return Ending{verb_help(verb, context), "", kExitPassed};
    }
    Options options;
    options.verb = verb;
    for (const auto& [flag, values] : words.given) {
        if (const Complaint complaint = apply(*flag, values, names, options)) {
            return usage(who, *complaint);
        }
    }
    for (const Complaint& complaint : {take_operands(words.operands, names, options),
                                       take_environment(context, words, names, options),
                                       contradiction(options)}) {
        if (complaint.has_value()) {
            return usage(who, *complaint);
        }
    }
    return options;
}

/// A first word that is no verb: a scenario, a file, a verb of a later release, a typing error.
Ending unknown_verb(const std::string& word, const Names& names, const CliContext& context) {
    const std::string unknown = "unknown command " + in_quotes(word);
    if (looks_like_file(word) || contains(names_of(names.scenarios), word)) {
        return usage(
            context.program,
            unknown + "; did you mean `" + context.program + " run " + printable(word) + "`?");
    }
    const std::span<const std::string_view> later = later_verbs();
    if (std::find(later.begin(), later.end(), word) != later.end()) {
        return usage(context.program,
                     "command " + in_quotes(word) + " is not in version " + context.version);
    }
    std::vector<std::string> known;
    for (const VerbInfo& verb : verbs()) {
        known.emplace_back(verb.name);
    }
    known.insert(known.end(), later.begin(), later.end());
    const std::string hint = did_you_mean(word, known);
    return usage(context.program,
                 unknown + (hint.empty() ? "; `" + context.program + " help` lists them" : hint));
}

}  // namespace

Parsed parse(const std::vector<std::string>& arguments,
             const Names& names,
             const CliContext& context) {
    if (arguments.empty()) {
        return Ending{"", overview(context), kExitUsage};
    }
    if (arguments.size() > kArgumentsMax) {
        return usage(context.program, "more than " + std::to_string(kArgumentsMax) + " arguments");
    }
    const std::string& word = arguments[0];
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (word == "--help" || word == "-h") {
        return Ending{overview(context), "", kExitPassed};
    }
    if (word == "--version") {
        return parse_verb(Verb::version, rest, names, context);
    }
    if (word.starts_with('-')) {
        return usage(context.program,
                     "a command comes first, got " + in_quotes(word) + "; `" + context.program +
                         " help` lists them");
    }
    if (word == "help") {
        return parse_help(rest, context);
    }
    for (const VerbInfo& verb : verbs()) {
        if (verb.name == word) {
            return parse_verb(verb.verb, rest, names, context);
        }
    }
    return unknown_verb(word, names, context);
}

bool use_color(ColorWish wish,
               Stream stream,
               const std::map<std::string, std::string>& environment) {
    const auto value = [&environment](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::string() : found->second;
    };
    switch (wish) {
        case ColorWish::always:
            return true;
        case ColorWish::never:
            return false;
        case ColorWish::automatic:
            break;
    }
    if (!value("NO_COLOR").empty()) {
        return false;
    }
    if (!value("CLICOLOR_FORCE").empty() && value("CLICOLOR_FORCE") != "0") {
        return true;
    }
    return stream == Stream::terminal && value("TERM") != "dumb";
}

}  // namespace stormglass::scenarios
