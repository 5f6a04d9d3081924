// Planted: handles a repeated command once more instead of answering from the inbox.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class NoInboxDedupe final : public sagas::Rules {
  public:
    bool repeat_is_answered_from_inbox() const override { return false; }
};

}  // namespace

const sagas::Rules& no_inbox_dedupe() {
    static const NoInboxDedupe rules;
    return rules;
}

}  // namespace stormglass::tests
