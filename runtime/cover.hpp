// COVER marks: places that a test suite must reach. Each mark registers itself before `main`, so
// that one which is never reached can be named; reaching one is an effect of the step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass {

/// All marks compiled into this program, sorted by name.
std::vector<std::string_view> cover_marks();

namespace detail {

template <std::size_t N>
struct MarkName {
    char text[N] = {};

    consteval MarkName(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT
};

bool register_mark(std::string_view name);

template <MarkName Name>
struct Mark {
    static inline const bool registered =
        register_mark(std::string_view(Name.text, sizeof(Name.text) - 1));
};

}  // namespace detail
}  // namespace stormglass

/// Says "the suite must come by here": COVER(out, "bus.session-resumed").
#define COVER(out, name)                                                 \
    do {                                                                 \
        static_cast<void>(::stormglass::detail::Mark<name>::registered); \
        (out).cover(name);                                               \
    } while (false)

/// Says "both are fine here": a simulator may push the rare branch; false everywhere else.
#define MAYBE(out, site) ((out).maybe(site))
