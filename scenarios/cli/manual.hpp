// The manual page, `stormglass.1`, made from the tables that parse and print help and from the
// pages in docs/man/.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/cli/options.hpp"

namespace stormglass::scenarios {

/// roff for man(1).
std::string manual_page(const CliContext& context);

/// A page of docs/man/ as roff: headings, paragraphs, `> ` as indented, four blanks as code,
/// backticks as bold.
std::string roff_of(std::string_view markdown);

/// The same as plain text for a terminal.
std::string plain_of(std::string_view markdown);

}  // namespace stormglass::scenarios
