// Groups: who gets what, how often, in which order; and what answers do.
#include <algorithm>
#include <map>
#include <set>

#include "tests/contract/hosts.hpp"

namespace stormglass::bus {
namespace {

class GroupContract : public OnEachHost {};

class AtLeastOnceContract : public OnEachHost {};

class EffectivelyOnceContract : public OnEachHost {};

class MemberContract : public OnEachHost {};

class ExclusiveGroupContract : public OnEachHost {};

STORMGLASS_ON_ALL_HOSTS(GroupContract);
STORMGLASS_ON_ALL_HOSTS(AtLeastOnceContract);
STORMGLASS_ON_ALL_HOSTS(EffectivelyOnceContract);
STORMGLASS_ON_ALL_HOSTS(MemberContract);
STORMGLASS_ON_ALL_HOSTS(ExclusiveGroupContract);

void publish_many(BusFixture& world, std::size_t count, std::size_t keys) {
    for (std::size_t n = 0; n < count; ++n) {
        world.publish_one(
            0, "orders", "key-" + std::to_string(n % keys), "event " + std::to_string(n));
    }
}

TEST_P(GroupContract, starts_at_the_beginning_of_its_topic) {
    BusFixture& world = host(2);
    world.begin();
    publish_many(world, 5, 5);
    world.run_for(seconds(1));
    world.subscribe(1, group_on("orders", "late"));
    EXPECT_TRUE(delivered(world, 1, 5));
}

TEST_P(GroupContract, gets_each_event_at_one_member_and_shares_fairly) {
    BusFixture& world = host(4);
    world.begin();
    for (std::uint32_t n = 1; n < 4; ++n) {
        world.subscribe(n, group_on("orders", "g"));
    }
    world.run_for(milliseconds(100));
    publish_many(world, 90, 90);
    ASSERT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 90); }));
    std::map<Position, int> seen;
    for (std::uint32_t n = 1; n < 4; ++n) {
        EXPECT_GE(world.apps[n].deliveries.size(), world.stormy() ? 10U : 20U);
        for (const SeenDelivery& delivery : world.apps[n].deliveries) {
            ++seen[delivery.position];
        }
    }
    EXPECT_EQ(seen.size(), 90U);
    // An answer that is late or lost is followed by a second delivery, maybe to another.
    EXPECT_TRUE(world.stormy() ||
                std::all_of(seen.begin(), seen.end(), [](const auto& s) { return s.second == 1; }));
}

TEST_P(GroupContract, two_groups_each_get_everything) {
    BusFixture& world = host(3);
    world.begin();
    world.subscribe(1, group_on("orders", "g1"));
    world.subscribe(2, group_on("orders", "g2"));
    publish_many(world, 10, 3);
    EXPECT_TRUE(delivered(world, 1, 10));
    EXPECT_TRUE(delivered(world, 2, 10));
}

TEST_P(GroupContract, keeps_order_per_key_with_one_event_of_a_key_in_flight) {
    BusFixture& world = host(4);
    world.begin();
    std::map<std::string, std::vector<Position>> order;
    for (std::uint32_t n = 1; n < 4; ++n) {
        world.apps[n].handler =
            [&](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
                std::vector<Position>& seen = order[delivery.key];
                if (seen.empty() || seen.back() != delivery.position) {
                    EXPECT_TRUE(seen.empty() || seen.back() < delivery.position);
                    seen.push_back(delivery.position);
                }
                app.settle(delivery, Verdict::ack, now, out);
            };
        world.subscribe(n, group_on("orders", "g"));
    }
    publish_many(world, 120, 7);
    ASSERT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 120); }));
    EXPECT_EQ(order.size(), 7U);
    for (const auto& [key, positions] : order) {
        EXPECT_EQ(positions.size(), 120 / 7 + (key <= "key-0" ? 1U : 0U));
    }
}

TEST_P(GroupContract, without_key_order_hands_out_events_of_one_key_together) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    Subscription subscription = group_on("orders", "g");
    subscription.order = KeyOrder::none;
    world.subscribe(1, subscription);
    publish_many(world, 8, 1);
    ASSERT_TRUE(delivered(world, 1, 8));
    EXPECT_TRUE(world.stormy() || world.apps[1].deliveries.back().receipt == 1);
    Subscription ordered = group_on("orders", "h");
    world.subscribe(1, ordered);
    world.run_for(seconds(1));
    const auto& seen = world.apps[1].deliveries;
    EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](const SeenDelivery& delivery) {
        return delivery.group != "h" || delivery.position == 0;
    }));
}

