// The model of completion as scripts. Words of ours hold no blanks and no quotes; help texts are
// quoted for the shell that reads them.
#include <algorithm>

#include "runtime/check.hpp"
#include "scenarios/cli/completion.hpp"

namespace stormglass::scenarios {

namespace {

bool is_plain(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.' || c == '@' || c == ':' || c == '/';
    });
}

std::string joined(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        CHECK(is_plain(word));
        line += (line.empty() ? "" : " ") + word;
    }
    return line;
}

template <class T>
std::string names_in(const std::vector<T>& things) {
    std::vector<std::string> names;
    for (const T& thing : things) {
        names.push_back(thing.name);
    }
    return joined(names);
}

std::string function_name(const Completion& model) {
    std::string name = "_" + model.program;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::string_view word_of(Files files) {
    switch (files) {
        case Files::no:
            return "";
        case Files::files:
            return "files";
        case Files::folders:
            return "folders";
    }
    CHECK(false);
}

/// Shell code that says what may stand in a place; both shells share it.
std::string offer(const Candidates& candidates) {
    std::string code = "words='" + joined(candidates.words) + "'";
    if (candidates.files != Files::no) {
        code += " files=" + std::string(word_of(candidates.files));
    }
    return code + (candidates.list ? " list=yes" : "");
}

bool offers_anything(const Candidates& candidates) {
    return !candidates.words.empty() || candidates.files != Files::no;
}

/// One branch of the `case` over verbs: the flags, those that take a value, and what follows.
std::string verb_branch(const CompletedVerb& verb) {
    std::string valued;
    std::string branches;
    for (const CompletedFlag& flag : verb.flags) {
        if (flag.takes_value) {
            valued += flag.name + " ";
            branches += offers_anything(flag.value)
                            ? "                " + flag.name + ") " + offer(flag.value) + " ;;\n"
                            : "";
        }
    }
    std::string code = "        " + verb.name + ")\n";
    code += "            flags='" + names_in(verb.flags) + "'\n";
    code += "            valued=' " + valued + "'\n";
    code += "            case $1 in\n" + branches + "                ?*) ;;\n";
    if (verb.actions.empty()) {
        code += "                *) " + offer(verb.operands) + " ;;\n            esac ;;\n";
        return code;
    }
    code += "                *) case $2 in\n";
    code += "                    '') words='" + names_in(verb.actions) + "' ;;\n";
    for (const CompletedVerb& action : verb.actions) {
        if (offers_anything(action.operands)) {
            code += "                    " + action.name + ") " + offer(action.operands) + " ;;\n";
        }
    }
    return code + "                esac ;;\n            esac ;;\n";
}

/// A function that sets flags, valued, words, files and list. Arguments: the flag whose value is
/// wanted (or nothing), the first operand (or nothing); the verb stands in $verb.
std::string table_function(const Completion& model) {
    std::string code = function_name(model) + "_table() {\n";
    code += "    flags='' valued='' words='' files='' list=''\n    case $verb in\n";
    code += "        '') words='" + names_in(model.verbs) + "' ;;\n";
    for (const CompletedVerb& verb : model.verbs) {
        code += verb_branch(verb);
    }
    return code + "    esac\n}\n\n";
}

/// Walks the words before the cursor; `$before` names the array, `first` its first index.
std::string walk(const Completion& model, std::string_view each) {
    const std::string table = function_name(model) + "_table";
    std::string code;
    code += "    local verb='' operand='' wants='' word flags valued words files list\n";
    code += "    for word in " + std::string(each) + "; do\n";
    code += "        if [[ -n $wants ]]; then wants=''\n";
    code += "        elif [[ -z $verb ]]; then verb=$word; " + table + " '' ''\n";
    code += "        elif [[ $word == -* ]]; then\n";
    code += "            [[ $valued == *\" $word \"* ]] && wants=$word\n";
    code += "        elif [[ -z $operand ]]; then operand=$word\n";
    code += "        fi\n    done\n";
    code += "    " + table + " \"$wants\" \"$operand\"\n";
    return code;
}

std::string quoted_for_fish(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        result += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return result + "'";
}

std::string fish_value(const Candidates& value) {
    if (value.files != Files::no) {
        return value.files == Files::folders ? " -x -a '(__fish_complete_directories)'" : " -r -F";
    }
    if (!value.list) {
        return " -x -a '" + joined(value.words) + "'";
    }
    // What stands before the last comma is kept.
    return " -x -a '(__fish_complete_list , \"printf %s\\\\n " + joined(value.words) + "\")'";
}

std::string fish_operands(const std::string& lead, const Candidates& operands) {
    std::string code;
    if (!operands.words.empty()) {
        code += lead + " -a '" + joined(operands.words) + "'\n";
    }
    if (operands.files == Files::files) {
        code += lead + " -F\n";
    } else if (operands.files == Files::folders) {
        code += lead + " -a '(__fish_complete_directories)'\n";
    }
    return code;
}

}  // namespace

