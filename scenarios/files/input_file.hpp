// Reads a file that a user named. Its content is judged elsewhere; here only whether it can be
// read, with a bound, so that an endless device does not fill memory.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/result.hpp"

namespace stormglass::scenarios {

/// Fails with code "no-input" (exit 66) when the file cannot be opened or read. Of a file larger
/// than the bound one byte more is returned, so that its reader can tell.
Result<std::string> read_input_file(const std::string& path, std::size_t bytes_max);

}  // namespace stormglass::scenarios
