// The demo's command line: checkout-demo ROLE SCENARIO SEED [DEFECT|-] [HOST:PORT DATA | FOLDER].
// The program that people run has no planted defects; tests hand some in.
#pragma once

#include "scenarios/runs/defect.hpp"

namespace stormglass::examples {

int demo_main(int argc, char** argv, scenarios::PlantedDefects defects);

}  // namespace stormglass::examples
