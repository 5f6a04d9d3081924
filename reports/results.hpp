// The plain values of one whole review: what ran, what happened, what it argues for.
// A runner fills the facts; `judge` (verdict.hpp) fills what stands under "judged"; the writers
// (page, Markdown, JUnit, JSON, terminal) only read. Nothing here runs, decides or formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stormglass::reports {

/// Worst first: a line with parts takes the smallest of its parts' values.
enum class Status { refuted, inconclusive, not_tested, waived, supported };

enum class ClaimKind { assumption, decision, rationale, alternative, consequence, question };

/// comparison: the decision and its alternative on the same seeds; read, but nothing here runs it.
/// control: a check that must fail, since its scenario lacks what the line asks for.
enum class Method { sampled, exhaustive, contract, comparison, artefact, control };

enum class Settled { yes, partly, no };

/// The rule of `verdict.hpp` that decided, in the order in which the rules are tried.
enum class Rule {
    violated = 1,
    control_failed,
    nondeterministic,
    text_changed,
    vacuous,
    effect_unproven,
    incomplete,
    too_few,
    oracle_unproven,
    waived,
    not_tested,
    supported
};

/// A place in a file of the repository; relative path, line from 1, 0 when unknown.
struct FilePlace {
    std::string file;
    std::uint32_t line = 0;
};

struct NamedText {
    std::string name;
    std::string text;
};

// ---- Scenarios: what ran -------------------------------------------------------------------

struct CheckCount {
    std::string name;
    std::uint64_t consulted = 0;   ///< runs in which it saw something that could have violated it
    std::uint64_t violations = 0;  ///< runs in which it was violated
    FilePlace place;               ///< where the scenario declares it
};

/// The four counters of one declared fault, summed over the runs.
struct FaultCount {
    std::string kind;
    std::string role;       ///< the `role` of `kind@role`; empty when the kind stands alone
    bool declared = false;  ///< the scenario asked for it: a zero in `took_effect` is then worded
    std::uint64_t armed = 0;
    std::uint64_t eligible = 0;
    std::uint64_t fired = 0;
    std::uint64_t took_effect = 0;
    std::uint64_t runs_touched = 0;           ///< runs in which it took effect at least once
    std::optional<std::uint64_t> first_seed;  ///< of a run in which it took effect
};

struct ProbeCount {
    std::string name;
    std::uint64_t runs_reached = 0;
    bool required = false;  ///< the scenario's `sometimes`
};

/// The masked-twin audit of "took effect".
struct AuditCount {
    std::uint64_t audited = 0;
    std::uint64_t kept = 0;
    std::uint64_t struck = 0;
};

/// Runs repeated in a separate process; a difference makes the scenario nondeterministic.
struct TwinCount {
    std::uint64_t compared = 0;
    std::uint64_t differing = 0;
    std::string first_difference;  ///< names seed and event
};

/// Seeds judged under real signatures and under the stand-in; verdicts must agree.
struct SigningCount {
    std::string used;  ///< "ed25519" or "stand-in"
    std::uint64_t compared = 0;
    std::uint64_t differing = 0;
};

struct EventLine {
    std::int64_t time_ns = 0;
    std::string node;
    std::string text;
    bool flagged = false;  ///< belongs to the story of the failure
    bool needed = false;   ///< an injected fault without which the run passes
};

/// What a step of the told run is, and how it is drawn.
enum class StepKind {
    event,      ///< something happened at `lane`
    message,    ///< from `lane` to `to`, arrived
    lost,       ///< from `lane` to `to`, never arrived
    copy,       ///< a second arrival of a message
    forged,     ///< a message of the adversary
    crash,      ///< the process of `lane` died
    restart,    ///< it came back
    fault,      ///< an injected fault began or acted
    fault_end,  ///< an injected fault ended
    violation   ///< what the check objects to
};

/// One row of the picture, in the order of time.
struct PictureStep {
    StepKind kind = StepKind::event;
    std::uint32_t lane = 0;           ///< position in `lanes`
    std::optional<std::uint32_t> to;  ///< of a message: where it goes
    std::int64_t time_ns = 0;         ///< of a message: when it was sent
    std::int64_t until_ns = 0;        ///< of a message: when it arrived or was lost
    std::string text;
};

/// A fault that lasted, over the lanes that it struck.
struct PictureSpan {
    std::string fault;
    std::int64_t from_ns = 0;
    std::int64_t until_ns = 0;
    std::vector<std::uint32_t> lanes;
};

constexpr std::size_t kPictureLanesMost = 16;  // processes that one picture shows
constexpr std::size_t kPictureStepsMost = 40;  // what an eye can follow, and a page can hold

