// CHECK ends the process and says where, what the host knows, and that it is our bug.
#include "runtime/check.hpp"

#include <gtest/gtest.h>

namespace stormglass {
namespace {

struct SeedContext final : CheckContext {
    void describe(std::FILE* out) const override { std::fputs("seed 0x2a node orders\n", out); }
};

TEST(Check, passes_silently_when_the_rule_holds) {
    CHECK(1 + 1 == 2);
    SUCCEED();
}

TEST(CheckDeathTest, names_the_condition_and_the_place) {
    EXPECT_DEATH(CHECK(1 + 1 == 3), "check_test.cpp:.*CHECK\\(1 \\+ 1 == 3\\)");
}

TEST(CheckDeathTest, prints_what_the_host_knows) {
    const SeedContext context;
    const CheckScope scope(context);
    EXPECT_DEATH(CHECK(false), "seed 0x2a node orders");
}

TEST(CheckDeathTest, forgets_the_context_with_its_scope) {
    {
        const SeedContext context;
        const CheckScope scope(context);
    }
    EXPECT_DEATH(CHECK(false), "CHECK\\(false\\)\n.*please report");
}

}  // namespace
}  // namespace stormglass
