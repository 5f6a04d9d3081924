// Numbers with units, as people write them in files: exact integers come out, or a sentence that
// says what is wrong and how to write it. No floating point: 0.1 must not become 0.0999.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

// Durations are decoded to nanoseconds.
constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

/// What a number may be; `low` and `high` are inclusive and in the decoded unit.
struct QuantityRule {
    std::string_view name;
    ValueKind kind = ValueKind::count;
    std::int64_t low = 0;
    std::int64_t high = 0;
};

Result<std::int64_t> read_quantity(std::string_view text, const QuantityRule& rule);

/// The shortest way to write a decoded value: "250ms", "0.05", "64KiB", "12".
std::string write_quantity(std::int64_t value, ValueKind kind);

/// The units that a kind may carry, largest first; {""} for a bare number.
std::vector<std::string> unit_names(ValueKind kind);

/// A fraction like 0.0001 with at most nine decimals, between 0 and 1 exclusive.
Result<double> read_fraction(std::string_view text, std::string_view name);

}  // namespace stormglass::scenarios
