#include "scenarios/runs/engine.hpp"

#include "runtime/random.hpp"

namespace stormglass::scenarios {

std::uint64_t engine_hash(const PlantedDefect* defect) {
    return defect == nullptr ? engine_code() : chain64(engine_code(), name_hash(defect->name));
}

bool find_engine(std::uint64_t engine, PlantedDefects defects, const PlantedDefect*& found) {
    found = nullptr;
    if (engine == engine_hash(nullptr)) {
        return true;
    }
    for (const PlantedDefect& defect : defects) {
        if (engine == engine_hash(&defect)) {
            found = &defect;
            return true;
        }
    }
    return false;
}

std::string hex16(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) {
        text[i] = kDigits[value & 0xf];
    }
    return text;
}

std::string hex6(std::uint64_t value) {
    return hex16(value).substr(0, 6);
}

}  // namespace stormglass::scenarios
