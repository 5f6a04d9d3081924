// The checkout on the real bus, as scripts of incidents.
#include <gtest/gtest.h>

#include "tests/sagas/checkout_world.hpp"
#include "tests/sagas/dice.hpp"

namespace stormglass::sagas::tests {
namespace {

using stormglass::tests::TinyDisk;
using World = CheckoutWorld;

int completed(const World& world) {
    int count = 0;
    for (const auto& [saga, state] : world.ends()) {
        count += state == SagaState::completed ? 1 : 0;
    }
    return count;
}

NodeId owner_of(World& world) {
    return world.in_charge(World::kOrders) ? World::kOrders : World::kStandby;
}

/// Runs until all have ended and the services have heard so. The first is number `first`.
void expect_all_end(World& world, int count, int first = 0) {
    for (int round = 0; round < 40 && !world.all_finished(count); ++round) {
        world.run_for(seconds(5));
    }
    world.run_for(seconds(3));
    EXPECT_EQ(world.judge(count, first), "");
}

TEST(Checkout, calm_ends_every_saga_as_its_services_decide) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    for (int number = 0; number < 9; ++number) {
        world.start_saga(World::kOrders, number);
        world.run_for(milliseconds(200));
    }
    expect_all_end(world, 9);
    EXPECT_EQ(completed(world), 6);  // payments refuse every third
    EXPECT_FALSE(world.reached("saga.took-over"));
}

TEST(Checkout, a_start_at_the_coordinator_that_is_not_in_charge_waits_for_its_turn) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId other = world.in_charge(World::kOrders) ? World::kStandby : World::kOrders;
    const NodeId owner = owner_of(world);
    EXPECT_TRUE(world.in_charge(owner));
    world.start_saga(other, 1);
    world.run_for(seconds(2));
    EXPECT_FALSE(world.all_finished(1));
    world.kill(owner);
    world.run_for(seconds(10));
    EXPECT_TRUE(world.in_charge(other));
    EXPECT_TRUE(world.all_finished(1));
}

TEST(Checkout, the_standby_finishes_what_a_dead_coordinator_began) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId owner = owner_of(world);
    for (int number = 0; number < 6; ++number) {
        world.start_saga(owner, number);
    }
    // Until at least one decision has been acknowledged, then death.
    EXPECT_TRUE(world.run_until([&] { return !world.notes("saga.decision-acknowledged").empty(); },
                                seconds(5)));
    world.kill(owner);
    world.run_for(seconds(5));
    world.restart(owner);
    world.start_all(6);
    expect_all_end(world, 6);
    EXPECT_TRUE(world.reached("saga.took-over"));
}

TEST(Checkout, a_coordinator_behind_a_partition_is_fenced_when_it_comes_back) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId owner = owner_of(world);
    for (int number = 0; number < 6; ++number) {
        world.start_saga(owner, number);
    }
    world.run_for(milliseconds(4));
    world.cut(owner, World::kBroker);
    world.start_saga(owner, 6);  // it does not know yet
    world.run_for(seconds(5));
    world.heal();
    world.start_all(7);
    expect_all_end(world, 7);
}

TEST(Checkout, payments_cut_off_turn_sagas_back_or_delay_them) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    world.cut(World::kPayment, World::kBroker);
    const NodeId owner = owner_of(world);
    for (int number = 1; number < 4; ++number) {
        world.start_saga(owner, number);
    }
    world.run_for(seconds(25));  // longer than the three attempts of charge
    EXPECT_TRUE(world.reached("saga.step-timeout"));
    world.heal();
    for (int number = 0; number < 1; ++number) {
        world.start_saga(owner, number);
    }
    expect_all_end(world, 4);
    EXPECT_TRUE(world.reached("participant.tombstone-left"));
}

TEST(Checkout, a_broker_without_power_loses_no_decision) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId owner = owner_of(world);
    for (int number = 0; number < 6; ++number) {
        world.start_saga(owner, number);
    }
    world.run_for(milliseconds(7));
    world.power_cut(World::kBroker, TinyDisk::Tear::prefix);
    world.run_for(milliseconds(500));
    world.restart(World::kBroker);
    world.run_for(seconds(2));
    world.start_all(6);
    expect_all_end(world, 6);
}

TEST(Checkout, both_coordinators_may_die_and_nothing_is_lost) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    for (int number = 0; number < 6; ++number) {
        world.start_saga(owner_of(world), number);
    }
    world.run_for(milliseconds(9));
    world.kill(World::kOrders);
    world.kill(World::kStandby);
    world.run_for(seconds(5));
    EXPECT_FALSE(world.all_finished(6));
    world.restart(World::kStandby);
    world.run_for(seconds(3));
    world.restart(World::kOrders);
    world.run_for(seconds(1));
    world.start_all(6);
    expect_all_end(world, 6);
}

