// What `help` and `--help` print: an overview, one page per verb with an example, and topics made
// from the tables that also drive the program (exit codes, the two file dialects).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/options.hpp"

namespace stormglass::scenarios {

std::string overview(const CliContext& context);
std::string verb_help(Verb verb, const CliContext& context);

/// The page of a topic, or nothing when there is none.
std::optional<std::string> topic_help(std::string_view topic, const CliContext& context);
std::vector<std::string> help_topics(const CliContext& context);

}  // namespace stormglass::scenarios
