// Histories in short hand, for tables of examples and tests: a line is
//     [TIMEms] PROCESS TYPE FUNCTION VALUE [@GROUP]
// with blanks between; without a time entries are 1 ms apart. `f` as process stands for faults.
#pragma once

#include <string>
#include <string_view>

namespace stormglass::sim::checks {

/// The same history in our own format. Requires well-formed short hand.
std::string history_of_short_hand(std::string_view text);

}  // namespace stormglass::sim::checks
