#include "sagas/definition_check.hpp"

#include <algorithm>
#include <utility>

#include "runtime/check.hpp"
#include "sagas/graph.hpp"
#include "sagas/messages.hpp"

namespace stormglass::sagas {
namespace {

constexpr Duration kTimeoutMax = minutes(24LL * 60);        // longer waits are people's
constexpr Duration kDeadlineMax = minutes(60LL * 24 * 60);  // two months of nanoseconds add safely
constexpr std::uint32_t kAttemptsMax = 1000;

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::string in_words(Duration duration) {
    return duration.ns % 1'000'000'000 == 0 ? std::to_string(duration.ns / 1'000'000'000) + " s"
                                            : std::to_string(duration.ns / 1'000'000) + " ms";
}

/// The longest that a step may take: every attempt times out, with the waits between them.
Duration worst_case(const Step& step) {
    Duration total;
    for (std::uint32_t attempt = 1; attempt <= step.attempts; ++attempt) {
        total = total + step.delay_before(attempt) + step.timeout;
    }
    return total;
}

}  // namespace

DefinitionCheck::DefinitionCheck(Definition& definition,
                                 const std::vector<std::vector<std::string>>& after)
    : definition_(definition),
      after_(after) {
    CHECK(after.size() == definition.steps.size());
}

void DefinitionCheck::refuse(std::string_view code, std::string text) {
    CHECK(!code.empty());
    CHECK(!text.empty());
    if (code_.empty()) {
        code_ = code;
        text_ = "saga " + quoted(definition_.name) + ":";
    }
    text_ += "\n  " + std::move(text);
}

std::string DefinitionCheck::names(StepSet set, std::string_view separator) const {
    CHECK(!set.empty());
    std::string text;
    for (const StepId id : set) {
        text += (text.empty() ? "" : std::string(separator)) + quoted(definition_.step(id).name);
    }
    return text;
}

Result<void> DefinitionCheck::run() {
    // Each stage reads what the one before has made sure of.
    using Stage = std::vector<void (DefinitionCheck::*)()>;
    const Stage stages[] = {{&DefinitionCheck::check_names, &DefinitionCheck::check_limits},
                            {&DefinitionCheck::resolve_edges},
                            {&DefinitionCheck::check_shape},
                            {&DefinitionCheck::close_over},
                            {&DefinitionCheck::check_pivot, &DefinitionCheck::check_kinds},
                            {&DefinitionCheck::check_deadline}};
    for (const Stage& stage : stages) {
        for (const auto check : stage) {
            (this->*check)();
        }
        if (!code_.empty()) {
            return Error{code_, text_};
        }
    }
    return {};
}

void DefinitionCheck::check_names() {
    if (!is_name(definition_.name)) {
        refuse("SD_NAME", "the name must be 1 to 128 printable characters without blanks");
    }
    if (definition_.version == 0) {
        refuse("SD_NAME", "versions count from 1");
    }
    if (definition_.steps.empty()) {
        refuse("SD_NO_STEPS", "it has no steps: add .step(...) or .pivot(...)");
    }
    if (definition_.steps.size() > kStepsMax) {
        refuse("SD_TOO_MANY_STEPS",
               "it has " + std::to_string(definition_.steps.size()) + " steps, from " +
                   quoted(definition_.steps.front().name) + " to " +
                   quoted(definition_.steps.back().name) + "; at most " +
                   std::to_string(kStepsMax) + " are possible: split it into several sagas");
    }
    for (std::size_t i = 0; i < definition_.steps.size(); ++i) {
        const Step& step = definition_.steps[i];
        if (!is_name(step.name) || step.name.find('/') != std::string::npos) {
            refuse("SD_NAME",
                   "step " + quoted(step.name) +
                       ": a step's name is 1 to 128 printable characters without blanks or '/'");
        }
        if (!is_event_type(step.command)) {
            refuse("SD_NAME",
                   "step " + quoted(step.name) + ": .command " + quoted(step.command) +
                       " is not of the form name.name.vN");
        }
        if (!step.compensate.empty() && !is_event_type(step.compensate)) {
            refuse("SD_NAME",
                   "step " + quoted(step.name) + ": .compensate " + quoted(step.compensate) +
                       " is not of the form name.name.vN");
        }
        if (!is_name(step.topic)) {
            refuse("SD_NAME",
                   "step " + quoted(step.name) + ": .topic " + quoted(step.topic) +
                       " is not 1 to 128 printable characters without blanks");
        }
        const auto same = [&step](const Step& other) { return other.name == step.name; };
        if (std::any_of(definition_.steps.begin(),
                        definition_.steps.begin() + static_cast<std::ptrdiff_t>(i),
                        same)) {
            refuse("SD_DUPLICATE_STEP",
                   "two steps are named " + quoted(step.name) + ": rename one of them");
        }
    }
}

