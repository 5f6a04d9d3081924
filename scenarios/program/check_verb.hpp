// `check`: judges recorded histories, several at a time, and says what it found: a table on stdout
// (or JSON), the witnesses on stderr, a page that draws each witness when asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/checks/judge.hpp"

namespace stormglass::scenarios {

class Session;

/// One operation of a witness, ready to print or draw.
struct WitnessOperation {
    std::string line;
    std::string label;
    std::uint32_t process = 0;
    std::uint32_t begin = 0;           // place in the recording
    std::optional<std::uint32_t> end;  // nothing: open to the end
    std::string outcome;
};

struct CheckedFinding {
    std::string id;
    std::string name;
    std::string sentence;
    std::uint64_t count = 1;
    bool refutes = true;
    std::vector<WitnessOperation> witness;
};

/// What became of one file.
struct CheckedHistory {
    std::string path;
    std::string format;
    bool model_inferred = false;
    sim::checks::Judgement judgement;
    std::vector<CheckedFinding> findings;  // those that refute first
    std::vector<std::string> proof;        // of a valid one, on request: the order that explains it
    std::string refusal;                   // why it could not be judged at all
    int exit_code = 0;
    double seconds = 0;  // of CPU
};

/// The page for one history: each finding with its sentence, and its operations as bars in time.
std::string check_page(const CheckedHistory& history);

int check_verb(Session& session);

}  // namespace stormglass::scenarios
