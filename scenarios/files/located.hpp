// Problems of an input file, each with its place, collected so that a user sees all of them in one
// go: "FILE:LINE:COLUMN: sentence", at most twenty, then "N problems in FILE".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stormglass::scenarios {

/// Where something stands in a file; both count from 1, columns in characters.
struct Place {
    int line = 1;
    int column = 1;

    friend auto operator<=>(const Place&, const Place&) = default;
};

struct Problem {
    Place place;
    std::string text;

    friend auto operator<=>(const Problem&, const Problem&) = default;
};

/// The problems found in one file. Adding beyond the memory bound only counts.
class Problems {
  public:
    static constexpr std::size_t kShownMax = 20;  // more than a screen helps nobody
    static constexpr std::size_t kKeptMax = 200;  // a hostile file must not fill memory

    explicit Problems(std::string file) : file_(std::move(file)) {}

    void add(Place place, std::string text);

    bool empty() const { return count_ == 0; }

    std::size_t count() const { return count_; }

    /// Further problems are counted but not kept.
    bool full() const { return kept_.size() == kKeptMax; }

    const std::string& file() const { return file_; }

    /// The kept problems in order of their place.
    std::vector<Problem> sorted() const;

    /// What a user reads: one line per problem, at most kShownMax, and the closing count.
    std::string text() const;

  private:
    std::string file_;
    std::vector<Problem> kept_;
    std::size_t count_ = 0;
};

}  // namespace stormglass::scenarios
