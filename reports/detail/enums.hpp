// The words of each enum in a review's file: reader, writer and schema go through the same ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reports/format.hpp"
#include "reports/results.hpp"

namespace stormglass::reports::detail {

template <class T>
concept Named = std::is_enum_v<T>;

/// All values of an enum that a file may hold.
template <Named T>
std::vector<T> all_values() {
    constexpr int kFirst = std::is_same_v<T, Rule> ? 1 : 0;
    constexpr int kCount = [] {
        if constexpr (std::is_same_v<T, Status>) {
            return 5;
        } else if constexpr (std::is_same_v<T, ClaimKind>) {
            return 6;
        } else if constexpr (std::is_same_v<T, Method>) {
            return 6;
        } else if constexpr (std::is_same_v<T, StepKind>) {
            return 10;
        } else if constexpr (std::is_same_v<T, Settled>) {
            return 3;
        } else {
            static_assert(std::is_same_v<T, Rule>);
            return 12;
        }
    }();
    std::vector<T> values;
    for (int at = kFirst; at < kFirst + kCount; ++at) {
        values.push_back(static_cast<T>(at));
    }
    return values;
}

/// The value of this name.
template <Named T>
std::optional<T> value_named(std::string_view name) {
    for (const T value : all_values<T>()) {
        if (name_of(value) == name) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace stormglass::reports::detail
