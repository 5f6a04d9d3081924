// Prints what the model of completion offers for each line of its input, one line each.
#include <iostream>
#include <sstream>

#include "scenarios/cli/completion.hpp"
#include "scenarios/program/inputs.hpp"

int main() {
    using namespace stormglass::scenarios;
    CliContext context;
    context.pages = manual_pages();
    const Completion model = completion_model(make_names({}), context);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in(line + "#");  // what stands behind the last blank is being typed
        std::vector<std::string> words;
        for (std::string word; in >> word;) {
            words.push_back(word);
        }
        const std::string current = words.back().substr(0, words.back().size() - 1);
        words.pop_back();
        std::string offered;
        for (const std::string& word : complete(model, words, current)) {
            offered += (offered.empty() ? "" : " ") + word;
        }
        std::cout << offered << "\n";
    }
    return 0;
}