/// The space-time picture of a failing run: what happened around the violated thing.
struct Picture {
    std::string about;               ///< "order-17"; empty: the last steps of the run
    std::vector<std::string> lanes;  ///< processes, by name
    std::vector<PictureStep> steps;  ///< at most `kPictureStepsMost`
    std::vector<PictureSpan> spans;
    std::uint64_t left_out = 0;  ///< steps about the same thing that are not shown
};

/// One way of failing: all runs with the same signature, told by one of them.
struct Failure {
    std::string signature;  ///< stable text; one block per signature
    std::string check;
    std::string sentence;  ///< what went wrong, for a reader outside the team
    std::string expected;
    std::string observed;
    FilePlace place;              ///< the check's line in the scenario
    std::string node;             ///< where it happened ...
    std::int64_t time_ns = 0;     ///< ... and when, in virtual time
    std::uint64_t events = 0;     ///< of the whole run that is told
    std::vector<EventLine> last;  ///< its last events, oldest first
    Picture picture;              ///< without steps when none was drawn
    std::uint64_t count = 0;      ///< runs that failed this way
    std::uint64_t effective = 0;  ///< of so many effective runs
    bool counts = true;           ///< false: a regression or other run that may refute, not support
    std::uint64_t seed = 0;
    std::string repeat;                      ///< the one command line that repeats it exactly
    std::vector<std::string> faults_needed;  ///< faults without which it passes, as far as tried
    std::vector<std::string> faults_other;   ///< injected too, not needed
    std::string smallest;                    ///< how small a run still fails; empty: not tried
    std::vector<EventLine> decisions;        ///< what faults did in the run that is told
    std::string replay;                      ///< repeats the run that is told, in any build
    std::string keep;                        ///< stores it as a regression
};

/// What repeats the run that is told: its token where there is one, else the seed.
inline const std::string& exact_repeat(const Failure& failure) {
    return failure.replay.empty() ? failure.repeat : failure.replay;
}

struct ScenarioResult {
    std::string name;
    std::string summary;
    FilePlace place;
    std::uint64_t runs = 0;
    std::uint64_t effective = 0;  ///< every declared fault took effect, every check consulted
    std::uint64_t failed = 0;     ///< of the effective ones
    std::vector<CheckCount> checks;
    std::vector<FaultCount> faults;
    std::vector<ProbeCount> probes;
    AuditCount audit;
    TwinCount twins;
    SigningCount signing;
    std::vector<Failure> failures;
    std::string incomplete;  ///< why it did not run to its end; empty when it did
    std::uint64_t events = 0;
    double virtual_seconds = 0;
    double cpu_seconds = 0;
    std::uint64_t seed_first = 0;  ///< the seeds are seed_first ... seed_first + runs - 1
    std::string scenario_sha256;
    std::string profile_sha256;
    std::string trace_hash;  ///< combined over its runs
};

// ---- Claims: what is argued for ------------------------------------------------------------

/// One scenario with some checks and required faults that argues for a claim.
struct LegResult {
    std::string scenario;
    Method method = Method::sampled;
    std::vector<std::string> checks;
    std::vector<std::string> needs_faults;  ///< `kind` or `kind@role`
    std::vector<std::string> needs_probes;
    bool ran = false;
    std::uint64_t runs = 0;
    std::uint64_t candidates = 0;  ///< effective for this leg before the audit's discount
    std::uint64_t audited = 0;     ///< of the candidates
    std::uint64_t kept = 0;        ///< audited and not struck
    std::uint64_t failed = 0;      ///< runs that violated a check of the leg, of those that count
    std::uint64_t failed_elsewhere = 0;  ///< the same in runs that do not count (they still refute)
    std::vector<std::string> violated;   ///< checks, worst first
    std::vector<std::string> signatures;   ///< of the scenario's failures that concern this leg
    std::vector<std::string> idle_faults;  ///< needed, never took effect
    std::vector<std::string> unreached_probes;    ///< needed, never reached
    std::vector<std::string> unconsulted_checks;  ///< never consulted
    bool nondeterministic = false;
    std::string incomplete;   ///< interrupted, budget, wall limit, trace cut; empty when whole
    std::uint64_t cases = 0;  ///< of other methods than sampled: how many there are ...
    std::uint64_t cases_passed = 0;  ///< ... and how many passed; of a control, failed as it must
    std::string detail;              ///< engine and version, alphabet's hash, artefact's hash

    // judged
    std::uint64_t effective = 0;
    std::optional<double> kept_share;  ///< lower bound; present when the audit struck a run
    std::optional<double> bound;       ///< none for n = 0 and for methods that are not sampled
};

struct Defeater {
    std::string doubt;
    std::string answer;
    Settled settled = Settled::no;
};

struct Waiver {
    std::string owner;
    std::string until;  ///< YYYY-MM-DD, the last day on which it holds
    std::string reason;
};

