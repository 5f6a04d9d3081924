// Judgement: what a checker answers about one history. Checkers report all that they find; which of
// it refutes is decided by the declared guarantee (guarantee.hpp), in judge.cpp alone.
#pragma once

#include <string>
#include <vector>

#include "sim/checks/rule.hpp"
#include "sim/checks/verdict.hpp"

namespace stormglass::sim::checks {

struct Judgement {
    Verdict verdict = Verdict::unknown;
    std::string reason;  // of unknown
    std::vector<Finding> findings;
    std::vector<Finding> reports;  // found as well, but the declared guarantee allows it
    std::vector<std::string> notes;
    std::vector<std::string> ruled_out;  // consistency models
    std::vector<std::uint32_t> order;    // a serial order that explains a valid history
    std::string model;
    std::string guarantee;
    std::uint64_t operations = 0;
    std::uint64_t nodes = 0;  // configurations that a search visited
    std::uint64_t bytes = 0;  // of the checker's own tables, at their largest
};

/// What a checker hands to judge.cpp.
struct Checked {
    Findings findings;
    std::vector<std::string> doubts;  // why the answer cannot be `valid`
    std::vector<std::string> notes;
    std::vector<std::uint32_t> order;
    std::uint64_t nodes = 0;
    std::uint64_t bytes = 0;
};

}  // namespace stormglass::sim::checks
