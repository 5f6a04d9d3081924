// A .replay file: one failing run as readable YAML, with the names of the decisions that led to it.
// It says what a token says (sim/token.hpp), and what a token has no room for: which check failed
// and how, and what each kept decision was about, so that it can be tried on changed code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/located.hpp"
#include "scenarios/files/scenario.hpp"
#include "sim/token.hpp"

namespace stormglass::scenarios {

/// A decision of a fault that acted.
struct NamedDecision {
    std::size_t fault = 0;     // position in the scenario
    std::uint32_t number = 0;  // among the decisions of that fault
    std::uint64_t about = 0;   // sim::subject_hash of what it was about
    std::uint64_t at = 0;      // ns of world time
    std::string name;

    friend bool operator==(const NamedDecision&, const NamedDecision&) = default;
};

struct ReplayFile {
    std::string name;      // small letters, digits, hyphens
    std::string scenario;  // name or path
    std::string check;     // that failed
    std::string sentence;
    sim::Token token;
    std::vector<NamedDecision> decisions;
    std::optional<std::int64_t> issue;
    std::string fixed;  // the commit that mended it, written by hand; empty until then

    friend bool operator==(const ReplayFile&, const ReplayFile&) = default;
};

std::string write_replay(const ReplayFile& file);

/// Every problem goes to `problems`; a value only when there is none.
std::optional<ReplayFile> read_replay(std::string_view text, Problems& problems);

/// The rows of the field tables, for help and schema.
std::vector<FieldHelp> replay_fields();

}  // namespace stormglass::scenarios
