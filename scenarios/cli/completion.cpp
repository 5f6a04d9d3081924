// The model of completion, and its reference implementation.
#include "scenarios/cli/completion.hpp"

#include <algorithm>
#include <array>

#include "scenarios/cli/help.hpp"
#include "scenarios/cli/vocabulary.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

Candidates of_words(std::vector<std::string> words) {
    return {std::move(words), Files::no, false};
}

/// By the word that stands for the value in the usage: "FILE", "CHECK,...".
Candidates value_of(const FlagInfo& flag, const Names& names) {
    const std::string_view value = flag.value;
    if (value == "DIR") {
        return {{}, Files::folders, false};
    }
    if (value.find("FILE") != value.npos || value == "COPY") {
        return {{}, Files::files, false};
    }
    if (value == "CHECK,...") {
        return {names_of(names.checks), Files::no, true};
    }
    if (value == "WHEN") {
        return of_words({"auto", "always", "never"});
    }
    if (value == "N|all") {
        return of_words({"all"});
    }
    if (value == "STATE") {
        return of_words({"running", "compensating", "completed", "compensated", "needs-operator"});
    }
    if (flag.name == "--defect") {
        return of_words(names_of(names.defects));
    }
    return {};
}

std::vector<std::string> names_for(std::string_view listing, const Names& names) {
    if (listing == "scenarios") {
        return names_of(names.scenarios);
    }
    if (listing == "faults") {
        return names_of(names.faults);
    }
    if (listing == "checks") {
        return names_of(names.checks);
    }
    if (listing == "probes") {
        return names_of(names.probes);
    }
    if (listing == "defects") {
        return names_of(names.defects);
    }
    return names.claims.value_or(std::vector<std::string>{});
}

Candidates operands_of(std::string_view usage, const Names& names) {
    Candidates operands;
    if (usage.find("SCENARIO") != usage.npos) {
        operands.words = names_of(names.scenarios);
        operands.files = Files::files;
    } else if (usage.find("FILE") != usage.npos) {
        operands.files = Files::files;
    } else if (usage.find("DIR") != usage.npos) {
        operands.files = Files::folders;
    }
    return operands;
}

CompletedVerb verb_of(const VerbInfo& info, const Names& names, const CliContext& context) {
    CompletedVerb verb;
    verb.name = info.name;
    verb.help = info.summary;
    for (const FlagInfo& flag : flags()) {
        if (find_flag(flag.name, info.verb, context.defects) == &flag) {
            verb.flags.push_back({std::string(flag.name),
                                  std::string(flag.help),
                                  !flag.value.empty(),
                                  value_of(flag, names)});
        }
    }
    for (const ActionInfo& action : info.actions) {
        CompletedVerb deed;
        deed.name = action.name;
        deed.help = action.summary;
        deed.operands = operands_of(action.operands, names);
        verb.actions.push_back(std::move(deed));
    }
    if (info.verb == Verb::list) {
        for (const std::string_view listing : listings()) {
            CompletedVerb deed;
            deed.name = listing;
            deed.operands = of_words(names_for(listing, names));
            verb.actions.push_back(std::move(deed));
        }
    } else if (info.verb == Verb::help) {
        for (const VerbInfo& other : verbs()) {
            verb.operands.words.emplace_back(other.name);
        }
        for (std::string& topic : help_topics(context)) {
            verb.operands.words.push_back(std::move(topic));
        }
    } else {
        verb.operands = operands_of(info.operands, names);
    }
    return verb;
}

void keep_matching(std::vector<std::string>& words, std::string_view start) {
    std::erase_if(words, [&](const std::string& word) { return !word.starts_with(start); });
}

template <class T>
const T* named(const std::vector<T>& things, std::string_view name) {
    const auto found = std::find_if(
        things.begin(), things.end(), [&](const T& thing) { return thing.name == name; });
    return found == things.end() ? nullptr : &*found;
}

/// The words before `current` that are neither flags nor their values, without the verb.
std::vector<std::string> operands_before(const CompletedVerb& verb,
                                         const std::vector<std::string>& words) {
    std::vector<std::string> operands;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (!words[i].starts_with('-')) {
            operands.push_back(words[i]);
            continue;
        }
        const CompletedFlag* flag = named(verb.flags, words[i]);
        i += flag != nullptr && flag->takes_value ? 1 : 0;
    }
    return operands;
}

}  // namespace

Completion completion_model(const Names& names, const CliContext& context) {
    Completion model;
    model.program = context.program;
    for (const VerbInfo& info : verbs()) {
        model.verbs.push_back(verb_of(info, names, context));
    }
    return model;
}

std::vector<std::string> complete(const Completion& model,
                                  const std::vector<std::string>& words,
                                  const std::string& current) {
    std::vector<std::string> result;
    if (words.empty()) {
        for (const CompletedVerb& verb : model.verbs) {
            result.push_back(verb.name);
        }
        keep_matching(result, current);
        return result;
    }
    const CompletedVerb* verb = named(model.verbs, words.front());
    if (verb == nullptr) {
        return result;
    }
    const CompletedFlag* before = words.size() > 1 ? named(verb->flags, words.back()) : nullptr;
    if (before != nullptr && before->takes_value) {
        const std::size_t comma = before->value.list ? current.rfind(',') : std::string::npos;
        const std::string done = comma == std::string::npos ? "" : current.substr(0, comma + 1);
        for (const std::string& word : before->value.words) {
            result.push_back(done + word);
        }
    } else if (current.starts_with('-')) {
        for (const CompletedFlag& flag : verb->flags) {
            result.push_back(flag.name);
        }
    } else if (!verb->actions.empty()) {
        const std::vector<std::string> operands = operands_before(*verb, words);
        if (operands.empty()) {
            for (const CompletedVerb& action : verb->actions) {
                result.push_back(action.name);
            }
        } else if (const CompletedVerb* action = named(verb->actions, operands.front())) {
            result = action->operands.words;
        }
    } else {
        result = verb->operands.words;
    }
    keep_matching(result, current);
    return result;
}

}  // namespace stormglass::scenarios
