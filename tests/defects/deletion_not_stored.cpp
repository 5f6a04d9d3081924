// Planted: forgets to take a deleted row out of the store.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class DeletionNotStored final : public sagas::ProjectionRules {
  public:
    bool deletion_is_stored() const override { return false; }
};

}  // namespace

const sagas::ProjectionRules& deletion_not_stored() {
    static const DeletionNotStored rules;
    return rules;
}

}  // namespace stormglass::tests
