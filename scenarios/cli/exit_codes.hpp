// The exit codes of every verb. `help exit-codes` prints this table; a test runs every row.
#pragma once

#include <array>
#include <string_view>

namespace stormglass::scenarios {

constexpr int kExitPassed = 0;
constexpr int kExitRefuted = 1;
constexpr int kExitInconclusive = 2;
constexpr int kExitNondeterministic = 3;
constexpr int kExitUsage = 64;
constexpr int kExitBadInput = 65;
constexpr int kExitNoInput = 66;
constexpr int kExitUnavailable = 69;
constexpr int kExitInternal = 70;
constexpr int kExitOutput = 74;
constexpr int kExitInterrupted = 130;

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
    {kExitUnavailable,
     "unavailable",
     "a bus could not be reached, or the outcome of a publication is unknown"},
    {kExitInternal, "internal", "our bug; what to attach is printed"},
    {kExitOutput, "output", "an output could not be written; the decision is still printed"},
    {kExitInterrupted, "interrupted", "partial results are written and marked"},
}};

}  // namespace stormglass::scenarios
