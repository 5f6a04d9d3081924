// Planted: handles a redelivery under the span of the first attempt.
#include "tests/defects/defects.hpp"

namespace stormglass::tests {
namespace {

class RetryReusesSpan final : public bus::Rules {
  public:
    bus::TraceContext attempt_context(const bus::TraceContext& event,
                                      std::string_view group,
                                      std::uint32_t) const override {
        return Rules::attempt_context(event, group, 1);
    }
};

}  // namespace

const bus::Rules& retry_reuses_span() {
    static const RetryReusesSpan rules;
    return rules;
}

}  // namespace stormglass::tests
