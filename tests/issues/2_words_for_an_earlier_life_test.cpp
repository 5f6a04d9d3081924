// A service died and came back. Its new subscription got lost, and a copy of a delivery to its
// former life, held up by the network, passed for the answer: it subscribed no more, its
// heartbeats kept it alive, and nothing was delivered to it for ever. Found by 1 of 3,500 runs of
// tracing-through-faults: a crash, one duplicated and one lost frame.
#include <gtest/gtest.h>

#include "tests/bus/dialogue.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the dialogue of tests/bus

TEST(Subscription, is_not_confirmed_by_words_for_an_earlier_life) {
    Dialogue session;
    session.begin();  // under epoch 7
    Subscription subscription{"orders", "payments"};
    subscription.sharing = Sharing::exclusive;
    session.step([&](Effects& out) { session.session.subscribe(subscription, session.now, out); });
    const ByteBuffer event = encoded(sample_draft());

    EXPECT_EQ(session.hear(wire::Deliver{"payments", 5, 1, 1, event, 6}),
              "note bus.frame-dropped code=EB_EPOCH from=1\n");
    EXPECT_EQ(session.hear(wire::Assigned{"payments", 1, 6}),
              "note bus.frame-dropped code=EB_EPOCH from=1\n");
    session.pass(milliseconds(100));
    EXPECT_TRUE(session.timer(3).starts_with("-> subscribe payments/orders\n"));
}

}  // namespace
}  // namespace stormglass::bus