struct ClaimResult {
    std::string id;
    ClaimKind kind = ClaimKind::assumption;
    std::string line;      ///< our own wording
    std::string means;     ///< how this project reads the line
    std::string sentence;  ///< the document's text, when it was given
    std::uint32_t document_line = 0;
    std::string line_hash;          ///< first 16 hex digits of the normalised line's SHA-256
    std::string stated_confidence;  ///< the document's own word; empty when it has none
    double confidence = 0.95;
    double target = 0.001;
    std::vector<LegResult> legs;
    std::vector<ClaimResult> parts;
    std::vector<std::string> worst_of;  ///< ids of other claims whose worst this one takes
    std::vector<std::string> defects;   ///< planted ones that its checks are expected to catch
    std::vector<Defeater> defeaters;
    std::optional<Waiver> waiver;
    bool text_changed = false;
    std::string text_change;   ///< the difference in words, when known
    bool is_cost = false;      ///< a negative consequence: support confirms a cost
    std::string mitigation;    ///< of that cost
    std::string answer;        ///< of a question
    std::string answer_place;  ///< where the answer is written, relative to the repository

    // judged
    Status status = Status::not_tested;
    Rule rule = Rule::not_tested;
    std::string why;              ///< one sentence
    std::uint64_t effective = 0;  ///< of the headline (worst) leg
    std::uint64_t failed = 0;
    std::optional<double> bound;
    std::vector<std::string> caught;  ///< of `defects`, caught by one of its checks
};

/// A line of the document that no claim answers; always Not tested.
struct UnclaimedLine {
    ClaimKind kind = ClaimKind::assumption;
    std::uint32_t document_line = 0;
    std::string text;
    std::string line_hash;
};

// ---- Planted defects ------------------------------------------------------------------------

struct CaughtBy {
    std::string check;
    std::uint64_t blocks = 0;
};

struct DefectResult {
    std::string name;
    std::string breaks;
    std::string scenario;
    std::string expected_check;
    std::vector<CaughtBy> caught_by;  ///< checks that raised the alarm first, by blocks
    std::uint64_t blocks = 0;
    std::uint64_t blocks_caught = 0;
    std::uint64_t block_limit = 0;  ///< seeds after which a block gives up
    double median_seeds = 0;        ///< over the blocks that caught it
    std::uint64_t worst_seeds = 0;
    std::string repeat;  ///< command line that shows the first catch
};

/// The same binary and checks with no defect switched on.
struct CleanRow {
    bool ran = false;
    std::uint64_t scenarios = 0;
    std::uint64_t runs = 0;
    std::uint64_t alarms = 0;
};

// ---- The whole -------------------------------------------------------------------------------

struct DocumentInfo {
    bool given = false;
    bool verified = false;  ///< every claim's hash was found in it
    std::string title;
    std::string file;  ///< its name without folders
    std::string sha256;
    std::uint64_t lines = 0;  ///< lines that want a claim
    std::uint64_t lines_claimed = 0;
};

/// Where the result comes from. No host name, user name or absolute path belongs here.
struct Provenance {
    std::string started_at;  ///< ISO 8601, UTC; waivers are compared with its date
    std::string commit;
    bool dirty = false;
    std::string diff_sha256;
    std::string compiler;
    std::string flags;
    std::string build_type;
    std::string sanitizer;
    std::string binary_sha256;
    std::string defects_sha256;  ///< of the binary with planted defects
    std::vector<NamedText> libraries;
    std::string claims_sha256;
    std::string trace_hash;  ///< combined over all scenarios
    std::uint64_t seed_base = 0;
    std::uint64_t epoch = 0;
    std::string cpu_model;
    std::uint32_t cores = 0;
    std::uint64_t memory_bytes = 0;
    std::string kernel;
    double wall_seconds = 0;
    double cpu_seconds = 0;
    double virtual_seconds = 0;
};

struct Results {
    std::uint32_t schema = 1;
    std::string run_id;
    std::string verb;  ///< run, gate or review
    std::string version;
    std::string command_line;
    Provenance provenance;
    std::uint64_t seeds_per_scenario = 0;  ///< planned
    std::uint32_t jobs = 0;
    bool seeds_set_by_clock = false;  ///< a budget in time decided n
    bool interrupted = false;
    bool sample = false;  ///< sample data: a picture of the layout, no result
    double confidence = 0.95;
    double target = 0.001;
    std::string profile_hash;  ///< combined over the scenarios' fault profiles
    DocumentInfo document;
    std::vector<ScenarioResult> scenarios;
    std::vector<ClaimResult> claims;
    std::vector<UnclaimedLine> unclaimed;
    std::vector<DefectResult> defects;
    CleanRow clean;
    std::vector<std::string> known_faults;  ///< the catalogue, to say what was never injected
    std::vector<std::string> known_checks;  ///< the registry, to say what has no planted defect
    std::vector<std::string> limits;        ///< the author's own sentences for section 6
    std::vector<std::string> warnings;      ///< said by the run, shown beside the results
};

}  // namespace stormglass::reports
