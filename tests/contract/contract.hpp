// What the contract tests share: short ways to say common things over `bus::Client`. Promises are
// tested against clients alone, so that another engine can stand behind the same suite; what looks
// into the broker is marked as such.
#pragma once

#include <type_traits>

#include <gtest/gtest.h>

#include "tests/support/bus_world.hpp"

namespace stormglass::bus {

using tests::BusFixture;
using tests::BusWorld;
using tests::kAdversary;
using tests::kBroker;
using tests::node_of;
using tests::SeenDelivery;
using tests::SeenOutcome;
using tests::TestApp;
using tests::TinyDisk;

inline Subscription group_on(std::string_view topic, std::string_view group) {
    Subscription subscription;
    subscription.topic = topic;
    subscription.group = group;
    return subscription;
}

inline Condition fence(std::string_view name, std::uint64_t value) {
    return {Condition::Kind::fence, name, {}, value};
}

inline Condition topic_length(std::string_view topic, std::uint64_t value) {
    return {Condition::Kind::topic_length, topic, {}, value};
}

inline Condition key_length(std::string_view topic, std::string_view key, std::uint64_t value) {
    return {Condition::Kind::key_length, topic, key, value};
}

/// Publishes and waits; the outcome must come.
inline SeenOutcome outcome_of(BusFixture& world, std::uint32_t client, const Batch& batch) {
    const BatchId id = world.publish(client, batch).value();
    const SeenOutcome* outcome = world.wait(client, id);
    CHECK(outcome != nullptr);
    return *outcome;
}

/// Runs until client `n` was handed `count` deliveries.
inline bool delivered(BusFixture& world, std::uint32_t n, std::size_t count) {
    return world.run_until([&] { return world.apps[n].deliveries.size() >= count; });
}

inline std::vector<std::string> payloads(const TestApp& app) {
    std::vector<std::string> found;
    for (const SeenDelivery& delivery : app.deliveries) {
        found.push_back(delivery.payload);
    }
    return found;
}

/// What `look` finds in the living broker's state (white-box).
template <class Look>
auto in_machine(BusFixture& world, Look look) {
    std::invoke_result_t<Look, const Machine&> found{};
    world.inspect([&](Broker& broker) { found = look(broker.machine()); });
    return found;
}

/// Whether the broker counts the first `count` positions of the topic as settled or dead for the
/// group; false while there is none (white-box).
inline bool all_settled(BusFixture& world,
                        std::string_view group,
                        std::string_view topic,
                        Position count) {
    return world.broker_alive() && in_machine(world, [&](const Machine& machine) {
               const GroupState* state = machine.find_group(group, topic);
               return state != nullptr && state->floor() >= count;
           });
}

/// Conservation (white-box): every position of every group is in exactly one class.
inline void expect_conservation(BusFixture& world) {
    world.inspect([](Broker& broker) {
        const Machine& machine = broker.machine();
        for (GroupId id = 0; id < machine.group_count(); ++id) {
            const GroupState& group = machine.group(id);
            const auto census = machine.census(group);
            const Position length = machine.topics()[group.traits().topic_id].length();
            ASSERT_EQ(census.size(), length);
            for (Position position = 0; position < length; ++position) {
                EXPECT_EQ(census[position].position, position);
            }
        }
    });
}

}  // namespace stormglass::bus
