// Planted: answers a read before the event that its reader has written is in.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class ReadBeforeToken final : public sagas::ProjectionRules {
  public:
    bool token_is_reached(bus::Position, bus::Position) const override { return true; }
};

}  // namespace

const sagas::ProjectionRules& read_before_token() {
    static const ReadBeforeToken rules;
    return rules;
}

}  // namespace stormglass::tests
