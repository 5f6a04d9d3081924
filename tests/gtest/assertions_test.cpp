// The assertions of product code: silent alone, heard inside a scope, known before they are
// reached.
#include "runtime/assertions.hpp"

#include <algorithm>

namespace stormglass {
namespace {

struct Heard final : AssertionListener {
    void on_reached(std::string_view name) override { reached.emplace_back(name); }

    void on_violated(std::string_view name) override { violated.emplace_back(name); }

    std::vector<std::string> reached;
    std::vector<std::string> violated;
};

void product_code(int balance) {
    STORMGLASS_ALWAYS(balance >= 0, "test.balance-not-negative");
    STORMGLASS_SOMETIMES(balance == 7, "test.balance-of-seven");
    STORMGLASS_REACHABLE("test.came-by");
    if (balance > 100) {
        STORMGLASS_UNREACHABLE("test.too-rich");
    }
}

TEST(Assertions, are_silent_where_nobody_listens) {
    product_code(-1);
}

TEST(Assertions, tell_their_listener_what_holds_and_what_does_not) {
    Heard heard;
    {
        const AssertionScope scope(heard);
        product_code(7);
        product_code(-1);
        product_code(101);
    }
    product_code(-1);
    EXPECT_EQ(heard.violated,
              (std::vector<std::string>{"test.balance-not-negative", "test.too-rich"}));
    EXPECT_EQ(std::count(heard.reached.begin(), heard.reached.end(), "test.balance-of-seven"), 1);
    EXPECT_EQ(std::count(heard.reached.begin(), heard.reached.end(), "test.came-by"), 3);
}

TEST(Assertions, of_an_inner_scope_end_with_it) {
    Heard outer;
    Heard inner;
    const AssertionScope scope(outer);
    {
        const AssertionScope nested(inner);
        product_code(-1);
    }
    product_code(-1);
    EXPECT_EQ(inner.violated.size(), 1U);
    EXPECT_EQ(outer.violated.size(), 1U);
}

TEST(Assertions, stand_in_the_registry_of_marks_before_they_are_reached) {
    const auto marks = cover_marks();
    for (const char* name :
         {"test.balance-not-negative", "test.balance-of-seven", "test.came-by"}) {
        EXPECT_NE(std::find(marks.begin(), marks.end(), name), marks.end()) << name;
    }
}

}  // namespace
}  // namespace stormglass
