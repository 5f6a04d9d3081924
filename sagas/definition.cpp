#include "sagas/definition.hpp"

#include <algorithm>
#include <utility>

#include "runtime/check.hpp"
#include "runtime/random.hpp"
#include "sagas/definition_check.hpp"

namespace stormglass::sagas {
namespace {

std::uint64_t hash_of(const Definition& definition) {
    std::uint64_t hash = name_hash("saga-definition-1");
    const auto text = [&hash](std::string_view value) {
        hash = chain64(chain64(hash, value.size()), name_hash(value));
    };
    const auto number = [&hash](std::uint64_t value) { hash = chain64(hash, value); };
    text(definition.name);
    number(definition.version);
    number(static_cast<std::uint64_t>(definition.deadline.ns));
    number(definition.undo_attempts);
    for (const Step& step : definition.steps) {
        text(step.name);
        text(step.command);
        text(step.compensate);
        text(step.topic);
        number(static_cast<std::uint64_t>(step.kind));
        number(step.after.bits());
        number(static_cast<std::uint64_t>(step.timeout.ns));
        number(step.attempts);
        number(static_cast<std::uint64_t>(step.backoff.ns));
    }
    return hash;
}

std::string default_topic(std::string_view command) {
    return std::string(command.substr(0, command.find('.'))) + ".commands";
}

}  // namespace

Duration Step::delay_before(std::uint32_t attempt) const {
    CHECK(attempt >= 1);
    if (attempt == 1) {
        return {};
    }
    // Doubling past the cap changes nothing, and a shift past the width would be undefined.
    const std::uint32_t doublings = std::min(attempt - 2, 30U);
    Duration delay = backoff;
    for (std::uint32_t i = 0; i < doublings && delay < kBackoffMax; ++i) {
        delay = delay * 2;
    }
    CHECK(delay.ns >= 0);
    return std::min(delay, kBackoffMax);
}

const Step& Definition::step(StepId id) const {
    CHECK(id.value < steps.size());
    return steps[id.value];
}

std::optional<StepId> Definition::find(std::string_view step_name) const {
    CHECK(steps.size() <= kStepsMax);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].name == step_name) {
            return StepId{static_cast<std::uint8_t>(i)};
        }
    }
    return std::nullopt;
}

StepSet Definition::all() const {
    CHECK(steps.size() <= kStepsMax);
    return StepSet(steps.size() == kStepsMax ? ~std::uint64_t{0}
                                             : (std::uint64_t{1} << steps.size()) - 1);
}

StepSet Definition::compensatable() const {
    CHECK(!pivot.has_value() || !step(*pivot).ancestors.contains(*pivot));
    return pivot.has_value() ? step(*pivot).ancestors : all();
}

DefinitionBuilder::DefinitionBuilder(std::string name, std::uint32_t version)
    : name_(std::move(name)),
      version_(version) {}

DefinitionBuilder& DefinitionBuilder::step(std::string name, StepOptions options) {
    steps_.push_back({std::move(name), std::move(options), false});
    return *this;
}

DefinitionBuilder& DefinitionBuilder::pivot(std::string name, StepOptions options) {
    steps_.push_back({std::move(name), std::move(options), true});
    return *this;
}

DefinitionBuilder& DefinitionBuilder::deadline(Duration deadline) {
    deadline_ = deadline;
    return *this;
}

DefinitionBuilder& DefinitionBuilder::undo_attempts(std::uint32_t attempts) {
    undo_attempts_ = attempts;
    return *this;
}

DefinitionBuilder define(std::string name, std::uint32_t version) {
    return {std::move(name), version};
}

Result<Definition> DefinitionBuilder::build() const {
    Definition definition;
    definition.name = name_;
    definition.version = version_;
    definition.deadline = deadline_;
    definition.undo_attempts = undo_attempts_;
    for (const Draft& draft : steps_) {
        Step& step = definition.steps.emplace_back();
        step.name = draft.name;
        step.command = draft.options.command;
        step.compensate = draft.options.compensate;
        step.topic =
            draft.options.topic.empty() ? default_topic(step.command) : draft.options.topic;
        step.kind = draft.pivot               ? StepKind::pivot
                    : draft.options.retriable ? StepKind::retriable
                                              : StepKind::compensatable;
        step.timeout = draft.options.timeout;
        step.attempts = draft.options.attempts;
        step.backoff = draft.options.backoff;
    }
    std::vector<std::vector<std::string>> after;
    for (const Draft& draft : steps_) {
        after.push_back(draft.options.after);
    }
    DefinitionCheck check(definition, after);
    if (auto checked = check.run(); !checked) {
        return std::move(checked).error();
    }
    definition.hash = hash_of(definition);
    CHECK(definition.hash != 0);
    CHECK(definition.order.size() == definition.steps.size());
    return definition;
}

}  // namespace stormglass::sagas
