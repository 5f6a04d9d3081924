// One program, a role for each process of the demo; run.sh puts them together.
#include "examples/checkout/demo.hpp"

int main(int argc, char** argv) {
    return stormglass::examples::demo_main(argc, argv, {});
}
