// Other processes of this program: twins of runs in another memory layout, and the program with
// planted defects. They speak in lines of numbers and names over a pipe; nothing is shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/results.hpp"

namespace stormglass::scenarios {

/// The path of the running program.
std::string own_path();

/// Trace hashes of `count` seeds from `first`, run in a process of its own with another heap,
/// environment size and address layout; nothing when that process failed.
std::optional<std::vector<std::uint64_t>> twin_hashes(const std::string& scenario,
                                                      std::uint64_t first,
                                                      std::uint64_t count,
                                                      const std::string& defect);

/// What the program with planted defects, beside this one, says of each of its defects; nothing
/// when there is no such program, or it failed.
struct HuntsRequest {
    std::uint64_t first_seed = 1;
    std::uint64_t blocks = 20;
    std::uint64_t block_limit = 1000;
    unsigned jobs = 1;
};

std::optional<std::vector<reports::DefectResult>> run_hunts(const HuntsRequest& request);

/// The path of that program; empty when it is not there.
std::string defects_path();

/// One line for each result, and back.
std::string hunt_line(const reports::DefectResult& result);
std::optional<reports::DefectResult> parse_hunt_line(const std::string& line);

}  // namespace stormglass::scenarios
