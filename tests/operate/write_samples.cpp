// Lays the files of a bus and of a review into a folder, for tests in other languages:
// write_samples FOLDER
#include <filesystem>
#include <fstream>

#include "reports/json.hpp"
#include "tests/operate/sample_bus.hpp"
#include "tests/reports/sample.hpp"

int main(int argc, char** argv) {
    if (argc != 2) {
        return 64;
    }
    const stormglass::tests::SampleBus bus("poisoned-message", 4);
    std::filesystem::copy(bus.folder(), argv[1], std::filesystem::copy_options::recursive);
    std::ofstream(std::filesystem::path(argv[1]) / "review.json")
        << stormglass::reports::to_json(stormglass::reports::sample_review());
    return 0;
}
