// What a broker said to a former life of a session, or in a former life of its own, must not pass
// for an answer now. Found by 1 of 3,500 runs of tracing-through-faults (the service had died) and
// 2 of 3,500 of projection-rebuild (the broker had): the new subscription got lost, a copy of a
// delivery that the network had held up confirmed it, heartbeats kept the session alive, and
// nothing was delivered to it for ever.
#include <gtest/gtest.h>

#include "tests/bus/dialogue.hpp"
#include "tests/support/bus_world.hpp"

namespace stormglass::bus {
namespace {

using tests::Dialogue;

std::string dropped() {
    return "note bus.frame-dropped code=EB_UNATTACHED from=1\n";
}

TEST(Subscription, is_not_confirmed_by_words_for_an_earlier_life) {
    Dialogue session;
    session.begin();
    Subscription subscription{"orders", "payments"};
    subscription.sharing = Sharing::exclusive;
    session.step([&](Effects& out) { session.session.subscribe(subscription, session.now, out); });
    const ByteBuffer event = tests::encoded(tests::sample_draft());
    constexpr std::uint64_t kEarlier = Dialogue::kAttachment - 1;
    EXPECT_EQ(session.hear(wire::Deliver{"payments", 5, 1, 1, event, kEarlier}), dropped());
    EXPECT_EQ(session.hear(wire::Assigned{"payments", 1, kEarlier}), dropped());
    session.pass(milliseconds(100));
    EXPECT_TRUE(session.timer(3).starts_with("-> subscribe payments/orders\n"));
}

TEST(Subscription, is_not_confirmed_by_a_broker_that_has_died_since) {
    Dialogue session;
    session.begin();
    session.step([&](Effects& out) {
        session.session.subscribe({"orders", "ship"}, session.now, out);
    });
    const ByteBuffer event = tests::encoded(tests::sample_draft());
    session.hear(wire::Deliver{"ship", 5, 1, 0, event, Dialogue::kAttachment});
    session.hear(wire::Unattached{Dialogue::kAttachment});
    session.hear(wire::Attached{session.nonce, Dialogue::kEpoch, Dialogue::kAttachment + 1});
    EXPECT_EQ(session.hear(wire::Deliver{"ship", 6, 1, 0, event, Dialogue::kAttachment}),
              dropped());
    session.pass(milliseconds(100));
    EXPECT_TRUE(session.timer(3).starts_with("-> subscribe ship/orders\n"));
}

// The broker came back, and the first it heard was a copy of what a session had said to its former
// life. It took the session for one that it knew, and never told it to subscribe again.
TEST(Subscription, survives_a_broker_that_hears_an_old_introduction_first) {
    using namespace stormglass::tests;  // NOLINT: the world of tests/support
    BusWorld world(2);
    ByteBuffer introduction;
    world.tap = [&](NodeId from, NodeId, Bytes bytes) {
        if (const auto frame = wire::decode(bytes);
            from == node_of(1) && std::holds_alternative<wire::Attach>(frame.value())) {
            introduction.assign(bytes.begin(), bytes.end());
        }
    };
    world.begin();
    world.subscribe(1, {"orders", "ship"});
    world.publish_one(0, "orders", "k", "before");
    ASSERT_TRUE(world.run_until([&] { return world.apps[1].deliveries.size() == 1; }));
    ASSERT_FALSE(introduction.empty());
    world.kill(kBroker);
    world.restart(kBroker);
    ASSERT_TRUE(world.run_until([&] { return world.broker().state() == Broker::State::serving; }));
    world.inject(node_of(1), kBroker, introduction);
    world.run_for(seconds(2));
    world.publish_one(0, "orders", "l", "after");
    EXPECT_TRUE(world.run_until([&] { return world.apps[1].deliveries.size() >= 2; }));
}

}  // namespace
}  // namespace stormglass::bus
