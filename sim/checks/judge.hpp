// Judge: one recording, one model, one declared guarantee: one judgement. Here alone is decided
// what refutes; checkers below report everything.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/checks/budget.hpp"
#include "sim/checks/judgement.hpp"
#include "sim/checks/linear/models.hpp"
#include "sim/checks/log/log_checks.hpp"
#include "sim/checks/simple/simple_checks.hpp"

namespace stormglass::sim::checks {

enum class Family : std::uint8_t {
    linear,
    list_append,
    rw_register,
    log,
    queue,
    set,
    counter,
    bank,
    long_fork,
    causal_reverse,
    unique_ids
};

/// What a history is about: "cas-register(0), nil read legal".
struct ModelSpec {
    std::string text;  // as given, or as inferred
    Family family = Family::linear;
    LinSpec linear;
    std::string initial;  // of a register, as JSON; put into the recording's pool when judging
    LogBounds log;
    QueueOptions queue;
    BankOptions bank;
};

/// Names that parse_model takes, with what each means; for help and documents.
struct ModelRow {
    std::string_view name;
    std::string_view parameters;
    std::string_view meaning;
    std::string_view guarantee;  // the default one
};

std::vector<ModelRow> model_rows();

Result<ModelSpec> parse_model(std::string_view text);

/// From the functions and values of the recording; refuses what could be several things.
Result<ModelSpec> infer_model(const Recording& recording);

/// What is promised: which findings refute.
struct Guarantee {
    std::string text;
    std::bitset<kRules> refuting;
};

/// "at-least-once", "at-least-once,atomic-batch", "strict-serializable"; empty: the model's
/// default.
Result<Guarantee> parse_guarantee(std::string_view text, const ModelSpec& model);

std::vector<std::string> guarantee_names(const ModelSpec& model);

/// Names of consistency models that these findings exclude, weakest first.
std::vector<std::string> ruled_out_models(const std::vector<Finding>& findings);

/// Refuses, with line and reason, a history that contradicts itself or the model.
Result<Judgement> judge(Recording& recording,
                        const ModelSpec& model,
                        const Guarantee& guarantee,
                        const Budget& budget);

}  // namespace stormglass::sim::checks
