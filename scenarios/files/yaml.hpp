// Reads YAML into a small tree whose every value knows its line and column. Hostile input is
// refused before it costs anything: size, encoding, depth, aliases, duplicate keys and further
// documents are judged here, not by the library underneath (which is seen by yaml.cpp alone).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/located.hpp"

namespace stormglass::scenarios {

constexpr std::size_t kYamlBytesMax = 1'048'576;
constexpr int kYamlDepthMax = 32;              // our dialects need six
constexpr std::size_t kAliasVisitsMax = 1000;  // nodes copied through aliases, in total

struct YamlEntry;

struct YamlNode {
    enum class Kind { null, scalar, list, map };
    enum class Quotes { none, some };

    Kind kind = Kind::null;
    Place place;
    std::string text;                // of a scalar
    Quotes quotes = Quotes::none;    // 'x' and "x" are text for certain
    std::vector<YamlNode> items;     // of a list
    std::vector<YamlEntry> entries;  // of a map, in order, keys unique

    bool is_scalar() const { return kind == Kind::scalar; }

    bool is_list() const { return kind == Kind::list; }

    bool is_map() const { return kind == Kind::map; }

    /// The value of a key, or null.
    const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
    std::string key;
    Place place;
    YamlNode value;
};

/// The one document in `text`, when it can be read at all. A duplicate key is a problem and its
/// second value is dropped, so that decoding can go on and find the other problems.
std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems);

}  // namespace stormglass::scenarios
