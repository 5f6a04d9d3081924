// Histories for tests: short hand to recordings, and the recorded files of known verdict.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/checks/examples.hpp"
#include "sim/checks/formats/reader.hpp"

namespace stormglass::tests {

inline sim::checks::Recording recorded(std::string_view short_hand) {
    auto read = sim::checks::read_history(sim::checks::history_of_short_hand(short_hand));
    EXPECT_TRUE(read.ok()) << (read.ok() ? "" : read.error().text) << "\n" << short_hand;
    return read.ok() ? std::move(read).value() : sim::checks::Recording{};
}

/// How many cases a sweep tries: few in ctest, many in `make sweep-checks`.
inline std::uint64_t sweep_cases(std::uint64_t few, std::uint64_t many) {
    return std::getenv("STORMGLASS_SWEEP") != nullptr ? many : few;
}

struct KnownVerdict {
    std::string file;
    std::string format;
    std::string model;
    std::size_t invocations = 0;
    std::size_t not_failed = 0;
    bool valid = false;
};

inline std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline std::vector<std::string> csv_cells(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

inline const std::string kHistories = std::string(STORMGLASS_DATA_DIR) + "/histories/";

/// Empty when the data is not there.
inline std::vector<KnownVerdict> known_verdicts() {
    std::vector<KnownVerdict> rows;
    std::ifstream in(kHistories + "verdicts.csv");
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        const auto cells = csv_cells(line);
        rows.push_back({cells.at(0),
                        cells.at(2),
                        cells.at(3),
                        std::stoul(cells.at(4)),
                        std::stoul(cells.at(5)),
                        cells.at(6) == "true"});
    }
    return rows;
}

#define SKIP_WITHOUT_HISTORIES(rows)                              \
    if ((rows).empty()) {                                         \
        GTEST_SKIP() << "no recorded histories at " << kHistories \
                     << "; point STORMGLASS_DATA_DIR at them";    \
    }

}  // namespace stormglass::tests
