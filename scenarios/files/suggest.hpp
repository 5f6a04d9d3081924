// "Did you mean": which known words a misspelt one may stand for. Distances count insertions,
// deletions, replacements and swaps of neighbours (optimal string alignment).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/names.hpp"

namespace stormglass::scenarios {

constexpr std::size_t kSuggestionsMax = 3;
constexpr std::size_t kWordMax = 64;  // longer words are no typing mistake; bounds the work

/// With small letters for A to Z.
std::string lower(std::string_view word);

/// Optimal string alignment distance, by bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidates within reach of `word`, nearest first, else in the given order. Reach is two
/// edits, three for words of ten letters or more, and less than the word is long; letters that
/// differ only in case are equal.
std::vector<std::string> suggestions(std::string_view word,
                                     const std::vector<std::string>& candidates);

/// "; did you mean 'x'?", "; did you mean 'x' or 'y'?", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// The same, or "; " and what to do when nothing comes near.
std::string did_you_mean_or(std::string_view word,
                            const std::vector<std::string>& candidates,
                            std::string_view otherwise);

/// The word between single quotes, made safe for a terminal and cut when it is very long.
std::string in_quotes(std::string_view word);

/// The same without the quotes.
std::string printable(std::string_view word);

std::vector<std::string> names_of(const std::vector<NamedThing>& things);
std::vector<std::string> names_of(const std::vector<FaultRule>& rules);
bool contains(const std::vector<std::string>& words, std::string_view word);

}  // namespace stormglass::scenarios
