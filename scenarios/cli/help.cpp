// Lays tables out in at most 80 columns where their words allow it; ids are never broken.
#include "scenarios/cli/help.hpp"

#include <algorithm>

#include "scenarios/cli/manual.hpp"
#include "scenarios/cli/vocabulary.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/scenario.hpp"
#include "sim/checks/judge.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kWidth = 80;

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

/// `text` after `lead`, wrapped between words, later lines indented to `indent`.
std::string wrapped(std::string lead, std::string_view text, std::size_t indent) {
    std::string result;
    std::string row = padded(std::move(lead), indent);
    bool fresh = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        if (!fresh && row.size() + 1 + word.size() > kWidth) {
            result += row + "\n";
            row = std::string(indent, ' ');
            fresh = true;
        }
        row += (fresh ? "" : " ") + std::string(word);
        fresh = false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    row.erase(row.find_last_not_of(' ') + 1);
    return result + row + "\n";
}

std::string field_table(const std::vector<FieldHelp>& fields) {
    std::string result;
    for (const FieldHelp& field : fields) {
        std::string facts = field.type;
        facts += field.range.empty() ? "" : " (" + field.range + ")";
        if (field.fallback == "required") {
            facts += ", required";
        } else if (!field.fallback.empty()) {
            facts += ", default " + field.fallback;
        }
        result += field.path + "\n" + wrapped("", facts, 4) + wrapped("", field.help, 4);
    }
    return result;
}

std::string exit_code_table() {
    std::string result = "Exit codes\n\n";
    for (const ExitCodeRow& row : kExitCodes) {
        const std::string lead = "  " + padded(std::to_string(row.code), 5) + std::string(row.word);
        result += wrapped(lead, row.meaning, 24);
    }
    return result +
           "\nWhen several apply: 70, 74, 3, 1, 2, 0. A refutation cannot be allowed; single\n"
           "claims may stay inconclusive by name (--allow-inconclusive).\n";
}

std::string model_table() {
    std::string result =
        "Models of `check`, and what each promises when --guarantee is not given\n\n";
    for (const sim::checks::ModelRow& row : sim::checks::model_rows()) {
        result += "  " + std::string(row.name) + std::string(row.parameters) + "\n";
        result += wrapped("", std::string(row.meaning) + "; " + std::string(row.guarantee), 6);
    }
    const auto lists = sim::checks::parse_model("list-append");
    const auto log = sim::checks::parse_model("log");
    result += "\nGuarantees (several with commas between them)\n\n";
    for (const auto* const model : {&lists, &log}) {
        std::string names;
        for (const std::string& name : sim::checks::guarantee_names(**model)) {
            names += (names.empty() ? "" : ", ") + name;
        }
        result += wrapped("  of " + (*model)->text, names, 6);
    }
    return result;
}

}  // namespace

std::string overview(const CliContext& context) {
    std::string result =
        context.program + " " + context.version +
        "  runs a real message bus and real sagas under faults, and judges claims\n\n"
        "usage: " +
        context.program + " COMMAND [OPTIONS]\n\n";
    for (const VerbInfo& verb : verbs()) {
        result += wrapped("  " + std::string(verb.name), verb.summary, 14);
    }
    return result + "\n" + context.program + " COMMAND --help says more; for example\n  " +
           std::string(verb_info(Verb::run).example) + "\n";
}

std::string verb_help(Verb verb, const CliContext& context) {
    const VerbInfo& info = verb_info(verb);
    std::string result = "usage: " + context.program + " " + std::string(info.name);
    result += info.operands.empty() ? "" : " " + std::string(info.operands);
    result += verb == Verb::help ? "\n\n" : " [OPTIONS]\n\n";
    result += wrapped("", info.summary, 0) + "\n";
    for (const ActionInfo& action : info.actions) {
        const std::string lead = "  " + std::string(action.name) +
                                 (action.operands.empty() ? "" : " ") +
                                 std::string(action.operands);
        result += wrapped(lead + "  ", action.summary, 32);
    }
    result += info.actions.empty() ? "" : "\n";
    for (const FlagInfo& flag : flags()) {
        if (find_flag(flag.name, verb, context.defects) == &flag) {
            const std::string lead = "  " + std::string(flag.name) +
                                     (flag.value.empty() ? "" : " " + std::string(flag.value));
            result += wrapped(lead + "  ", flag.help, 32);
        }
    }
    if (verb == Verb::help) {
        std::string topics;
        for (const std::string& topic : help_topics(context)) {
            topics += (topics.empty() ? "" : ", ") + topic;
        }
        result += wrapped("topics: ", topics, 8);
    }
    return result + "\nexample\n  " + std::string(info.example) + "\n";
}

std::optional<std::string> topic_help(std::string_view topic, const CliContext& context) {
    if (topic == "exit-codes") {
        return exit_code_table();
    }
    if (topic == "scenario") {
        return "Scenario files: YAML, units mandatory, a list of two is a range drawn per run\n\n" +
               field_table(scenario_fields());
    }
    if (topic == "claims") {
        return "Claims files: what each line of a decision is taken to mean, and what argues "
               "for it\n\n" +
               field_table(claims_fields());
    }
    if (topic == "models") {
        return model_table();
    }
    const auto page = context.pages.find(std::string(topic));
    return page == context.pages.end() ? std::nullopt : std::optional(plain_of(page->second));
}

std::vector<std::string> help_topics(const CliContext& context) {
    std::vector<std::string> topics = {"exit-codes", "scenario", "claims", "models"};
    for (const auto& [name, page] : context.pages) {
        topics.push_back(name);
    }
    return topics;
}

}  // namespace stormglass::scenarios
