// When a progress line is due, and its words.
#include "scenarios/cli/progress.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kPercentStep = 10;
constexpr Duration kLineGap = seconds(10);
constexpr Duration kRedrawGap = milliseconds(100);  // faster is flicker
constexpr std::size_t kRowWidth = 79;               // a wrapped line cannot be redrawn

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return digits;
}

std::int64_t percent_of(const ProgressState& state) {
    return state.total > 0 ? std::min<std::int64_t>(state.done * 100 / state.total, 100) : 0;
}

std::string padded_left(const std::string& text, std::size_t width) {
    return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string time_left(const ProgressState& state, Duration elapsed) {
    if (state.done <= 0 || state.done >= state.total) {
        return "";
    }
    const double per_run = static_cast<double>(elapsed.ns) / static_cast<double>(state.done);
    const double left = per_run * static_cast<double>(state.total - state.done) / 1e9;
    return "   " + grouped(std::llround(left)) + " s left";
}

std::string progress_words(const ProgressState& state, Duration elapsed) {
    const std::int64_t ms = std::max<std::int64_t>(elapsed.ns / 1'000'000, 1);
    std::string text = "  " + padded_left(std::to_string(percent_of(state)), 3) + " %   " +
                       grouped(state.done) + " runs   " + grouped(state.done * 1000 / ms) +
                       "/s   " + grouped(state.failing) + " failing";
    return text;
}

}  // namespace

ProgressStyle progress_style(const Options& options, Stream stream, const std::string& term) {
    if (options.quiet || !options.progress) {
        return ProgressStyle::silent;
    }
    return stream == Stream::terminal && term != "dumb" ? ProgressStyle::redrawn
                                                        : ProgressStyle::lines;
}

bool Progress::due(std::int64_t percent, Duration elapsed) const {
    switch (style_) {
        case ProgressStyle::silent:
            return false;
        case ProgressStyle::lines:
            return percent - last_percent_ >= kPercentStep && elapsed - last_time_ >= kLineGap;
        case ProgressStyle::redrawn:
            return !drawn_ || elapsed - last_time_ >= kRedrawGap;
    }
    return false;
}

std::string Progress::update(const ProgressState& state, Duration elapsed) {
    CHECK(state.done >= 0 && state.failing >= 0);
    const std::int64_t percent = percent_of(state);
    if (!due(percent, elapsed)) {
        return "";
    }
    last_time_ = elapsed;
    last_percent_ = percent - percent % kPercentStep;
    if (style_ == ProgressStyle::lines) {
        return progress_words(state, elapsed) + "\n";
    }
    drawn_ = true;
    std::string row = progress_words(state, elapsed) + time_left(state, elapsed);
    row += state.weakest.empty() ? "" : "   weakest " + state.weakest;
    return "\r\x1b[K" + row.substr(0, kRowWidth);
}

std::string Progress::finish() {
    const bool wipe = drawn_;
    drawn_ = false;
    return wipe ? "\r\x1b[K" : "";
}

}  // namespace stormglass::scenarios
