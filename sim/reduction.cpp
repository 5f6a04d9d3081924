#include "sim/reduction.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::sim {

IndexSet IndexSet::of(std::span<const std::uint32_t> numbers) {
    IndexSet set;
    set.all_ = false;
    for (const std::uint32_t number : numbers) {
        if (!set.ranges_.empty() && set.ranges_.back().last + 1 == number) {
            set.ranges_.back().last = number;
            continue;
        }
        CHECK(set.ranges_.empty() || set.ranges_.back().last < number);
        set.ranges_.push_back({number, number});
    }
    return set;
}

IndexSet IndexSet::of_ranges(std::vector<IndexRange> ranges) {
    std::uint64_t least = 0;
    for (const IndexRange& range : ranges) {
        CHECK(range.first >= least && range.last >= range.first);
        least = std::uint64_t{range.last} + 2;
    }
    IndexSet set;
    set.all_ = false;
    set.ranges_ = std::move(ranges);
    return set;
}

bool IndexSet::contains(std::uint32_t number) const {
    if (all_) {
        return true;
    }
    const auto after = std::upper_bound(
        ranges_.begin(), ranges_.end(), number, [](std::uint32_t wanted, const IndexRange& range) {
            return wanted < range.first;
        });
    return after != ranges_.begin() && std::prev(after)->last >= number;
}

std::uint64_t IndexSet::count_below(std::uint32_t limit) const {
    if (all_) {
        return limit;
    }
    std::uint64_t count = 0;
    for (const IndexRange& range : ranges_) {
        if (range.first < limit) {
            count += std::uint64_t{std::min(range.last, limit - 1)} - range.first + 1;
        }
    }
    return count;
}

std::vector<std::uint32_t> IndexSet::below(std::uint32_t limit) const {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(count_below(limit));
    const IndexRange everything{0, limit == 0 ? 0 : limit - 1};
    for (const IndexRange& range : all_ ? std::span(&everything, 1) : std::span(ranges_)) {
        for (std::uint64_t number = range.first; number <= range.last && number < limit; ++number) {
            numbers.push_back(static_cast<std::uint32_t>(number));
        }
    }
    return numbers;
}

const IndexSet& Reduction::of_fault(std::size_t fault) const {
    static const IndexSet kAll;
    return fault < faults.size() ? faults[fault] : kAll;
}

IndexSet& Reduction::fault(std::size_t fault) {
    if (faults.size() <= fault) {
        faults.resize(fault + 1);
    }
    return faults[fault];
}

bool Reduction::is_whole() const {
    return choices.is_all() &&
           std::all_of(faults.begin(), faults.end(), [](const IndexSet& s) { return s.is_all(); });
}

Reduction Reduction::normal() const {
    Reduction same = *this;
    while (!same.faults.empty() && same.faults.back().is_all()) {
        same.faults.pop_back();
    }
    return same;
}

}  // namespace stormglass::sim
