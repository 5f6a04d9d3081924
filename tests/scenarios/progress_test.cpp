// Progress: when a line is due, what it says, and that nothing moves where nothing may.
#include "scenarios/cli/progress.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::scenarios {

TEST(Progress, style_follows_options_and_terminal) {
    Options options;
    EXPECT_EQ(progress_style(options, Stream::terminal, "xterm"), ProgressStyle::redrawn);
    EXPECT_EQ(progress_style(options, Stream::terminal, "dumb"), ProgressStyle::lines);
    EXPECT_EQ(progress_style(options, Stream::other, "xterm"), ProgressStyle::lines);
    options.quiet = true;
    EXPECT_EQ(progress_style(options, Stream::terminal, "xterm"), ProgressStyle::silent);
    options.quiet = false;
    options.progress = false;
    EXPECT_EQ(progress_style(options, Stream::terminal, "xterm"), ProgressStyle::silent);
}

TEST(Progress, lines_wait_for_ten_percent_and_ten_seconds) {
    Progress progress(ProgressStyle::lines);
    EXPECT_EQ(progress.update({5'000, 90'000, 0, ""}, seconds(60)), "");  // 5 %
    EXPECT_EQ(progress.update({9'000, 90'000, 0, ""}, seconds(61)),
              "   10 %   9,000 runs   147/s   0 failing\n");
    EXPECT_EQ(progress.update({36'000, 90'000, 1, ""}, seconds(65)), "");  // 40 %, but 4 s
    EXPECT_EQ(progress.update({36'000, 90'000, 1, ""}, seconds(71)),
              "   40 %   36,000 runs   507/s   1 failing\n");
    EXPECT_EQ(progress.finish(), "");
}

TEST(Progress, a_terminal_line_is_drawn_over_itself_and_wiped) {
    Progress progress(ProgressStyle::redrawn);
    const std::string row = progress.update({500, 1'000, 0, "A4"}, seconds(1));
    EXPECT_EQ(row, "\r\x1b[K   50 %   500 runs   500/s   0 failing   1 s left   weakest A4");
    EXPECT_EQ(progress.update({501, 1'000, 0, "A4"}, seconds(1)), "");
    EXPECT_NE(progress.update({600, 1'000, 0, "A4"}, milliseconds(1'100)), "");
    EXPECT_EQ(progress.finish(), "\r\x1b[K");
    EXPECT_EQ(progress.finish(), "");
}

TEST(Progress, silence_is_silent) {
    Progress progress(ProgressStyle::silent);
    EXPECT_EQ(progress.update({1'000, 1'000, 5, "A4"}, seconds(100)), "");
    EXPECT_EQ(progress.finish(), "");
}

RC_GTEST_PROP(Progress, at_most_ten_plain_lines_and_no_control_characters, ()) {
    Progress progress(ProgressStyle::lines);
    ProgressState state;
    state.total = *rc::gen::inRange<std::int64_t>(1, 100'000);
    Duration elapsed;
    int lines = 0;
    while (state.done < state.total) {
        state.done += *rc::gen::inRange<std::int64_t>(1, state.total / 20 + 2);
        elapsed = elapsed + milliseconds(*rc::gen::inRange(1, 30'000));
        const std::string text = progress.update(state, elapsed);
        lines += text.empty() ? 0 : 1;
        RC_ASSERT(text.find('\r') == std::string::npos);
        RC_ASSERT(text.find('\x1b') == std::string::npos);
    }
    RC_ASSERT(lines <= 10);
    RC_ASSERT(lines <= elapsed.ns / seconds(10).ns);
}

}  // namespace stormglass::scenarios
