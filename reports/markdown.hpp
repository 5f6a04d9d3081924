// The page's Markdown twin in GitHub's dialect: the lines with boxes first, ready to be pasted
// under the document, then what failed, ran, was noticed and was not shown.
#pragma once

#include <cstddef>
#include <string>

#include "reports/results.hpp"

namespace stormglass::reports {

constexpr std::size_t kMarkdownBytesMost = 60'000;  // a comment takes 65,536 characters

/// At most `kMarkdownBytesMost` bytes; what was cut is said in its place.
[[nodiscard]] std::string markdown_report(const Results& results);

}  // namespace stormglass::reports
