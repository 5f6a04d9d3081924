// A run told event by event: lives, frames with what they carry, notes, faults. What a person reads
// who wants to know how it came to a failure; timers and storage are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

/// Where a narration ends; nothing set: with the run.
struct Until {
    std::optional<MonotonicTime> time;
    std::optional<std::uint64_t> line;  // from 1, as they are numbered
    std::string place;                  // the first note or mark of this name
};

/// "12.403", "12.403s", "250ms", "#812" or "saga.took-over".
Result<Until> read_until(std::string_view text);

/// One line an event: number, time, who, what. Ends early when `until` comes.
std::string narrate(const Plan& plan, const RunOptions& options, const Until& until);

}  // namespace stormglass::scenarios
