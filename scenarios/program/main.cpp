// The program that people run: no planted defect is compiled in.
#include <cstdio>
#include <exception>

#include "scenarios/cli/exit_codes.hpp"
#include "scenarios/program/program.hpp"

int main(int argc, char** argv) {
    try {
        return stormglass::scenarios::program_main(argc, argv, {});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stormglass: internal error: %s\n", error.what());
        return stormglass::scenarios::kExitInternal;
    }
}
