// Prints an output of the sample review, for people who want to look at it.
#include <cstdio>
#include <string_view>

#include "reports/page.hpp"
#include "tests/reports/sample.hpp"

int main(int argc, char** argv) {
    using namespace stormglass::reports;
    const std::string_view what = argc > 1 ? argv[1] : "page";
    const Results results = what.ends_with("-run") ? sample_run() : sample_review();
    const std::string text = page(results);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
}
