// JUnit XML for GitLab, Jenkins and GitHub: one testcase for each (scenario, check). A violated
// check is a failure, an inconclusive one an error, never "skipped": consumers show that as green.
#pragma once

#include <cstddef>
#include <string>

#include "reports/results.hpp"

namespace stormglass::reports {

constexpr std::size_t kJunitTextMost = 64'000;       // of one testcase
constexpr std::size_t kJunitBytesMost = 20'000'000;  // GitLab takes 30 MB

[[nodiscard]] std::string junit(const Results& results);

}  // namespace stormglass::reports
