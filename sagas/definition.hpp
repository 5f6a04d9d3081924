// A saga as data: a directed acyclic graph of steps, checked when it is built and then only read.
// A running saga is pinned to the hash of its definition. For users: docs/sagas.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "runtime/time.hpp"
#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

/// What a user says of a step. Only `command` has no default.
struct StepOptions {
    std::string command = {};             // type of the event that asks for it: "stock.reserve.v1"
    std::string compensate = {};          // type of the event that takes it back
    bool retriable = false;               // after the pivot: runs until it holds
    std::vector<std::string> after = {};  // steps that must have succeeded before
    std::string topic = {};         // where the participant listens; "stock.commands" if empty
    Duration timeout = seconds(5);  // of one attempt, from its sending to its reply
    std::uint32_t attempts = 3;     // before the pivot: what may be tried before giving up
    Duration backoff = milliseconds(200);  // before attempt 2; doubles, up to kBackoffMax
};

constexpr Duration kBackoffMax = seconds(30);  // a participant that is back is met within this

struct Step {
    std::string name;
    std::string command;
    std::string compensate;
    std::string topic;
    StepKind kind = StepKind::compensatable;
    StepSet after;      // direct predecessors
    StepSet ancestors;  // all steps before it
    StepSet followers;  // all steps after it
    Duration timeout;
    std::uint32_t attempts = 0;
    Duration backoff;

    /// How long to wait before this attempt (from 1) is sent.
    Duration delay_before(std::uint32_t attempt) const;
};

struct Definition {
    std::string name;
    std::uint32_t version = 0;
    std::vector<Step> steps;    // as written
    std::vector<StepId> order;  // topological, stable for equal definitions
    std::optional<StepId> pivot;
    Duration deadline;                // of everything before the pivot
    std::uint32_t undo_attempts = 0;  // per compensation, before an operator is asked
    std::uint64_t hash = 0;           // over all of the above

    const Step& step(StepId id) const;
    std::optional<StepId> find(std::string_view step_name) const;
    StepSet all() const;
    /// The steps whose success can be taken back: those before the pivot, or all without one.
    StepSet compensatable() const;
};

class DefinitionBuilder {
  public:
    DefinitionBuilder(std::string name, std::uint32_t version);

    DefinitionBuilder& step(std::string name, StepOptions options);
    DefinitionBuilder& pivot(std::string name, StepOptions options);
    DefinitionBuilder& deadline(Duration deadline);
    DefinitionBuilder& undo_attempts(std::uint32_t attempts);

    /// Checks everything and names every problem, a line each, with what to do; the code is that
    /// of the first: SD_NAME, SD_NO_STEPS, SD_TOO_MANY_STEPS, SD_DUPLICATE_STEP, SD_UNKNOWN_AFTER,
    /// SD_LIMIT, SD_CYCLE, SD_UNREACHABLE, SD_TWO_PIVOTS, SD_BESIDE_PIVOT, SD_NOT_RETRIABLE,
    /// SD_RETRIABLE_TOO_EARLY, SD_NO_COMPENSATION, SD_USELESS_COMPENSATION, SD_DEADLINE_SHORT.
    Result<Definition> build() const;

  private:
    friend class DefinitionCheck;

    struct Draft {
        std::string name;
        StepOptions options;
        bool pivot = false;
    };

    std::string name_;
    std::uint32_t version_;
    std::vector<Draft> steps_;
    Duration deadline_ = minutes(15);
    std::uint32_t undo_attempts_ = 25;  // with capped backoff about ten minutes of trying
};

/// Begins a definition: define("checkout", 3).step(...).pivot(...).build().
DefinitionBuilder define(std::string name, std::uint32_t version);

}  // namespace stormglass::sagas
