// Operations in words, for witnesses: "process 3 wrote 1 and was told that it succeeded".
#pragma once

#include <string>

#include "sim/checks/recording.hpp"

namespace stormglass::sim::checks {

/// One line: "process 3  write 1  ok  (lines 4-9, 0.000001 s - 0.000004 s)".
std::string line_of(const Recording& recording, const Operation& operation);

/// A clause: "process 3 read 1", "process 2 changed 1 to 2".
std::string deed_of(const Recording& recording, const Operation& operation);

/// "process 3"
std::string process_of(const Recording& recording, const Operation& operation);

/// At most `size` bytes of a value.
std::string brief(const Recording& recording, Value value, std::size_t size = 60);

}  // namespace stormglass::sim::checks
