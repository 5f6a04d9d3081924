// Completion of command lines: what may stand where, as one model made from the tables that parse,
// and the scripts that teach it to bash, zsh and fish.
#pragma once

#include <string>
#include <vector>

#include "scenarios/cli/options.hpp"
#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

enum class Files { no, files, folders };

/// What may stand in one place of a command line.
struct Candidates {
    std::vector<std::string> words;
    Files files = Files::no;
    bool list = false;  // several with commas between them
};

struct CompletedFlag {
    std::string name;
    std::string help;
    bool takes_value = false;
    Candidates value;
};

/// A verb, or one deed of a verb: `journal verify`.
struct CompletedVerb {
    std::string name;
    std::string help;
    std::vector<CompletedFlag> flags;    // of a verb
    std::vector<CompletedVerb> actions;  // of a verb that has deeds
    Candidates operands;                 // of a verb without deeds, or of a deed
};

struct Completion {
    std::string program;
    std::vector<CompletedVerb> verbs;
};

Completion completion_model(const Names& names, const CliContext& context);

/// What may stand at the end of `words` (without the program), which `current` begins; the
/// reference that the scripts are compared with. File names are not among them.
std::vector<std::string> complete(const Completion& model,
                                  const std::vector<std::string>& words,
                                  const std::string& current);

std::string bash_completion(const Completion& model);
std::string zsh_completion(const Completion& model);
std::string fish_completion(const Completion& model);

}  // namespace stormglass::scenarios