TEST(Checkout, every_service_may_die_in_the_middle_of_its_work) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId owner = owner_of(world);
    int number = 0;
    for (const NodeId service : {World::kStock, World::kPayment, World::kShipping, World::kOrder}) {
        world.start_saga(owner, number++);
        world.start_saga(owner, number++);
        world.run_for(milliseconds(6));
        world.kill(service);
        world.run_for(milliseconds(300));
        world.restart(service);
    }
    expect_all_end(world, number);
}

TEST(Checkout, asked_of_both_coordinators_and_often_a_saga_is_one) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    for (int round = 0; round < 5; ++round) {
        world.start_all(3);
        world.run_for(milliseconds(3));
    }
    world.kill(owner_of(world));
    world.run_for(seconds(5));
    expect_all_end(world, 3);  // `ends` itself insists that each ends once
}

TEST(Checkout, a_takeover_of_ended_sagas_moves_nothing) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId first = owner_of(world);
    for (int number = 0; number < 4; ++number) {
        world.start_saga(first, number);
    }
    expect_all_end(world, 4);
    const std::size_t decisions = world.notes("saga.decision-acknowledged").size();
    const std::size_t effects = world.notes("saga.effect").size();
    world.kill(first);
    world.run_for(seconds(10));
    const NodeId second = owner_of(world);
    EXPECT_NE(second, first);
    EXPECT_EQ(world.coordinator(second).live(), 0U);
    EXPECT_EQ(world.notes("saga.decision-acknowledged").size(), decisions);
    EXPECT_EQ(world.notes("saga.effect").size(), effects);
    EXPECT_EQ(world.notes("saga.rebuilt").size(), 4U);
    EXPECT_EQ(world.judge(4), "");
}

TEST(Checkout, a_broker_that_dies_while_the_past_is_read_only_delays) {
    World world;
    world.begin();
    world.run_for(seconds(1));
    const NodeId first = owner_of(world);
    for (int number = 0; number < 5; ++number) {
        world.start_saga(first, number);
    }
    world.run_for(milliseconds(8));
    world.kill(first);
    EXPECT_TRUE(world.run_until(
        [&] {
            const NodeId other = first == World::kOrders ? World::kStandby : World::kOrders;
            return world.coordinator(other).generation() > 0;
        },
        seconds(20)));
    world.power_cut(World::kBroker, TinyDisk::Tear::lose_all);
    world.restart(World::kBroker);
    world.run_for(seconds(3));
    world.restart(first);
    world.run_for(seconds(2));
    world.start_all(5);
    expect_all_end(world, 5);
}

TEST(Checkout, a_command_that_cannot_be_handled_is_buried_and_its_saga_turns_back) {
    World world;
    world.poisoned = "label";
    world.begin();
    world.run_for(seconds(1));
    world.start_saga(owner_of(world), 1);
    world.start_saga(owner_of(world), 2);
    expect_all_end(world, 2, 1);
    EXPECT_EQ(completed(world), 0);
    EXPECT_GE(world.notes("saga.poison").size(), 2U);
    EXPECT_TRUE(world.reached("participant.tombstone-left"));
}

TEST(Checkout, storms_end_every_saga_and_break_no_law) {
    constexpr int kSagas = 6;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed);
        Dice dice(seed);
        world.latency_spread = milliseconds(3);
        world.loss_ppm = 20'000;
        world.duplicate_ppm = 20'000;
        world.begin();
        world.run_for(seconds(1));
        for (int number = 0; number < kSagas; ++number) {
            world.start_saga(dice.chance(50) ? World::kOrders : World::kStandby, number);
            world.run_for(milliseconds(static_cast<std::int64_t>(dice.below(60))));
            const NodeId victim{static_cast<std::uint32_t>(10 + dice.below(6))};
            if (dice.chance(20)) {
                world.power_cut(World::kBroker, TinyDisk::Tear::prefix);
                world.run_for(milliseconds(static_cast<std::int64_t>(dice.below(900))));
                world.restart(World::kBroker);
            } else if (dice.chance(50)) {
                world.kill(victim);
                world.run_for(milliseconds(static_cast<std::int64_t>(dice.below(1500))));
                world.restart(victim);
            } else if (dice.chance(50)) {
                world.cut(victim, World::kBroker);
                world.run_for(milliseconds(static_cast<std::int64_t>(dice.below(2500))));
                world.heal();
            }
        }
        world.loss_ppm = 0;
        world.run_for(seconds(2));
        world.start_all(kSagas);
        expect_all_end(world, kSagas);
    }
}

}  // namespace
}  // namespace stormglass::sagas::tests
