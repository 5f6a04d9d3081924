// Planted: undoes a step in a trace of its own.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class UndoLeavesTrace final : public sagas::Rules {
  public:
    bool undo_keeps_trace() const override { return false; }
};

}  // namespace

const sagas::Rules& undo_leaves_trace() {
    static const UndoLeavesTrace rules;
    return rules;
}

}  // namespace stormglass::tests
