// Distances, reach and wording of suggestions; words come from users and are made printable.
#include "scenarios/files/suggest.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/check.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::size_t kLongWord = 10;
constexpr std::size_t kPrintedMax = 60;

std::size_t letters_of(std::string_view word) {
    return static_cast<std::size_t>(
        std::count_if(word.begin(), word.end(), [](char c) { return c != '-'; }));
}

}  // namespace

std::string lower(std::string_view word) {
    std::string result(word);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return result;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows suffice: a swap looks back two.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::vector<std::string> suggestions(std::string_view word,
                                     const std::vector<std::string>& candidates) {
    if (word.empty() || word.size() > kWordMax) {
        return {};
    }
    const std::string wanted = lower(word);
    const std::size_t letters = letters_of(word);
    const std::size_t reach = letters >= kLongWord ? 3 : 2;
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const std::string& candidate : candidates) {
        if (candidate.size() > kWordMax) {
            continue;
        }
        const std::size_t distance = edit_distance(wanted, lower(candidate));
        if (distance <= reach && distance < letters) {
            found.emplace_back(distance, candidate);
        }
    }
    std::stable_sort(
        found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> result;
    for (auto& [distance, candidate] : found) {
        if (result.size() < kSuggestionsMax && !contains(result, candidate)) {
            result.push_back(std::move(candidate));
        }
    }
    CHECK(result.size() <= kSuggestionsMax);
    return result;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::vector<std::string> near = suggestions(word, candidates);
    if (near.empty()) {
        return "";
    }
    std::string result = "; did you mean ";
    for (std::size_t i = 0; i < near.size(); ++i) {
        if (i > 0) {
            result += i + 1 == near.size() ? " or " : ", ";
        }
        result += in_quotes(near[i]);
    }
    return result + "?";
}

std::string did_you_mean_or(std::string_view word,
                            const std::vector<std::string>& candidates,
                            std::string_view otherwise) {
    const std::string meant = did_you_mean(word, candidates);
    return meant.empty() ? "; " + std::string(otherwise) : meant;
}

std::string printable(std::string_view word) {
    constexpr std::array<char, 16> kHex = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    std::string result;
    std::size_t shown = 0;
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        const bool starts_character = (byte & 0xc0U) != 0x80U;
        if (starts_character && shown == kPrintedMax) {
            return result + "...";
        }
        shown += starts_character ? 1 : 0;
        if (byte < 0x20 || byte == 0x7f) {
            result += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 0xfU]};
        } else {
            result += c;
        }
    }
    return result;
}

std::string in_quotes(std::string_view word) {
    return "'" + printable(word) + "'";
}

std::vector<std::string> names_of(const std::vector<NamedThing>& things) {
    std::vector<std::string> result;
    result.reserve(things.size());
    for (const NamedThing& thing : things) {
        result.push_back(thing.name);
    }
    return result;
}

std::vector<std::string> names_of(const std::vector<FaultRule>& rules) {
    std::vector<std::string> result;
    result.reserve(rules.size());
    for (const FaultRule& rule : rules) {
        result.push_back(rule.name);
    }
    return result;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace stormglass::scenarios
