// A Result is a value or an error, never both, and reading the wrong side is a bug.
#include "runtime/result.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace stormglass {
namespace {

Result<std::unique_ptr<int>> half_of(int number) {
    if (number % 2 != 0) {
        return Error{"odd", std::to_string(number) + " is odd"};
    }
    return std::make_unique<int>(number / 2);
}

TEST(Result, holds_a_value_or_an_error) {
    auto good = half_of(8);
    ASSERT_TRUE(good.ok());
    EXPECT_EQ(**good, 4);
    const auto bad = half_of(7);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, "odd");
    EXPECT_EQ(bad.error().text, "7 is odd");
}

TEST(Result, of_nothing_is_ok_or_an_error) {
    EXPECT_TRUE(Result<void>{}.ok());
    EXPECT_EQ(Result<void>(Error{"full", ""}).error().code, "full");
}

TEST(ResultDeathTest, reading_the_wrong_side_is_a_bug) {
    const auto bad = half_of(7);
    EXPECT_DEATH(static_cast<void>(bad.value()), "CHECK");
    const auto good = half_of(8);
    EXPECT_DEATH(static_cast<void>(good.error()), "CHECK");
}

}  // namespace
}  // namespace stormglass
