#include "bus/replay_state_intervals.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {

// The first interval that ends at or behind `value`.
std::vector<Interval>::const_iterator IntervalSet::after(std::uint64_t value) const {
    // Nearly always the last one: sequences arrive in order.
    if (!intervals_.empty() && intervals_.back().first <= value) {
        return intervals_.back().last >= value ? intervals_.end() - 1 : intervals_.end();
    }
    return std::lower_bound(
        intervals_.begin(), intervals_.end(), value, [](const Interval& interval, std::uint64_t v) {
            return interval.last < v;
        });
}

bool IntervalSet::contains(std::uint64_t value) const {
    return overlaps(value, value);
}

bool IntervalSet::overlaps(std::uint64_t first, std::uint64_t last) const {
    CHECK(first <= last);
    const auto at = after(first);
    return at != intervals_.end() && at->first <= last;
}

void IntervalSet::insert(std::uint64_t first, std::uint64_t last) {
    CHECK(!overlaps(first, last));
    const auto found = after(first);
    const auto at = intervals_.begin() + (found - intervals_.cbegin());
    const bool joins_before = at != intervals_.begin() && (at - 1)->last + 1 == first;
    const bool joins_after = at != intervals_.end() && at->first == last + 1;
    if (joins_before && joins_after) {
        (at - 1)->last = at->last;
        intervals_.erase(at);
    } else if (joins_before) {
        (at - 1)->last = last;
    } else if (joins_after) {
        at->first = first;
    } else {
        intervals_.insert(at, {first, last});
    }
}

void IntervalSet::fill(std::uint64_t from, std::uint64_t last) {
    CHECK(intervals_.empty() || from <= intervals_.front().first);
    CHECK(from <= last);
    std::uint64_t end = last;
    auto keep = intervals_.begin();
    while (keep != intervals_.end() && keep->first <= last + 1) {
        end = std::max(end, keep->last);
        ++keep;
    }
    intervals_.erase(intervals_.begin(), keep);
    intervals_.insert(intervals_.begin(), {from, end});
}

std::size_t IntervalSet::holes(std::uint64_t lowest) const {
    if (intervals_.empty()) {
        return 0;
    }
    return intervals_.size() - (intervals_.front().first == lowest ? 1 : 0);
}

std::size_t IntervalSet::holes_with(std::uint64_t lowest,
                                    std::uint64_t first,
                                    std::uint64_t last) const {
    CHECK(!overlaps(first, last));
    const auto at = after(first);
    const std::uint64_t before = at == intervals_.begin() ? lowest - 1 : (at - 1)->last;
    const bool gap_before = first > before + 1;
    const bool gap_after = at != intervals_.end() && at->first > last + 1;
    const bool was_gap = at != intervals_.end();  // it lies in a hole
    return holes(lowest) + (gap_before ? 1 : 0) + (gap_after ? 1 : 0) - (was_gap ? 1 : 0);
}

std::uint64_t IntervalSet::first_missing(std::uint64_t from) const {
    const auto at = after(from);
    return at != intervals_.end() && at->first <= from ? at->last + 1 : from;
}

}  // namespace stormglass::bus