std::string bash_completion(const Completion& model) {
    const std::string name = function_name(model);
    std::string code = "# bash completion for " + model.program + "; generated by `" +
                       model.program + " completion bash`\n\n" + table_function(model);
    code += name + "() {\n    local cur=${COMP_WORDS[COMP_CWORD]} before=() i\n";
    // bash cuts words at "=": --seeds=5 arrives as three.
    code += "    for ((i = 1; i < COMP_CWORD; i++)); do\n";
    code += "        [[ ${COMP_WORDS[i]} == = ]] || before+=(\"${COMP_WORDS[i]}\")\n    done\n";
    code += "    [[ $cur == = ]] && cur=''\n";
    code += walk(model, "\"${before[@]}\"");
    code += "    [[ -z $wants && $cur == -* ]] && words=$flags files=''\n";
    code += "    local done=''\n";
    code += "    [[ -n $list && $cur == *,* ]] && done=${cur%,*},\n";
    code += "    COMPREPLY=($(compgen -P \"$done\" -W \"$words\" -- \"${cur#\"$done\"}\"))\n";
    code += "    if [[ -n $files ]]; then\n";
    code += "        compopt -o filenames 2>/dev/null\n        local kind=-f\n";
    code += "        [[ $files == folders ]] && kind=-d\n";
    code += "        while IFS= read -r word; do COMPREPLY+=(\"$word\"); done \\\n";
    code += "            < <(compgen $kind -- \"$cur\")\n    fi\n}\n\n";
    return code + "complete -F " + name + " " + model.program + "\n";
}

std::string zsh_completion(const Completion& model) {
    const std::string name = function_name(model);
    std::string code = "#compdef " + model.program + "\n# zsh completion; generated by `" +
                       model.program + " completion zsh`\n\n" + table_function(model);
    code += name + "() {\n";
    // `words` and CURRENT are zsh's own; the walk has a `words` of its own.
    code += "    local -a before\n    before=(\"${(@)words[2,CURRENT-1]}\")\n";
    code += "    local cur=${words[CURRENT]}\n    () {\n";
    code += walk(model, "\"$@\"");
    code += "    if [[ -z $wants && $cur == -* ]]; then words=$flags; files=''; fi\n";
    code += "    if [[ -n $list ]]; then compset -P '*,'; fi\n";
    code += "    compadd -- ${=words}\n";
    code += "    case $files in\n        files) _files ;;\n        folders) _files -/ ;;\n";
    code += "    esac\n    } \"${(@)before}\"\n}\n\n";
    // Sourced by hand, or found in $fpath.
    code += "if [[ ${funcstack[1]} == " + name + " ]]; then\n    " + name + " \"$@\"\n";
    return code + "else\n    compdef " + name + " " + model.program + "\nfi\n";
}

std::string fish_completion(const Completion& model) {
    const std::string start = "complete -c " + model.program;
    std::string code = "# fish completion for " + model.program + "; generated by `" +
                       model.program + " completion fish`\n\n" + start + " -f\n";
    for (const CompletedVerb& verb : model.verbs) {
        code += start + " -n __fish_use_subcommand -a " + verb.name + " -d " +
                quoted_for_fish(verb.help) + "\n";
    }
    for (const CompletedVerb& verb : model.verbs) {
        const std::string here = "__fish_seen_subcommand_from " + verb.name;
        const std::string lead = start + " -n '" + here + "'";
        for (const CompletedFlag& flag : verb.flags) {
            code += lead + " -l " + flag.name.substr(2) +
                    (flag.takes_value ? fish_value(flag.value) : "") + " -d " +
                    quoted_for_fish(flag.help) + "\n";
        }
        const std::string deeds = names_in(verb.actions);
        for (const CompletedVerb& action : verb.actions) {
            code += start + " -n '" + here + "; and not __fish_seen_subcommand_from " + deeds +
                    "' -a " + action.name +
                    (action.help.empty() ? "" : " -d " + quoted_for_fish(action.help)) + "\n";
            code += fish_operands(
                start + " -n '" + here + "; and __fish_seen_subcommand_from " + action.name + "'",
                action.operands);
        }
        code += fish_operands(lead, verb.operands);
    }
    return code;
}

}  // namespace stormglass::scenarios
