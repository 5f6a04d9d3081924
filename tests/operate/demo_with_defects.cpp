// The demo with planted defects: it must come out red.
#include "tests/defects/defects.hpp"

#include "examples/checkout/demo.hpp"

int main(int argc, char** argv) {
    return stormglass::examples::demo_main(argc, argv, stormglass::tests::planted_defects());
}
