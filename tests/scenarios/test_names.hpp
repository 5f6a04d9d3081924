// Registries for tests of input: the names of this release, as the program would hand them in.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/files/names.hpp"
#include "scenarios/files/scenario.hpp"

namespace stormglass::tests {

const scenarios::Names& test_names();

/// The text of a file of this repository; empty when it cannot be read.
std::string read_file(const std::string& path);

/// Decodes a scenario and returns what a user would read; empty when there is no problem.
std::string problems_of_scenario(std::string_view text);

/// The same for a claims file.
std::string problems_of_claims(std::string_view text);

/// A small valid scenario, to be spoilt by tests.
std::string good_scenario();

/// `text` with the first `before` replaced by `after`; `before` must occur.
std::string with(std::string text, std::string_view before, std::string_view after);

}  // namespace stormglass::tests
