// Tables and blocks for a terminal: the run table, the gate table, a failure, the closing line.
// Plain text of a given width; status is always a word and a symbol, colour only repeats it.
#pragma once

#include <cstddef>
#include <string>

#include "reports/results.hpp"

namespace stormglass::reports {

struct TerminalStyle {
    std::size_t width = 80;
    bool colour = false;
};

/// One row for each scenario; faults and reasons below it.
[[nodiscard]] std::string run_table(const Results& results, const TerminalStyle& style);

/// One row for each claim and part; the reason below those that are not supported.
[[nodiscard]] std::string gate_table(const Results& results, const TerminalStyle& style);

/// One block that tells a failure and how to repeat it.
[[nodiscard]] std::string failure_block(const ScenarioResult& scenario,
                                        const Failure& failure,
                                        const TerminalStyle& style);

struct Closing {
    int exit_code = 0;      ///< of verdict.hpp: the word follows it
    std::string page_path;  ///< where the page lies; may be empty
};

/// The last line: decision, numbers, where the page lies, times.
[[nodiscard]] std::string closing_line(const Results& results,
                                       const Closing& end,
                                       const TerminalStyle& style);

}  // namespace stormglass::reports
