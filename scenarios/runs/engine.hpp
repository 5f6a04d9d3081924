// What a history depends on besides its seed: the deterministic code of this program, as a hash
// over its sources (tools/build_info.cmake), and the defect that is planted in it.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/runs/defect.hpp"

namespace stormglass::scenarios {

/// Of the sound program; generated at every build.
std::uint64_t engine_code();

/// `defect` null: the sound program.
std::uint64_t engine_hash(const PlantedDefect* defect);

/// The defect whose program has this hash. False when it is none of this program's.
bool find_engine(std::uint64_t engine, PlantedDefects defects, const PlantedDefect*& found);

/// Sixteen hex digits; and the first six of them, for sentences.
std::string hex16(std::uint64_t value);
std::string hex6(std::uint64_t value);

}  // namespace stormglass::scenarios
