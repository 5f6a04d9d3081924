// What is left of a run: which decisions of each fault act, and which choices of the workload are
// made. A seed and a Reduction name one history; taking something away moves no draw of the rest.
// It prints as a token (token.hpp) and is what a failing run is narrowed by (shrink.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::sim {

/// Both ends included.
struct IndexRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;

    friend constexpr bool operator==(const IndexRange&, const IndexRange&) = default;
};

/// Every number from 0, or some of them as rising ranges that do not touch.
class IndexSet {
  public:
    IndexSet() = default;  // all

    static IndexSet all() { return {}; }

    static IndexSet none() { return of({}); }

    /// Requires: rising, no number twice.
    static IndexSet of(std::span<const std::uint32_t> numbers);
    static IndexSet of_ranges(std::vector<IndexRange> ranges);

    bool is_all() const { return all_; }

    bool is_none() const { return !all_ && ranges_.empty(); }

    bool contains(std::uint32_t number) const;
    /// How many numbers below `limit` it holds.
    std::uint64_t count_below(std::uint32_t limit) const;
    std::vector<std::uint32_t> below(std::uint32_t limit) const;

    /// Empty when it holds all.
    std::span<const IndexRange> ranges() const { return ranges_; }

    friend bool operator==(const IndexSet&, const IndexSet&) = default;

  private:
    bool all_ = true;
    std::vector<IndexRange> ranges_;
};

/// Decisions of a fault are numbered from 0 in the order in which its draws would have it act:
/// one that is not kept does nothing, and keeps its number. Choices of a workload are numbered by
/// the workload. A fault beyond the end of `faults` keeps all.
struct Reduction {
    std::vector<IndexSet> faults;
    IndexSet choices;

    const IndexSet& of_fault(std::size_t fault) const;
    /// Grows `faults` as needed.
    IndexSet& fault(std::size_t fault);
    bool is_whole() const;
    /// Without trailing entries that keep all: equal reductions are then equal values.
    Reduction normal() const;

    friend bool operator==(const Reduction&, const Reduction&) = default;
};

/// What a decision was about, as one number: the same in any run of the same seed and names.
constexpr std::uint64_t subject_hash(Subject about) {
    return keyed_draw(0, 0, about);
}

/// Decisions by what they were about, for code that has changed: the fault acts on visits about
/// these subjects and on no others, whatever its draws say.
struct Recall {
    std::vector<std::uint64_t> subjects;  // of subject_hash, rising
};

}  // namespace stormglass::sim
