// Dead letters: finite attempts, a reason and a history for each, nothing lost, nothing twice.
#include "tests/contract/contract.hpp"

namespace stormglass::bus {
namespace {

// Rejects what is called "poison", acknowledges the rest.
void reject_poison(TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
    const bool poison = delivery.payload.starts_with("poison");
    if (!poison) {
        app.settle(delivery, Verdict::ack, now, out);
        return;
    }
    Batch batch;
    batch.settlements.push_back(delivery.answer(Verdict::reject));
    batch.settlements[0].detail = "cannot be parsed";
    static_cast<void>(app.client->publish(batch, Durability::synced, now, out).ok());
}

const DeadLetter* letter_of(BusWorld& world, std::string_view group, Position position) {
    const GroupState* state = world.broker().machine().find_group(group, "orders");
    return state == nullptr ? nullptr : state->dead(position);
}

TEST(DeadLetter, takes_a_rejected_event_at_once_with_reason_and_detail) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "poison");
    ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
    world.run_for(seconds(40));
    EXPECT_EQ(world.apps[1].deliveries.size(), 1U);
    const DeadLetter& letter = *letter_of(world, "g", 0);
    EXPECT_EQ(letter.reason, Reason::handler_rejected);
    EXPECT_EQ(letter.detail, "cannot be parsed");
    EXPECT_EQ(letter.attempts, 1U);
    ASSERT_EQ(letter.history.kept().size(), 1U);
    EXPECT_EQ(letter.history.kept()[0].end, entry::AttemptEnd::rejected);
    EXPECT_EQ(world.broker().machine().name(letter.history.kept()[0].member), tests::source_of(1));
    ASSERT_EQ(world.notes("bus.dead").size(), 1U);
    EXPECT_EQ(world.notes("bus.dead")[0].texts.at("reason"), "HANDLER_REJECTED");
}

TEST(DeadLetter, keeps_a_reason_that_the_handler_names) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler =
        [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
            Batch batch;
            batch.settlements.push_back(delivery.answer(Verdict::reject));
            batch.settlements[0].detail = "NO_HANDLER: orders.unknown";
            static_cast<void>(app.client->publish(batch, Durability::synced, now, out).ok());
        };
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
    EXPECT_EQ(letter_of(world, "g", 0)->reason, Reason::no_handler);
}

TEST(DeadLetter, takes_an_event_whose_attempts_are_used_up) {
    for (const bool answers : {true, false}) {
        BusWorld world(2);
        world.options.limits.attempts_max = 4;
        world.begin();
        world.apps[1].handler =
            [answers](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
                if (answers) {
                    app.settle(delivery, Verdict::nack, now, out);
                }
            };
        world.subscribe(1, group_on("orders", "g"));
        world.publish_one(0, "orders", "k", "a");
        ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
        world.run_for(seconds(40));
        EXPECT_EQ(world.apps[1].deliveries.size(), 4U);
        const DeadLetter& letter = *letter_of(world, "g", 0);
        EXPECT_EQ(letter.reason, Reason::max_deliveries);
        EXPECT_EQ(letter.attempts, 4U);
        ASSERT_EQ(letter.history.kept().size(), 4U);
        for (const Attempt& attempt : letter.history.kept()) {
            EXPECT_EQ(attempt.end,
                      answers ? entry::AttemptEnd::nacked : entry::AttemptEnd::timed_out);
            EXPECT_GE(attempt.ended, attempt.started);
        }
        EXPECT_LE(letter.first_failed_at, letter.dead_at);
        expect_conservation(world);
    }
}

TEST(DeadLetter, counts_attempts_of_consumers_that_crash) {
    BusWorld world(2);
    world.options.limits.attempts_max = 2;
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    for (std::size_t n = 1; n <= 2; ++n) {
        ASSERT_TRUE(delivered(world, 1, n));
        world.kill(node_of(1));
        world.run_for(seconds(3));
        world.restart(node_of(1));
    }
    ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
    EXPECT_EQ(letter_of(world, "g", 0)->attempts, 2U);
}

TEST(DeadLetter, blocks_its_key_and_nothing_else) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "a", "fine 1");
    world.publish_one(0, "orders", "a", "poison");
    world.publish_one(0, "orders", "a", "fine 2");
    world.publish_one(0, "orders", "b", "fine 3");
    world.run_for(seconds(5));
    world.publish_one(0, "orders", "a", "fine 4");
    world.publish_one(0, "orders", "b", "fine 5");
    world.run_for(seconds(5));
    EXPECT_EQ(world.apps[1].deliveries.size(), 4U);
    EXPECT_EQ(world.apps[1].deliveries.back().payload, "fine 5");
    const Machine& machine = world.broker().machine();
    const auto census = machine.census(*machine.find_group("g", "orders"));
    ASSERT_EQ(census.size(), 6U);
    EXPECT_EQ(census[1].where, PositionClass::dead);
    EXPECT_EQ(census[2].where, PositionClass::parked);
    EXPECT_EQ(census[4].where, PositionClass::parked);
    EXPECT_EQ(census[5].where, PositionClass::settled);
    EXPECT_EQ(world.notes("bus.parked").size(), 2U);
}

TEST(DeadLetter, is_skipped_where_the_group_says_so) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    Subscription subscription = group_on("orders", "g");
    subscription.on_dead = OnDead::skip;
    world.subscribe(1, subscription);
    world.publish_one(0, "orders", "a", "poison");
    world.publish_one(0, "orders", "a", "fine");
    EXPECT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 2); }));
    EXPECT_EQ(world.apps[1].deliveries.size(), 2U);
}

TEST(DeadLetter, survives_a_crash_of_the_broker_and_is_not_delivered_again) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "a", "poison");
    world.publish_one(0, "orders", "a", "behind");
    ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
    world.run_for(milliseconds(100));
    world.power_cut(kBroker, TinyDisk::Tear::sectors);
    world.restart(kBroker);
    world.run_for(seconds(20));
    ASSERT_NE(letter_of(world, "g", 0), nullptr);
    EXPECT_EQ(letter_of(world, "g", 0)->detail, "cannot be parsed");
    EXPECT_EQ(world.apps[1].deliveries.size(), 1U);
    EXPECT_EQ(world.distinct_notes("bus.dead"), 1U);
    expect_conservation(world);
}

// A letter that is written apart from its settlement: what the census must be able to see.
class LetterFirst final : public Rules {
  public:
    Burial burial() const override { return Burial::letter_first; }
};

TEST(DeadLetter, written_apart_from_its_settlement_shows_in_the_census) {
    const LetterFirst rules;
    BusWorld world(2);
    world.rules = &rules;
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "a", "poison");
    ASSERT_TRUE(world.run_until([&] { return letter_of(world, "g", 0) != nullptr; }));
    const Machine& before = world.broker().machine();
    EXPECT_EQ(before.census(*before.find_group("g", "orders")).size(), 2U);
    world.power_cut(kBroker, TinyDisk::Tear::lose_all);
    world.restart(kBroker);
    ASSERT_TRUE(delivered(world, 1, 2));  // dead, and alive again
    BusWorld healthy(2);
    healthy.rules = &rules;
    healthy.begin();
    healthy.apps[1].handler = reject_poison;
    healthy.subscribe(1, group_on("orders", "g"));
    healthy.publish_one(0, "orders", "a", "poison");
    ASSERT_TRUE(healthy.run_until([&] { return letter_of(healthy, "g", 0) != nullptr; }));
    healthy.run_for(seconds(1));
    expect_conservation(healthy);
}

}  // namespace
}  // namespace stormglass::bus
