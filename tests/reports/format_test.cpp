// Numbers as people read them.
#include "reports/format.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace stormglass::reports {
namespace {

TEST(Format, groups_counts_by_three) {
    EXPECT_EQ(count(0), "0");
    EXPECT_EQ(count(999), "999");
    EXPECT_EQ(count(1'000), "1,000");
    EXPECT_EQ(count(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
    EXPECT_EQ(of(3, 6'120), "3 of 6,120");
    EXPECT_EQ(counted(1, "run"), "1 run");
    EXPECT_EQ(counted(0, "run"), "0 runs");
}

TEST(Format, keeps_virtual_time_exact) {
    EXPECT_EQ(virtual_time(0), "0.000 s");
    EXPECT_EQ(virtual_time(12'004'000'000), "12.004 s");
    EXPECT_EQ(virtual_time(12'009'100'000), "12.0091 s");
    EXPECT_EQ(virtual_time(1), "0.000000001 s");
    EXPECT_EQ(virtual_time(-1'500'000'000), "-1.500 s");
    EXPECT_EQ(virtual_time(std::numeric_limits<std::int64_t>::min()), "-9223372036.854775808 s");
}

TEST(Format, says_spans_in_the_unit_people_use) {
    EXPECT_EQ(span(0.84), "0.8 s");
    EXPECT_EQ(span(118), "118 s");
    EXPECT_EQ(span(1'234), "20 min");
    EXPECT_EQ(span(8 * 3600 + 12 * 60 + 59), "8 h 12 min");
    EXPECT_EQ(span(62 * 3600), "62 h");
    EXPECT_EQ(span(std::numeric_limits<double>::quiet_NaN()), "unknown");
    EXPECT_EQ(span(-1), "unknown");
}

TEST(Format, writes_seeds_shares_and_sizes) {
    EXPECT_EQ(seed(0), "0x0");
    EXPECT_EQ(seed(0x5ee1d0c4), "0x5ee1d0c4");
    EXPECT_EQ(confidence(0.95), "95 %");
    EXPECT_EQ(confidence(0.999), "99.9 %");
    EXPECT_EQ(short_number(3.0), "3");
    EXPECT_EQ(short_number(2.5), "2.5");
    EXPECT_EQ(memory(16ULL << 30), "16.0 GiB");
    EXPECT_EQ(place({"a.yaml", 21}), "a.yaml:21");
    EXPECT_EQ(place({"a.yaml", 0}), "a.yaml");
    EXPECT_EQ(place({}), "");
}

}  // namespace
}  // namespace stormglass::reports
