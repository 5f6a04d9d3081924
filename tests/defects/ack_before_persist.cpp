// Planted: acknowledges, applies and delivers what is written but not yet synced.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class AckBeforePersist final : public bus::Rules {
  public:
    std::uint64_t committed(bus::Durability, const bus::JournalProgress& progress) const override {
        return progress.written;
    }
};

}  // namespace

const bus::Rules& ack_before_persist() {
    static const AckBeforePersist rules;
    return rules;
}

}  // namespace stormglass::tests
