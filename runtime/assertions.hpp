// Assertions for product code: what must always hold, what some test must come by, what must never
// be reached. A pointer test each, and silent, wherever nobody listens; where a simulated world or
// a test does, it hears of each. SOMETIMES, REACHABLE and ALWAYS stand in the registry of COVER
// marks, so that one which was never reached can be named.
#pragma once

#include <string_view>

#include "runtime/cover.hpp"

namespace stormglass {

/// Whoever runs a step of the code under test, and wants to hear.
class AssertionListener {
  public:
    virtual ~AssertionListener() = default;

    virtual void on_reached(std::string_view name) = 0;
    virtual void on_violated(std::string_view name) = 0;
};

namespace detail {

void assertion_reached(std::string_view name);
void assertion_violated(std::string_view name);

}  // namespace detail

/// Hears the assertions of this thread for as long as it lives; scopes nest.
class AssertionScope {
  public:
    explicit AssertionScope(AssertionListener& listener);
    ~AssertionScope();
    AssertionScope(const AssertionScope&) = delete;
    AssertionScope& operator=(const AssertionScope&) = delete;

  private:
    AssertionListener* outer_;
};

}  // namespace stormglass

#define STORMGLASS_ALWAYS(condition, name)                               \
    do {                                                                 \
        static_cast<void>(::stormglass::detail::Mark<name>::registered); \
        if (condition) {                                                 \
            ::stormglass::detail::assertion_reached(name);               \
        } else {                                                         \
            ::stormglass::detail::assertion_violated(name);              \
        }                                                                \
    } while (false)

#define STORMGLASS_SOMETIMES(condition, name)                            \
    do {                                                                 \
        static_cast<void>(::stormglass::detail::Mark<name>::registered); \
        if (condition) {                                                 \
            ::stormglass::detail::assertion_reached(name);               \
        }                                                                \
    } while (false)

#define STORMGLASS_REACHABLE(name) STORMGLASS_SOMETIMES(true, name)

#define STORMGLASS_UNREACHABLE(name) ::stormglass::detail::assertion_violated(name)
