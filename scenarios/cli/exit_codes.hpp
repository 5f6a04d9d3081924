// The exit codes of every verb. `help exit-codes` prints this table; a test runs every row.
#pragma once

#include <array>
#include <string_view>

namespace stormglass::scenarios {

enum ExitCode : int {
    kExitPassed = 0,
    kExitRefuted = 1,
    kExitInconclusive = 2,
    kExitNondeterministic = 3,
    kExitUsage = 64,
    kExitBadInput = 65,
    kExitNoInput = 66,
    kExitUnavailable = 69,
    kExitInternal = 70,
    kExitOutput = 74,
    kExitInterrupted = 130,
};

struct ExitCodeRow {
    int code;
    std::string_view word;
    std::string_view meaning;
};

inline constexpr std::array<ExitCodeRow, 11> kExitCodes = {{
    {kExitPassed, "passed", "every claim or check held and was exercised"},
    {kExitRefuted, "refuted", "at least one violation"},
    {kExitInconclusive,
     "inconclusive",
     "nothing violated, something not shown (vacuous, too few, not tested)"},
    {kExitNondeterministic, "nondeterministic", "a repeat of a run differed; there are no retries"},
    {kExitUsage, "usage", "unknown verb, flag or name, or an impossible combination"},
    {kExitBadInput, "bad input", "a scenario or claims file is wrong; all problems are listed"},
    {kExitNoInput, "no input", "an input cannot be read"},
    {kExitUnavailable, "unavailable", "a bus or engine could not be reached"},
    {kExitInternal, "internal", "our bug; what to attach is printed"},
    {kExitOutput, "output", "an output could not be written; the decision is still printed"},
    {kExitInterrupted, "interrupted", "partial results are written and marked"},
}};

}  // namespace stormglass::scenarios
