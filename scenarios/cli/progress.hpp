// Progress for people: one redrawn line on a terminal, a line now and then elsewhere, nothing when
// asked. Pure text: the caller reads the clock and writes what it gets to stderr.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/time.hpp"
#include "scenarios/cli/options.hpp"

namespace stormglass::scenarios {

enum class ProgressStyle {
    silent,
    lines,    // one every 10 % or 10 s, whichever comes later
    redrawn,  // one line, drawn over itself
};

/// `term` is the value of TERM; nothing moves on a dumb terminal.
ProgressStyle progress_style(const Options& options, Stream stream, const std::string& term);

struct ProgressState {
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::int64_t failing = 0;
    std::string weakest;  // the claim or scenario with the widest bound; may be empty
};

class Progress {
  public:
    explicit Progress(ProgressStyle style) : style_(style) {}

    /// What to write now, often nothing. `elapsed` counts from the start and never falls.
    std::string update(const ProgressState& state, Duration elapsed);

    /// What to write at the end: a redrawn line is wiped, so that results start clean.
    std::string finish();

  private:
    bool due(std::int64_t percent, Duration elapsed) const;

    ProgressStyle style_;
    Duration last_time_;
    std::int64_t last_percent_ = 0;
    bool drawn_ = false;
};

}  // namespace stormglass::scenarios
