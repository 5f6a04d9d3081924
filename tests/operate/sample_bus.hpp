// A bus's data folder for tests of the tools: the disk of a broker after a simulated run of a
// shipped scenario, laid out as real files.
#pragma once

#include <filesystem>
#include <string>

#include "bus/machine.hpp"
#include "tests/support/temp_dir.hpp"

namespace stormglass::tests {

struct Ran {
    int code = -1;
    std::string out;
    std::string err;
};

/// A folder of its own, removed at the end.
class SampleBus {
  public:
    /// Runs the scenario under this seed to its end.
    SampleBus(const std::string& scenario, std::uint64_t seed);
    ~SampleBus();
    SampleBus(const SampleBus&) = delete;
    SampleBus& operator=(const SampleBus&) = delete;

    std::filesystem::path folder() const { return folder_.path(); }

    std::string segment(std::uint64_t number = 1) const;

    /// What the broker itself held at the end of the run.
    const bus::Machine& machine() const;

    /// The shipped program with these arguments; {} in them stands for the folder.
    Ran stormglass(std::string arguments) const;

  private:
    struct Inside;
    TempDir folder_;
    std::unique_ptr<Inside> inside_;
};

}  // namespace stormglass::tests
