// Patterns of names in targets: a name, "*", or a prefix with a trailing "*".
#pragma once

#include <string_view>

namespace stormglass::sim {

inline bool fits_pattern(std::string_view pattern, std::string_view name) {
    if (!pattern.empty() && pattern.back() == '*') {
        return name.starts_with(pattern.substr(0, pattern.size() - 1));
    }
    return pattern == name;
}

}  // namespace stormglass::sim
