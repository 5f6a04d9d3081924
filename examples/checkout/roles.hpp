// What the processes of the demo do. Each role runs until it has nothing left to do or a signal
// ends it, and returns an exit code.
#pragma once

#include <string>

#include "scenarios/runs/run.hpp"

#include "examples/checkout/service.hpp"

namespace stormglass::examples {

/// What is tried: a shipped scenario, the seed that decides every order, perhaps a planted defect.
struct Trial {
    const scenarios::Plan& plan;
    std::uint64_t seed = 0;
    const scenarios::PlantedDefect* defect = nullptr;
};

/// Takes orders off their topic and drives one saga for each.
int run_orders(const BusAddress& bus, const Trial& trial);

/// stock, payments or shipping.
int run_participant(const std::string& name, const BusAddress& bus, const Trial& trial);

/// Folds the sagas' journal into SQL tables beside the bus's folder, and says how far it is.
int run_dashboard(const BusAddress& bus);

/// Publishes the orders, the very ones that the simulator's shop would place.
int place_orders(const BusAddress& bus, const Trial& trial);

/// Waits until every order has ended, then accounts for each; 0 when all of them come out.
int account(const BusAddress& bus, const Trial& trial);

/// The same world in the simulator: lays the bus's files into a folder.
int simulate(const std::string& folder, const Trial& trial);

/// Accounts for every order in the files of a bus.
int account_files(const std::string& folder, const Trial& trial);

}  // namespace stormglass::examples
