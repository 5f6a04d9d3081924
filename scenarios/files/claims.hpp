// A claims file as plain values: for each line of a decision document what we take it to mean, and
// which scenarios with which checks and faults argue for it. What "supported" means is decided in
// `reports/`; here only form and names are judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/files/located.hpp"
#include "scenarios/files/names.hpp"
#include "scenarios/files/scenario.hpp"

namespace stormglass::scenarios {

enum class ClaimKind { assumption, decision, rationale, alternative, consequence, question };
/// control: a check that must fail, since the scenario lacks what the line asks for.
enum class Method { sampled, exhaustive, contract, comparison, artefact, control };
enum class Settled { no, partly, yes };
enum class ProbeDuty { once, each_run };

/// A fault kind that must take effect, optionally only where it struck this role.
struct NeededFault {
    std::string kind;
    std::string role;  // empty: anywhere
};

struct Leg {
    std::string scenario;
    Method method = Method::sampled;
    std::vector<std::string> checks;
    std::vector<NeededFault> faults;  // each must take effect in a run, or the run is not effective
    std::vector<std::string> probes;
    ProbeDuty probe_duty = ProbeDuty::once;  // per scenario, or in every effective run
    int line = 1;
};

struct Defeater {
    std::string doubt;
    std::string answer;
    Settled settled = Settled::no;
};

struct Waiver {
    std::string owner;
    std::string until;  // YYYY-MM-DD, valid through that day
    std::string reason;
};

struct Claim {
    std::string id;
    ClaimKind kind = ClaimKind::assumption;
    std::string line;    // our own short wording
    std::string sha256;  // first 16 hex digits of the normalised line of the document
    std::string quote;   // the document's sentence, for users who keep both together
    std::string means;
    std::string answer;  // questions only: the answer that the legs argue for
    std::string stated;  // the document's own confidence, when it gives one
    std::vector<Leg> legs;
    std::vector<std::string> defects;
    std::vector<Defeater> defeaters;
    std::optional<Waiver> waiver;
    double target = 0.001;
    double confidence = 0.95;
    std::vector<Claim> parts;  // of a line that says two things; parts have no parts
    int source_line = 1;
};

struct Claims {
    std::string file;
    std::string hash;      // first 16 hex digits of the file's SHA-256
    std::string document;  // short name of the document, printed before ids where documents mix
    double confidence = 0.95;
    double target = 0.001;
    std::vector<Claim> claims;
};

/// Decodes one file's text. Every problem goes to `problems`; a value only when there is none.
std::optional<Claims> read_claims(std::string_view text, const Names& names, Problems& problems);

/// Compares both sides: a leg's checks and faults must be declared by its scenario, and its claim.
void check_legs(const Claims& claims, const std::vector<Scenario>& scenarios, Problems& problems);

std::vector<FieldHelp> claims_fields();

std::string_view name_of(ClaimKind kind);
std::string_view name_of(Method method);
std::string_view name_of(Settled settled);

}  // namespace stormglass::scenarios