void DefinitionCheck::check_limits() {
    if (definition_.deadline.ns <= 0 || definition_.deadline > kDeadlineMax) {
        refuse("SD_LIMIT", "the deadline must be positive and at most " + in_words(kDeadlineMax));
    }
    if (definition_.undo_attempts == 0 || definition_.undo_attempts > kAttemptsMax) {
        refuse("SD_LIMIT", "undo_attempts must be 1 to " + std::to_string(kAttemptsMax));
    }
    for (const Step& step : definition_.steps) {
        if (step.timeout.ns <= 0 || step.timeout > kTimeoutMax) {
            refuse("SD_LIMIT",
                   "step " + quoted(step.name) + ": .timeout must be positive and at most " +
                       in_words(kTimeoutMax));
        }
        if (step.attempts == 0 || step.attempts > kAttemptsMax) {
            refuse("SD_LIMIT",
                   "step " + quoted(step.name) + ": .attempts must be 1 to " +
                       std::to_string(kAttemptsMax));
        }
        if (step.backoff.ns < 0 || step.backoff > kBackoffMax) {
            refuse(
                "SD_LIMIT",
                "step " + quoted(step.name) + ": .backoff must be 0 to " + in_words(kBackoffMax));
        }
    }
}

void DefinitionCheck::resolve_edges() {
    CHECK(after_.size() <= kStepsMax);
    for (std::size_t i = 0; i < after_.size(); ++i) {
        Step& step = definition_.steps[i];
        for (const std::string& name : after_[i]) {
            if (const auto before = definition_.find(name)) {
                step.after.insert(*before);
            } else {
                refuse("SD_UNKNOWN_AFTER",
                       "step " + quoted(step.name) + " comes after " + quoted(name) +
                           ", which is no step of this saga: correct the name or add the step");
            }
        }
    }
}

void DefinitionCheck::check_shape() {
    std::vector<StepSet> after;
    for (const Step& step : definition_.steps) {
        after.push_back(step.after);
    }
    GraphFacts facts = examine_graph(after);
    for (const StepSet cycle : facts.cycles) {
        refuse("SD_CYCLE",
               cycle.size() == 1
                   ? "step " + names(cycle, "") + " comes after itself: remove it from its .after"
                   : "steps " + names(cycle, ", ") +
                         " wait for each other in a circle: remove one of their .after");
    }
    if (!facts.unreachable.empty()) {
        refuse("SD_UNREACHABLE",
               "steps that can never start, because they wait for such a circle: " +
                   names(facts.unreachable, ", ") + "; break the circle");
    }
    CHECK(facts.order.empty() != facts.cycles.empty());
    definition_.order = std::move(facts.order);
}

void DefinitionCheck::close_over() {
    CHECK(definition_.order.size() == definition_.steps.size());
    for (const StepId id : definition_.order) {
        Step& step = definition_.steps[id.value];
        step.ancestors = step.after;
        for (const StepId before : step.after) {
            step.ancestors = step.ancestors | definition_.step(before).ancestors;
        }
        CHECK(!step.ancestors.contains(id));
        for (const StepId before : step.ancestors) {
            definition_.steps[before.value].followers.insert(id);
        }
    }
}

