// Planted: leaves no tombstone when an undo comes before its do.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class LateDoAfterUndo final : public sagas::Rules {
  public:
    bool tombstone_is_left() const override { return false; }
};

}  // namespace

const sagas::Rules& late_do_after_undo() {
    static const LateDoAfterUndo rules;
    return rules;
}

}  // namespace stormglass::tests