TEST_P(GroupContract, never_exceeds_a_members_credit) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    Subscription subscription = group_on("orders", "g");
    subscription.in_flight_max = 3;
    world.subscribe(1, subscription);
    publish_many(world, 20, 20);
    world.run_for(milliseconds(1'500));
    EXPECT_LE(world.apps[1].deliveries.size(), 3U);
    EXPECT_TRUE(world.stormy() || world.apps[1].deliveries.size() == 3);
}

TEST_P(AtLeastOnceContract, a_nack_is_delivered_again_not_before_its_delay) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler =
        [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
            if (app.deliveries.size() > 1) {
                app.settle(delivery, Verdict::ack, now, out);
                return;
            }
            Batch batch;
            batch.settlements.push_back(delivery.answer(Verdict::nack));
            batch.settlements[0].delay = seconds(3);
            EXPECT_TRUE(app.client->publish(batch, Durability::synced, now, out).ok());
        };
    world.subscribe(1, group_on("orders", "g"));
    publish_many(world, 1, 1);
    ASSERT_TRUE(delivered(world, 1, 2));
    const auto& seen = world.apps[1].deliveries;
    EXPECT_GT(seen[1].receipt, seen[0].receipt);
    EXPECT_GE(seen[1].at - seen[0].at, seconds(2));
    EXPECT_TRUE(world.stormy() || seen[1].at - seen[0].at >= seconds(3));
    EXPECT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 1); }));
}

TEST_P(AtLeastOnceContract, an_unanswered_delivery_comes_again_with_growing_delays) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    publish_many(world, 1, 1);
    const std::size_t count = world.stormy() ? 3 : 6;
    ASSERT_TRUE(delivered(world, 1, count));
    const auto& seen = world.apps[1].deliveries;
    for (std::size_t n = 1; n < count; ++n) {
        if (world.stormy()) {
            EXPECT_GT(seen[n].receipt, seen[n - 1].receipt);
            continue;  // some got lost, and none came on the instant
        }
        EXPECT_EQ(seen[n].receipt, n + 1);
        const Duration base = milliseconds(100 << (n - 1));
        const Duration waited = seen[n].at - seen[n - 1].at - seconds(2);
        EXPECT_GE(waited, base / 2 - milliseconds(5));
        EXPECT_LE(waited, base + milliseconds(5));
    }
}

TEST_P(AtLeastOnceContract, working_extends_the_deadline) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler =
        [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
            Batch batch;
            batch.settlements.push_back(delivery.answer(Verdict::working));
            batch.settlements[0].delay = seconds(10);
            EXPECT_TRUE(app.client->publish(batch, Durability::synced, now, out).ok());
        };
    world.subscribe(1, group_on("orders", "g"));
    publish_many(world, 1, 1);
    ASSERT_TRUE(delivered(world, 1, 1));
    world.run_for(seconds(9));
    // A first word that is lost may come too late for the first attempt.
    EXPECT_LE(world.apps[1].deliveries.size(), world.stormy() ? 2U : 1U);
    EXPECT_TRUE(delivered(world, 1, 2));
}

TEST_P(AtLeastOnceContract, a_late_ack_of_an_earlier_attempt_settles) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    publish_many(world, 1, 1);
    ASSERT_TRUE(delivered(world, 1, 2));
    Batch late;
    late.settlements.push_back(world.apps[1].deliveries[0].answer(Verdict::ack));
    EXPECT_TRUE(outcome_of(world, 1, late).accepted);
    EXPECT_TRUE(outcome_of(world, 1, late).accepted);
    world.run_for(seconds(1));  // for what was on its way
    const std::size_t settled = world.apps[1].deliveries.size();
    world.run_for(seconds(30));
    EXPECT_EQ(world.apps[1].deliveries.size(), settled);
}

TEST_P(EffectivelyOnceContract, an_outdated_receipt_refuses_the_whole_batch) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    Subscription subscription = group_on("orders", "g");
    subscription.mode = GroupMode::effectively_once;
    world.subscribe(1, subscription);
    publish_many(world, 1, 1);
    ASSERT_TRUE(delivered(world, 1, 2));
    const auto answer = [&](std::size_t delivery, std::string_view text) {
        Batch batch;
        batch.settlements.push_back(world.apps[1].deliveries[delivery].answer(Verdict::ack));
        batch.publications.push_back(BusWorld::publication("replies", "k", text));
        return outcome_of(world, 1, batch);
    };
    EXPECT_EQ(answer(0, "first try").code, "EB_SETTLED");
    const auto newest = [&] { return world.apps[1].deliveries.size() - 1; };
    // What is on its way may make the newest known outdated, too.
    while (world.stormy() && !answer(newest(), "in time").accepted) {
        const std::size_t known = world.apps[1].deliveries.size();
        ASSERT_TRUE(delivered(world, 1, known + 1));
    }
    EXPECT_TRUE(world.stormy() || answer(1, "in time").accepted);
    EXPECT_EQ(answer(newest(), "again").code, "EB_SETTLED");
    const auto& replies = world.contents(1, "replies");
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].second, "in time");
}

