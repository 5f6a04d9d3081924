// The unit tests under a planted defect: "sound" rules are those that STORMGLASS_DEFECT names.
// Linked in place of the files sound_*rules.cpp of bus and sagas.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/defects/defects.hpp"

namespace stormglass {
namespace {

const scenarios::PlantedDefect& chosen() {
    static const scenarios::PlantedDefect* const found = [] {
        const char* wanted = std::getenv("STORMGLASS_DEFECT");
        for (const scenarios::PlantedDefect& defect : tests::planted_defects()) {
            if (wanted != nullptr && defect.name == wanted) {
                return &defect;
            }
        }
        std::fputs("STORMGLASS_DEFECT names no planted defect\n", stderr);
        std::exit(64);
    }();
    return *found;
}

// Chosen before any world runs: inside, nobody may ask for the environment.
[[maybe_unused]] const scenarios::PlantedDefect& kChosen = chosen();

}  // namespace

const bus::Rules& bus::sound_rules() {
    static const Rules sound;
    return chosen().bus != nullptr ? *chosen().bus : sound;
}

const sagas::Rules& sagas::sound_rules() {
    static const Rules sound;
    return chosen().sagas != nullptr ? *chosen().sagas : sound;
}

const sagas::ProjectionRules& sagas::sound_projection_rules() {
    static const ProjectionRules sound;
    return chosen().projections != nullptr ? *chosen().projections : sound;
}

}  // namespace stormglass