void DefinitionCheck::check_pivot() {
    StepSet pivots;
    for (std::size_t i = 0; i < definition_.steps.size(); ++i) {
        if (definition_.steps[i].kind == StepKind::pivot) {
            pivots.insert({static_cast<std::uint8_t>(i)});
        }
    }
    if (pivots.size() > 1) {
        refuse("SD_TWO_PIVOTS",
               "several pivots: " + names(pivots, ", ") +
                   "; there is one point of no return: make the others steps");
        return;
    }
    if (!pivots.empty()) {
        definition_.pivot = *pivots.begin();
        check_beside_pivot(*definition_.pivot);
    }
}

void DefinitionCheck::check_beside_pivot(StepId pivot) {
    const Step& point = definition_.step(pivot);
    CHECK(point.kind == StepKind::pivot);
    CHECK((point.ancestors & point.followers).empty());
    for (const StepId id : definition_.all()) {
        const Step& step = definition_.step(id);
        if (id == pivot) {
            continue;
        }
        const bool before = point.ancestors.contains(id);
        const bool behind = point.followers.contains(id);
        if (!before && !behind) {
            refuse("SD_BESIDE_PIVOT",
                   "step " + quoted(step.name) + " stands neither before nor after the pivot " +
                       quoted(point.name) +
                       ", so it could fail when nothing may fail any more: add it to the pivot's "
                       ".after, or the pivot to its own");
        }
        if (behind && step.kind == StepKind::compensatable) {
            refuse("SD_NOT_RETRIABLE",
                   "step " + quoted(step.name) + " comes after the pivot " + quoted(point.name) +
                       ", where nothing is taken back: make it .retriable = true, or put it "
                       "before the pivot");
        }
        if (before && step.kind == StepKind::retriable) {
            refuse("SD_RETRIABLE_TOO_EARLY",
                   "step " + quoted(step.name) + " is retriable but comes before the pivot " +
                       quoted(point.name) +
                       ": give it a .compensate instead, or put it after the pivot");
        }
    }
}

void DefinitionCheck::check_kinds() {
    for (const Step& step : definition_.steps) {
        switch (step.kind) {
            case StepKind::compensatable:
                if (step.compensate.empty()) {
                    refuse("SD_NO_COMPENSATION",
                           "step " + quoted(step.name) +
                               " can be followed by a failure but has no .compensate: name the "
                               "command that takes it back, or put it after a pivot");
                }
                break;
            case StepKind::pivot:
            case StepKind::retriable:
                if (!step.compensate.empty()) {
                    refuse("SD_USELESS_COMPENSATION",
                           std::string(name_of(step.kind)) + " " + quoted(step.name) +
                               " is never taken back: remove its .compensate");
                }
                if (step.kind == StepKind::retriable && !definition_.pivot.has_value()) {
                    refuse("SD_RETRIABLE_TOO_EARLY",
                           "step " + quoted(step.name) +
                               " is retriable, but there is no pivot before it: add a .pivot, or "
                               "give it a .compensate");
                }
                break;
        }
    }
}

void DefinitionCheck::check_deadline() {
    CHECK(!definition_.order.empty());
    const StepSet counted = definition_.compensatable();
    std::vector<Duration> until(definition_.steps.size());  // end of a step at the latest
    std::vector<std::string> chain(definition_.steps.size());
    StepId slowest = definition_.order.front();
    for (const StepId id : definition_.order) {
        if (!counted.contains(id)) {
            continue;  // The deadline ends at the pivot.
        }
        const Step& step = definition_.step(id);
        Duration start;
        for (const StepId before : step.after) {
            if (until[before.value] > start) {
                start = until[before.value];
                chain[id.value] = chain[before.value] + " -> ";
            }
        }
        until[id.value] = start + worst_case(step);
        chain[id.value] += quoted(step.name);
        if (until[id.value] > until[slowest.value]) {
            slowest = id;
        }
    }
    if (until[slowest.value] > definition_.deadline) {
        refuse("SD_DEADLINE_SHORT",
               "the deadline of " + in_words(definition_.deadline) +
                   " is shorter than the attempts and backoffs of " + chain[slowest.value] + ", " +
                   in_words(until[slowest.value]) +
                   ": raise the deadline, or lower their .timeout or .attempts");
    }
}

}  // namespace stormglass::sagas
