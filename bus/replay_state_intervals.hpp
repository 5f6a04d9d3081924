// The accepted sequences of one (source, epoch) as intervals: exact, and small because sequences
// are contiguous but for holes, whose number is bounded.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stormglass::bus {

/// Inclusive at both ends.
struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    friend bool operator==(const Interval&, const Interval&) = default;
};

class IntervalSet {
  public:
    bool contains(std::uint64_t value) const;
    /// Whether any of first .. last is in the set.
    bool overlaps(std::uint64_t first, std::uint64_t last) const;

    /// Adds first .. last. Requires: none of them is in the set.
    void insert(std::uint64_t first, std::uint64_t last);

    /// Adds every value from `from` (which is below or at the lowest) up to `last`.
    void fill(std::uint64_t from, std::uint64_t last);

    /// The highest value; 0 when empty.
    std::uint64_t highest() const { return intervals_.empty() ? 0 : intervals_.back().last; }

    /// How many gaps there are below the highest value, counting from `lowest`.
    std::size_t holes(std::uint64_t lowest) const;
    /// How many there would be with first .. last added.
    std::size_t holes_with(std::uint64_t lowest, std::uint64_t first, std::uint64_t last) const;

    /// The first value from `from` on that is not in the set.
    std::uint64_t first_missing(std::uint64_t from) const;

    std::span<const Interval> intervals() const { return intervals_; }

    friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

  private:
    std::vector<Interval>::const_iterator after(std::uint64_t value) const;

    std::vector<Interval> intervals_;  // ascending, never touching
};

}  // namespace stormglass::bus
