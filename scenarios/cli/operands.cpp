#include "scenarios/cli/operands.hpp"

#include <algorithm>

#include "scenarios/files/suggest.hpp"
#include "sim/token.hpp"

namespace stormglass::scenarios {

namespace {

/// The words of a verb that has deeds: the deed, then what it is done to.
Complaint take_action(const std::vector<std::string>& operands, Options& out) {
    const VerbInfo& verb = verb_info(out.verb);
    std::vector<std::string> known;
    std::string listed;
    for (const ActionInfo& action : verb.actions) {
        known.emplace_back(action.name);
        listed += (listed.empty() ? "" : ", ") + std::string(action.name);
    }
    if (operands.empty()) {
        return "say what: " + listed;
    }
    const auto found =
        std::find_if(verb.actions.begin(), verb.actions.end(), [&](const ActionInfo& action) {
            return action.name == operands[0];
        });
    if (found == verb.actions.end()) {
        return "there is no " + in_quotes(std::string(verb.name) + " " + operands[0]) +
               did_you_mean(operands[0], known);
    }
    if (operands.size() - 1 < found->operands_min) {
        return std::string(found->name) + " wants " + std::string(found->operands);
    }
    if (operands.size() - 1 > found->operands_max) {
        return "unexpected " + in_quotes(operands[found->operands_max + 1]);
    }
    out.operate.action = operands[0];
    out.operate.operands.assign(operands.begin() + 1, operands.end());
    return std::nullopt;
}

bool names_history(const std::vector<std::string>& operands) {
    return operands.size() == 1 &&
           (sim::looks_like_token(operands[0]) || operands[0].ends_with(".replay"));
}

}  // namespace

bool looks_like_file(std::string_view word) {
    return word.ends_with(".yaml") || word.ends_with(".yml") ||
           word.find('/') != std::string_view::npos;
}

Complaint take_operands(const std::vector<std::string>& operands,
                        const Names& names,
                        Options& out) {
    if (out.verb == Verb::exports && names_history(operands)) {
        out.history = operands[0];
        return std::nullopt;
    }
    if (out.verb == Verb::run || out.verb == Verb::exports) {
        const std::vector<std::string> known = names_of(names.scenarios);
        for (const std::string& word : operands) {
            if (!looks_like_file(word) && !contains(known, word)) {
                return "no scenario " + in_quotes(word) +
                       did_you_mean_or(word, known, "`stormglass list scenarios` names them");
            }
        }
        out.scenarios = operands;
        return std::nullopt;
    }
    if (out.verb == Verb::check) {
        out.histories = operands;
        return operands.empty() ? Complaint("name at least one history") : std::nullopt;
    }
    if (out.verb == Verb::report) {
        if (operands.empty()) {
            return "say which results: RESULTS.json, such as out/latest/results.json";
        }
        out.results = operands[0];
        return operands.size() > 1 ? Complaint("unexpected " + in_quotes(operands[1]))
                                   : std::nullopt;
    }
    if (out.verb == Verb::replay || out.verb == Verb::keep) {
        if (operands.size() != 1) {
            return operands.empty() ? "name a token (sg1:...) or a .replay file"
                                    : "one token or file at a time";
        }
        out.history = operands[0];
        return std::nullopt;
    }
    if (out.verb == Verb::list) {
        const std::vector<std::string> kinds(listings().begin(), listings().end());
        if (operands.empty()) {
            return "say what: scenarios, faults, checks, probes, defects or claims";
        }
        const auto found = std::find(kinds.begin(), kinds.end(), operands[0]);
        if (found == kinds.end()) {
            return "cannot list " + in_quotes(operands[0]) + did_you_mean(operands[0], kinds);
        }
        out.listing = static_cast<Listing>(found - kinds.begin());
        out.pattern = operands.size() > 1 ? operands[1] : "";
        return operands.size() > 2 ? Complaint("unexpected " + in_quotes(operands[2]))
                                   : std::nullopt;
    }
    if (!verb_info(out.verb).actions.empty()) {
        return take_action(operands, out);
    }
    if (out.verb == Verb::pub || out.verb == Verb::sub) {
        out.operate.operands = operands;
        const std::size_t most = out.verb == Verb::pub ? 2 : 1;
        if (operands.empty()) {
            return "name a topic";
        }
        return operands.size() <= most ? std::nullopt
                                       : Complaint("unexpected " + in_quotes(operands[most]));
    }
    if (out.verb == Verb::trace) {
        out.operate.operands = operands;
        return operands.size() == 1 ? std::nullopt : Complaint("name one trace, event or saga");
    }
    if (!operands.empty()) {
        return "unexpected " + in_quotes(operands[0]) + "; this command takes options only";
    }
    return std::nullopt;
}

}  // namespace stormglass::scenarios
