// Verdict: what a checker answers. Whatever it could not finish is unknown, never valid.
#pragma once

#include <cstdint>
#include <string_view>

namespace stormglass::sim::checks {

enum class Verdict : std::uint8_t { valid, invalid, unknown };

constexpr std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::valid:
            return "valid";
        case Verdict::invalid:
            return "invalid";
        case Verdict::unknown:
            return "unknown";
    }
    return "";
}

}  // namespace stormglass::sim::checks
