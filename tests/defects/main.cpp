// The same program with planted defects compiled in: it proves that the checks notice.
#include <cstdio>
#include <exception>

#include "scenarios/cli/exit_codes.hpp"
#include "scenarios/program/program.hpp"
#include "tests/defects/defects.hpp"

int main(int argc, char** argv) {
    try {
        return stormglass::scenarios::program_main(
            argc, argv, stormglass::tests::planted_defects());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stormglass: internal error: %s\n", error.what());
        return stormglass::scenarios::kExitInternal;
    }
}
