// Planted: stores each table by itself, so that others see one without the next.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class TableByTable final : public sagas::ProjectionRules {
  public:
    sagas::Commitment commitment() const override { return sagas::Commitment::table_by_table; }
};

}  // namespace

const sagas::ProjectionRules& table_by_table() {
    static const TableByTable rules;
    return rules;
}

}  // namespace stormglass::tests
