// The entry point of every test program.
#include <cstdio>

#include <gtest/gtest.h>

#include "tests/support/guard.hpp"

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (!stormglass::tests::guard_installed()) {
        std::fputs("guard: off, the sanitizers interpose the same functions\n", stderr);
    }
    return RUN_ALL_TESTS();
}
