// `completion`: a script for the user's shell.
#include "scenarios/cli/completion.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {

int completion_verb(const Session& session, const CliContext& context) {
    const Completion model = completion_model(session.names(), context);
    const std::string& shell = session.options().operate.action;
    if (shell == "bash") {
        session.print(bash_completion(model));
    } else if (shell == "zsh") {
        session.print(zsh_completion(model));
    } else {
        session.print(fish_completion(model));
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
