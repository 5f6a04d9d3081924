// The program `stormglass`: arguments in, exit code out. Planted defects are the caller's: the
// program that people run hands in none.
#pragma once

#include "scenarios/runs/defect.hpp"

namespace stormglass::scenarios {

int program_main(int argc, char** argv, PlantedDefects defects);

}  // namespace stormglass::scenarios
