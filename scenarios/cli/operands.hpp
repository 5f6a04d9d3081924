// The words of a command line that are no flags: scenarios, listings, deeds and what they are done
// to. Names are judged against the registries, files are not opened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/cli/options.hpp"
#include "scenarios/cli/vocabulary.hpp"

namespace stormglass::scenarios {

/// Whether a word means a file and not a scenario's name.
bool looks_like_file(std::string_view word);

/// Takes the operands of `out.verb` into `out`.
Complaint take_operands(const std::vector<std::string>& operands, const Names& names, Options& out);

}  // namespace stormglass::scenarios
