// Planted: begins a new trace for every dead letter.
#include "bus/trace_spans.hpp"
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class LetterLeavesTrace final : public bus::Rules {
  public:
    bus::TraceContext letter_context(const bus::TraceContext& event,
                                     std::string_view group) const override {
        return bus::derived_trace(event, "letter", {name_hash(group)});
    }
};

}  // namespace

const bus::Rules& letter_leaves_trace() {
    static const LetterLeavesTrace rules;
    return rules;
}

}  // namespace stormglass::tests
