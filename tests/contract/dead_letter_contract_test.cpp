// Dead letters: finite attempts, a reason and a history for each, nothing lost, nothing twice.
#include <algorithm>
#include <optional>

#include "tests/contract/hosts.hpp"

namespace stormglass::bus {
namespace {

class DeadLetterContract : public OnEachHost {};

STORMGLASS_ON_ALL_HOSTS(DeadLetterContract);

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

// A copy (white-box: clients cannot ask for letters yet).
std::optional<DeadLetter> letter_of(BusFixture& world, std::string_view group, Position position) {
    return in_machine(world, [&](const Machine& machine) -> std::optional<DeadLetter> {
        const GroupState* state = machine.find_group(group, "orders");
        const DeadLetter* letter = state == nullptr ? nullptr : state->dead(position);
        return letter == nullptr ? std::nullopt : std::optional(*letter);
    });
}

bool is_dead(BusFixture& world, Position position) {
    return world.run_until([&] { return letter_of(world, "g", position).has_value(); });
}

TEST_P(DeadLetterContract, takes_a_rejected_event_at_once_with_reason_and_detail) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "poison");
    ASSERT_TRUE(is_dead(world, 0));
    world.run_for(seconds(40));
    EXPECT_TRUE(world.stormy() || world.apps[1].deliveries.size() == 1);
    const DeadLetter letter = *letter_of(world, "g", 0);
    EXPECT_EQ(letter.reason, Reason::handler_rejected);
    EXPECT_EQ(letter.detail, "cannot be parsed");
    EXPECT_TRUE(world.stormy() || letter.attempts == 1);
    ASSERT_EQ(letter.history.kept().size(), letter.attempts);
    const Attempt& last = letter.history.kept().back();
    EXPECT_EQ(last.end, entry::AttemptEnd::rejected);
    world.inspect([&](Broker& broker) {
        EXPECT_EQ(broker.machine().name(last.member), tests::source_of(1));
    });
    ASSERT_EQ(world.notes("bus.dead").size(), 1U);
    EXPECT_EQ(world.notes("bus.dead")[0].texts.at("reason"), "HANDLER_REJECTED");
}

TEST_P(DeadLetterContract, keeps_a_reason_that_the_handler_names) {
    BusFixture& world = host(2);
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
    ASSERT_TRUE(is_dead(world, 0));
    EXPECT_EQ(letter_of(world, "g", 0)->reason, Reason::no_handler);
}

TEST_P(DeadLetterContract, takes_an_event_whose_attempts_are_used_up) {
    for (const bool answers : {true, false}) {
        BusFixture& world = host(2);
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
        ASSERT_TRUE(is_dead(world, 0));
        world.run_for(seconds(40));
        EXPECT_LE(world.apps[1].deliveries.size(), 4U);
        EXPECT_TRUE(world.stormy() || world.apps[1].deliveries.size() == 4);
        const DeadLetter letter = *letter_of(world, "g", 0);
        EXPECT_EQ(letter.reason, Reason::max_deliveries);
        EXPECT_EQ(letter.attempts, 4U);
        ASSERT_EQ(letter.history.kept().size(), 4U);
        for (const Attempt& attempt : letter.history.kept()) {
            EXPECT_TRUE(world.stormy() || attempt.end == (answers ? entry::AttemptEnd::nacked
                                                                  : entry::AttemptEnd::timed_out));
            EXPECT_GE(attempt.ended, attempt.started);
        }
        EXPECT_LE(letter.first_failed_at, letter.dead_at);
        expect_conservation(world);
    }
}

TEST_P(DeadLetterContract, counts_attempts_of_consumers_that_crash) {
    BusFixture& world = host(2);
    world.options.limits.attempts_max = 2;
    world.begin();
    world.apps[1].handler = [](TestApp&, const SeenDelivery&, Moment, Effects&) {};
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    for (std::size_t n = 1; n <= 2; ++n) {
        if (!world.run_until(
                [&] { return world.apps[1].deliveries.size() >= n || letter_of(world, "g", 0); })) {
            FAIL() << "attempt " << n << " never came";
        }
        world.kill_client(1);
        world.run_for(seconds(3));
        world.restart_client(1);
    }
    ASSERT_TRUE(is_dead(world, 0));
    EXPECT_EQ(letter_of(world, "g", 0)->attempts, 2U);
}

TEST_P(DeadLetterContract, blocks_its_key_and_nothing_else) {
    BusFixture& world = host(2);
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
    ASSERT_TRUE(world.run_until([&] {
        const std::vector<std::string> seen = payloads(world.apps[1]);
        return std::find(seen.begin(), seen.end(), "fine 5") != seen.end();
    }));
    world.run_for(seconds(5));
    const std::vector<std::string> seen = payloads(world.apps[1]);
    EXPECT_TRUE(world.stormy() || seen.size() == 4);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), "fine 2"), 0);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), "fine 4"), 0);
    const auto census = in_machine(world, [](const Machine& machine) {
        return machine.census(*machine.find_group("g", "orders"));
    });
    ASSERT_EQ(census.size(), 6U);
    EXPECT_EQ(census[1].where, PositionClass::dead);
    EXPECT_EQ(census[2].where, PositionClass::parked);
    EXPECT_EQ(census[4].where, PositionClass::parked);
    EXPECT_EQ(census[5].where, PositionClass::settled);
    EXPECT_EQ(world.notes("bus.parked").size(), 2U);
}

TEST_P(DeadLetterContract, is_skipped_where_the_group_says_so) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    Subscription subscription = group_on("orders", "g");
    subscription.on_dead = OnDead::skip;
    world.subscribe(1, subscription);
    world.publish_one(0, "orders", "a", "poison");
    world.publish_one(0, "orders", "a", "fine");
    EXPECT_TRUE(world.run_until([&] { return all_settled(world, "g", "orders", 2); }));
    EXPECT_TRUE(world.stormy() || world.apps[1].deliveries.size() == 2);
}

TEST_P(DeadLetterContract, survives_a_crash_of_the_broker_and_is_not_delivered_again) {
    BusFixture& world = host(2);
    world.begin();
    world.apps[1].handler = reject_poison;
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "a", "poison");
    world.publish_one(0, "orders", "a", "behind");
    ASSERT_TRUE(is_dead(world, 0));
    world.run_for(milliseconds(100));
    const std::size_t before = world.apps[1].deliveries.size();
    world.cut_power_of_broker();
    world.restart_broker();
    world.run_for(seconds(20));
    ASSERT_TRUE(letter_of(world, "g", 0).has_value());
    EXPECT_EQ(letter_of(world, "g", 0)->detail, "cannot be parsed");
    EXPECT_EQ(world.apps[1].deliveries.size(), before);
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
    ASSERT_TRUE(is_dead(world, 0));
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
    ASSERT_TRUE(is_dead(healthy, 0));
    healthy.run_for(seconds(1));
    expect_conservation(healthy);
}

}  // namespace
}  // namespace stormglass::bus
