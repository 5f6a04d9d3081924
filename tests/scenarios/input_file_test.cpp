// Reading files that users name: the cause is said, and nothing endless is read.
#include "scenarios/files/input_file.hpp"

#include <gtest/gtest.h>

namespace stormglass::scenarios {

TEST(InputFile, is_read_whole_or_up_to_one_byte_beyond_the_bound) {
    const std::string path = STORMGLASS_SOURCE_DIR "/scenarios/data/calm.yaml";
    const Result<std::string> whole = read_input_file(path, 1'000'000);
    ASSERT_TRUE(whole);
    EXPECT_NE(whole->find("name: calm\n"), std::string::npos);
    const Result<std::string> part = read_input_file(path, 10);
    ASSERT_TRUE(part);
    EXPECT_EQ(*part, whole->substr(0, 11));
    const Result<std::string> endless = read_input_file("/dev/zero", 1'000);
    ASSERT_TRUE(endless);
    EXPECT_EQ(endless->size(), 1'001U);
}

TEST(InputFile, what_cannot_be_read_says_why) {
    EXPECT_EQ(read_input_file("nowhere/x.yaml", 10).error().text,
              "cannot read 'nowhere/x.yaml': No such file or directory");
    EXPECT_EQ(read_input_file(STORMGLASS_SOURCE_DIR, 10).error().code, "no-input");
    EXPECT_FALSE(read_input_file("", 10));
}

}  // namespace stormglass::scenarios
