// Time as the core sees it: durations, and the two clocks of one process as plain values.
// Nothing here reads a clock; a `Moment` is handed to every step by the host.
#pragma once

#include <compare>
#include <cstdint>

namespace stormglass {

/// A signed span of time in nanoseconds.
struct Duration {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(const Duration&, const Duration&) = default;

    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }

    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }

    friend constexpr Duration operator*(Duration a, std::int64_t factor) { return {a.ns * factor}; }

    friend constexpr Duration operator/(Duration a, std::int64_t divisor) {
        return {a.ns / divisor};
    }
};

constexpr Duration nanoseconds(std::int64_t count) {
    return {count};
}

constexpr Duration microseconds(std::int64_t count) {
    return {count * 1'000};
}

constexpr Duration milliseconds(std::int64_t count) {
    return {count * 1'000'000};
}

constexpr Duration seconds(std::int64_t count) {
    return {count * 1'000'000'000};
}

constexpr Duration minutes(std::int64_t count) {
    return seconds(count * 60);
}

/// Nanoseconds on a clock that never goes back within one life of a process; it may drift.
struct MonotonicTime {
    std::uint64_t ns = 0;

    friend constexpr auto operator<=>(const MonotonicTime&, const MonotonicTime&) = default;

    friend constexpr MonotonicTime operator+(MonotonicTime t, Duration d) {
        return {t.ns + static_cast<std::uint64_t>(d.ns)};
    }

    friend constexpr Duration operator-(MonotonicTime a, MonotonicTime b) {
        return {static_cast<std::int64_t>(a.ns - b.ns)};
    }
};

/// Nanoseconds since 1970-01-01T00:00:00Z on a clock that people set: it may jump both ways.
struct WallTime {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(const WallTime&, const WallTime&) = default;

    friend constexpr WallTime operator+(WallTime t, Duration d) { return {t.ns + d.ns}; }

    friend constexpr Duration operator-(WallTime a, WallTime b) { return {a.ns - b.ns}; }
};

/// "Now", as one process reads it. Durations and deadlines use `monotonic`; what must mean
/// something to another process or another life uses `wall`, and is never trusted for order.
struct Moment {
    MonotonicTime monotonic;
    WallTime wall;
};

}  // namespace stormglass