TEST_P(EffectivelyOnceContract, each_event_has_one_effect_although_consumers_crash) {
    BusFixture& world = host(3);
    world.begin();
    Subscription subscription = group_on("orders", "g");
    subscription.mode = GroupMode::effectively_once;
    for (std::uint32_t n = 1; n < 3; ++n) {
        world.apps[n].handler =
            [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
                Batch batch;
                batch.settlements.push_back(delivery.answer(Verdict::ack));
                batch.publications.push_back(
                    BusWorld::publication("replies", delivery.key, delivery.payload));
                static_cast<void>(app.client->publish(batch, Durability::synced, now, out).ok());
            };
        world.subscribe(n, subscription);
    }
    for (std::uint32_t round = 0; round < 4; ++round) {
        publish_many(world, 20, 6);
        world.run_for(milliseconds(137));
        const std::uint32_t victim = 1 + round % 2;
        world.kill_client(victim);
        world.run_for(milliseconds(700));
        world.restart_client(victim);
    }
    ASSERT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 80); }, minutes(5)));
    world.calm();
    world.run_for(seconds(10));
    std::multiset<std::string> orders;
    std::multiset<std::string> replies;
    for (const auto& [position, text] : world.contents(0, "orders")) {
        orders.insert(text);
    }
    for (const auto& [position, text] : world.contents(0, "replies")) {
        replies.insert(text);
    }
    EXPECT_EQ(orders.size(), 80U);
    EXPECT_EQ(replies, orders);
    expect_conservation(world);
}

TEST_P(MemberContract, that_falls_silent_lapses_and_others_take_over) {
    BusFixture& world = host(3);
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    publish_many(world, 4, 4);
    ASSERT_TRUE(delivered(world, 1, 4));
    world.subscribe(2, group_on("orders", "g"));
    world.kill_client(1);
    ASSERT_TRUE(delivered(world, 2, 4));
    EXPECT_TRUE(world.reached("bus.member-lapsed"));
    for (const SeenDelivery& delivery : world.apps[2].deliveries) {
        EXPECT_GE(delivery.receipt, 2U);
    }
}

TEST_P(MemberContract, that_was_only_cut_off_comes_back_by_itself) {
    BusFixture& world = host(2);
    world.begin();
    world.subscribe(1, group_on("orders", "g"));
    world.run_for(milliseconds(100));
    world.cut_off(1);
    world.run_for(BusFixture::kCut);
    publish_many(world, 3, 3);
    EXPECT_TRUE(delivered(world, 1, 3));
}

TEST_P(ExclusiveGroupContract, has_one_owner_under_one_generation) {
    BusFixture& world = host(3);
    world.begin();
    Subscription subscription = group_on("orders", "coordinator");
    subscription.sharing = Sharing::exclusive;
    world.subscribe(1, subscription);
    world.run_for(milliseconds(300));
    world.subscribe(2, subscription);
    publish_many(world, 6, 6);
    ASSERT_TRUE(delivered(world, 1, 6));
    EXPECT_TRUE(world.apps[2].deliveries.empty());
    ASSERT_GE(world.apps[1].assigned.size(), 1U);
    EXPECT_EQ(world.apps[1].assigned[0].second, 1U);
    EXPECT_EQ(world.apps[1].deliveries[0].generation, 1U);
}

TEST_P(ExclusiveGroupContract, moves_on_when_its_owner_dies_and_fences_it) {
    BusFixture& world = host(3);
    world.begin();
    Subscription subscription = group_on("orders", "coordinator");
    subscription.sharing = Sharing::exclusive;
    world.subscribe(1, subscription);
    world.run_for(milliseconds(300));
    world.subscribe(2, subscription);
    world.run_for(milliseconds(300));
    // The owner does not die: it is only cut off, and does not know that it is replaced.
    world.cut_off(1);
    ASSERT_TRUE(world.run_until([&] { return !world.apps[2].assigned.empty(); }, seconds(10)));
    EXPECT_EQ(world.apps[2].assigned[0].second, 2U);
    EXPECT_TRUE(world.reached("bus.group-reassigned"));
    Batch stale;
    stale.conditions = {fence("coordinator", 1)};
    stale.publications.push_back(BusWorld::publication("orders", "k", "from the old owner"));
    EXPECT_EQ(outcome_of(world, 1, stale).code, "EB_FENCED");
    Batch fresh = stale;
    fresh.conditions = {fence("coordinator", 2)};
    EXPECT_TRUE(outcome_of(world, 2, fresh).accepted);
    EXPECT_TRUE(delivered(world, 2, 1));
}

TEST_P(ExclusiveGroupContract, stays_with_its_owner_when_only_the_broker_died) {
    BusFixture& world = host(2);
    world.begin();
    Subscription subscription = group_on("orders", "coordinator");
    subscription.sharing = Sharing::exclusive;
    world.subscribe(1, subscription);
    world.run_for(milliseconds(300));
    world.kill_broker();
    world.restart_broker();
    publish_many(world, 2, 2);
    ASSERT_TRUE(delivered(world, 1, 2));
    EXPECT_EQ(world.apps[1].deliveries[1].generation, 1U);
    EXPECT_EQ(world.distinct_notes("bus.assigned"), 1U);
}

}  // namespace
}  // namespace stormglass::bus
