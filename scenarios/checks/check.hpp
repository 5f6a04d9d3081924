// Checks: each is one rule over the facts of a run, with an id that never changes, a slug for files
// and people, and a sentence. A check reports every violation; what refutes a claim is decided by
// the scenario that lists it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/checks/facts.hpp"

namespace stormglass::scenarios {

struct Violation {
    std::string sentence;  // what went wrong, for a reader outside the team
    std::string expected;
    std::string observed;
    std::string subject;   // what it is about: a saga, a group and position ...
    std::uint64_t at = 0;  // ns of world time
    std::string node;      // where, when that is known
};

struct CheckResult {
    /// Whether anything was seen that could have violated the rule: a run without compensation
    /// says nothing about compensations.
    bool consulted = false;
    std::vector<Violation> violations;
};

using CheckFunction = void (*)(const RunFacts& facts, CheckResult& result);

struct CheckRow {
    std::string_view slug;    // "step-once"
    std::string_view id;      // of the catalogue: "S3"
    std::string_view rule;    // one sentence
    std::string_view defect;  // planted one that it must catch
    CheckFunction run = nullptr;
};

/// Every check, in the order of the catalogue.
std::span<const CheckRow> check_rows();
const CheckRow* find_check(std::string_view slug);

}  // namespace stormglass::scenarios
