#include "sim/checks/judge.hpp"

#include <algorithm>

#include "sim/checks/formats/syntax.hpp"
#include "sim/checks/linear/check_linear.hpp"
#include "sim/checks/txn/txn_checks.hpp"

namespace stormglass::sim::checks {
namespace {

Result<Checked> run_checker(Recording& recording,
                            const std::vector<Operation>& operations,
                            const ModelSpec& model,
                            const Budget& budget) {
    const SimpleInput simple = {recording, operations};
    switch (model.family) {
        case Family::linear: {
            LinSpec spec = model.linear;
            if (!model.initial.empty()) {
                const auto initial = parse_element(model.initial, Syntax::json, 1, recording.pool);
                CHECK(initial.ok());  // parse_model has read it
                spec.initial = *initial;
            }
            return check_linear(recording, operations, spec, budget);
        }
        case Family::list_append:
            return check_txns(recording, operations, TxnKind::list_append, budget);
        case Family::rw_register:
            return check_txns(recording, operations, TxnKind::rw_register, budget);
        case Family::log:
            return check_log(recording, operations, model.log, budget);
        case Family::queue:
            return check_queue(simple, model.queue);
        case Family::set:
            return check_set(simple);
        case Family::counter:
            return check_counter(simple);
        case Family::bank:
            return check_bank(simple, model.bank);
        case Family::long_fork:
            return check_long_fork(simple);
        case Family::causal_reverse:
            return check_causal_reverse(simple);
        case Family::unique_ids:
            return check_unique_ids(simple);
    }
    CHECK(false);
}

}  // namespace

Result<Judgement> judge(Recording& recording,
                        const ModelSpec& model,
                        const Guarantee& guarantee,
                        const Budget& budget) {
    const Result<std::vector<Operation>> operations = pair_operations(recording);
    if (!operations) {
        return operations.error();
    }
    Judgement out;
    out.model = model.text;
    out.guarantee = guarantee.text;
    out.notes = recording.notes;
    out.operations = operations->size();
    if (operations->empty()) {
        out.reason = "the history has no operations";
        return out;
    }
    Result<Checked> checked = run_checker(recording, *operations, model, budget);
    if (!checked) {
        return checked.error();
    }
    std::vector<Finding> all = checked->findings.take();
    if (model.family == Family::list_append || model.family == Family::rw_register) {
        out.ruled_out = ruled_out_models(all);
    }
    for (Finding& finding : all) {
        const bool refutes = guarantee.refuting.test(static_cast<std::size_t>(finding.rule));
        (refutes ? out.findings : out.reports).push_back(std::move(finding));
    }
    out.notes.insert(out.notes.end(), checked->notes.begin(), checked->notes.end());
    out.order = std::move(checked->order);
    out.nodes = checked->nodes;
    out.bytes = checked->bytes + recording.bytes();
    if (!out.findings.empty()) {
        out.verdict = Verdict::invalid;
    } else if (!checked->doubts.empty()) {
        out.reason = checked->doubts.front();
    } else {
        out.verdict = Verdict::valid;
    }
    return out;
}

}  // namespace stormglass::sim::checks
