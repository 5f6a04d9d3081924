// Planted: stops for good at the first event that it cannot read.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class StopAtUnreadable final : public sagas::ProjectionRules {
  public:
    bool unreadable_is_skipped() const override { return false; }
};

}  // namespace

const sagas::ProjectionRules& stop_at_unreadable() {
    static const StopAtUnreadable rules;
    return rules;
}

}  // namespace stormglass::tests
