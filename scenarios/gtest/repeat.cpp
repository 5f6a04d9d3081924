#include "scenarios/gtest/repeat.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>

#include <gtest/gtest.h>

namespace stormglass::trial {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::optional<std::uint64_t> number(const std::string& text) {
    const bool hex = text.starts_with("0x");
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] =
        std::from_chars(text.data() + (hex ? 2 : 0), end, value, hex ? 16 : 10);
    return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string repeat_line(const std::string& variable) {
    std::string line = variable + " " + program_invocation_name;
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    if (test != nullptr) {
        line += " --gtest_filter=" + std::string(test->test_suite_name()) + "." + test->name();
    }
    return line;
}

Wish wish_of_environment() {
    Wish wish;
    wish.token = variable("STORMGLASS_REPLAY");
    const auto take = [&wish](const char* name, std::optional<std::uint64_t>& out) {
        const std::string text = variable(name);
        out = text.empty() ? std::nullopt : number(text);
        if (!text.empty() && !out) {
            wish.complaint =
                std::string(name) + " wants a number or 0x and hex digits, got '" + text + "'";
        }
    };
    take("STORMGLASS_SEED", wish.seed);
    take("STORMGLASS_SEEDS", wish.seeds);
    return wish;
}

}  // namespace stormglass::trial
