// One batch: what it holds, and that its views stay good while it grows.
#include "sagas/batch_builder.hpp"

#include <gtest/gtest.h>

namespace stormglass::sagas::tests {
namespace {

TEST(BatchBuilder, threads_an_event_into_the_story_of_its_saga) {
    BatchBuilder builder;
    const Thread thread{"order-1", "trace", "cause"};
    builder.publish("topic", "a.b.v1", thread, Claim{"group", 1});
    const bus::Publication& publication = builder.batch().publications[0];
    EXPECT_EQ(publication.topic, "topic");
    EXPECT_EQ(publication.type, "a.b.v1");
    EXPECT_EQ(publication.partition_key, "order-1");
    EXPECT_EQ(publication.correlation_id, "order-1");
    EXPECT_EQ(publication.causation_id, "cause");
    EXPECT_EQ(publication.trace_parent, "trace");
    EXPECT_EQ(publication.delay, Duration{});
}

TEST(BatchBuilder, without_a_cause_the_saga_is_the_cause) {
    BatchBuilder builder;
    builder.publish("topic", "a.b.v1", {"order-1", "trace", ""}, Claim{"group", 1});
    EXPECT_EQ(builder.batch().publications[0].causation_id, "order-1");
}

TEST(BatchBuilder, without_a_saga_an_event_is_a_root) {
    BatchBuilder builder;
    builder.publish("topic", "a.b.v1", {}, Claim{"group", 1});
    EXPECT_TRUE(builder.batch().publications[0].correlation_id.empty());
    EXPECT_TRUE(builder.batch().publications[0].causation_id.empty());
}

TEST(BatchBuilder, payloads_stay_where_they_are_while_it_grows) {
    BatchBuilder builder;
    for (int round = 0; round < 3; ++round) {
        builder.clear();
        EXPECT_TRUE(builder.batch().publications.empty());
        for (std::uint64_t i = 1; i <= 200; ++i) {
            builder.publish("topic", "a.b.v1", {"s", "t", ""}, Claim{"group", i});
        }
        for (std::uint64_t i = 1; i <= 200; ++i) {
            const auto claim = decode_claim(builder.batch().publications[i - 1].payload);
            ASSERT_TRUE(claim.ok());
            EXPECT_EQ(claim->generation, i);
        }
    }
}

TEST(BatchBuilder, holds_conditions_and_settlements) {
    BatchBuilder builder;
    builder.fence("group", 7);
    builder.key_is_new("topic", "key");
    bus::Settlement settlement;
    settlement.group = "group";
    settlement.topic = "topic";
    settlement.receipt = 2;
    builder.settle(settlement);
    ASSERT_EQ(builder.batch().conditions.size(), 2U);
    EXPECT_EQ(builder.batch().conditions[0].value, 7U);
    EXPECT_EQ(builder.batch().conditions[1].kind, bus::Condition::Kind::key_length);
    EXPECT_EQ(builder.batch().conditions[1].key, "key");
    EXPECT_EQ(builder.batch().conditions[1].value, 0U);
    EXPECT_EQ(builder.batch().settlements[0].receipt, 2U);
    builder.clear();
    EXPECT_TRUE(builder.batch().conditions.empty());
    EXPECT_TRUE(builder.batch().settlements.empty());
}

}  // namespace
}  // namespace stormglass::sagas::tests
