// Tenure alone: who may act, from when, and until when.
#include "sagas/tenure.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/scripted_client.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::sagas::tests {
namespace {

class TenureTest : public testing::Test {
  protected:
    Tenure::Claimed outcome(const OwnedBatch& batch, std::string_view code) {
        bus::BatchOutcome told;
        told.id = batch.id;
        told.accepted = code.empty();
        told.code = code;
        return tenure_.on_outcome(told, now_, out_);
    }

    /// Assigned, claimed, read.
    void hold(bus::Generation generation) {
        ASSERT_TRUE(tenure_.on_assigned(generation, now_, out_));
        ASSERT_EQ(outcome(client_.take(), ""), Tenure::Claimed::reading);
        ASSERT_TRUE(tenure_.on_records(client_.reads.back().id, true));
        ASSERT_EQ(tenure_.stage(), TenureStage::held);
    }

    ScriptedClient client_;
    stormglass::tests::TestChance chance_;
    Effects out_{chance_};
    Moment now_{{5}, {5}};
    Tenure tenure_{client_, "group", "topic"};
};

TEST_F(TenureTest, begins_away_and_takes_no_generation_zero) {
    EXPECT_EQ(tenure_.stage(), TenureStage::away);
    EXPECT_FALSE(tenure_.on_assigned(0, now_, out_));
    EXPECT_FALSE(tenure_.on_revoked(0));
    EXPECT_TRUE(client_.batches.empty());
}

TEST_F(TenureTest, claims_then_reads_then_holds) {
    EXPECT_TRUE(tenure_.on_assigned(2, now_, out_));
    EXPECT_EQ(tenure_.stage(), TenureStage::claiming);
    const OwnedBatch claim = client_.take();
    EXPECT_EQ(claim.events[0].topic, "topic");
    EXPECT_EQ(claim.events[0].key, "group");
    EXPECT_TRUE(claim.events[0].correlation.empty());  // a root
    EXPECT_TRUE(claim.events[0].cause.empty());
    EXPECT_EQ(outcome(claim, ""), Tenure::Claimed::reading);
    EXPECT_EQ(tenure_.stage(), TenureStage::reading);
    EXPECT_TRUE(tenure_.on_records(client_.reads[0].id, false));
    EXPECT_EQ(tenure_.stage(), TenureStage::reading);
    EXPECT_TRUE(tenure_.on_records(client_.reads[0].id, true));
    EXPECT_EQ(tenure_.stage(), TenureStage::held);
    EXPECT_FALSE(tenure_.on_records(client_.reads[0].id, true));  // over
}

TEST_F(TenureTest, knows_its_own_batch_and_reading_only) {
    tenure_.on_assigned(2, now_, out_);
    OwnedBatch other;
    other.id = {777};
    EXPECT_EQ(outcome(other, ""), Tenure::Claimed::not_mine);
    EXPECT_EQ(outcome(client_.take(), ""), Tenure::Claimed::reading);
    EXPECT_FALSE(tenure_.on_records({777}, true));
    EXPECT_EQ(tenure_.stage(), TenureStage::reading);
}

TEST_F(TenureTest, an_assignment_told_twice_changes_nothing) {
    hold(2);
    EXPECT_FALSE(tenure_.on_assigned(2, now_, out_));
    EXPECT_FALSE(tenure_.on_assigned(1, now_, out_));
    EXPECT_EQ(tenure_.stage(), TenureStage::held);
    EXPECT_TRUE(client_.batches.empty());
}

TEST_F(TenureTest, a_newer_assignment_begins_anew_from_any_stage) {
    tenure_.on_assigned(1, now_, out_);
    const OwnedBatch first = client_.take();
    EXPECT_TRUE(tenure_.on_assigned(2, now_, out_));
    EXPECT_EQ(outcome(first, ""), Tenure::Claimed::not_mine);  // of a tenure that is over
    EXPECT_EQ(tenure_.stage(), TenureStage::claiming);
    EXPECT_EQ(outcome(client_.take(), ""), Tenure::Claimed::reading);
    EXPECT_TRUE(tenure_.on_assigned(3, now_, out_));
    EXPECT_FALSE(tenure_.on_records(client_.reads[0].id, true));
    EXPECT_EQ(outcome(client_.take(), ""), Tenure::Claimed::reading);
    EXPECT_TRUE(tenure_.on_records(client_.reads[1].id, true));
    EXPECT_TRUE(tenure_.on_assigned(4, now_, out_));
    EXPECT_EQ(tenure_.stage(), TenureStage::claiming);
    EXPECT_EQ(tenure_.generation(), 4U);
}

TEST_F(TenureTest, fenced_is_over_for_good_revoked_is_not) {
    hold(2);
    EXPECT_TRUE(tenure_.on_revoked(2));
    EXPECT_FALSE(tenure_.on_revoked(2));
    EXPECT_TRUE(tenure_.on_assigned(2, now_, out_));
    EXPECT_EQ(outcome(client_.take(), "EB_FENCED"), Tenure::Claimed::fenced);
    EXPECT_FALSE(tenure_.on_assigned(2, now_, out_));
    EXPECT_EQ(tenure_.stage(), TenureStage::away);
    EXPECT_TRUE(tenure_.on_assigned(3, now_, out_));
}

TEST_F(TenureTest, a_revocation_of_something_older_is_ignored) {
    hold(5);
    EXPECT_FALSE(tenure_.on_revoked(4));
    EXPECT_EQ(tenure_.stage(), TenureStage::held);
}

TEST_F(TenureTest, a_claim_that_was_not_sent_is_sent_when_the_timer_fires) {
    client_.full = true;
    EXPECT_TRUE(tenure_.on_assigned(2, now_, out_));
    tenure_.on_retry(now_, out_);
    EXPECT_TRUE(client_.batches.empty());
    client_.full = false;
    tenure_.on_retry(now_, out_);
    tenure_.on_retry(now_, out_);  // already on its way
    EXPECT_EQ(client_.batches.size(), 1U);
}

TEST_F(TenureTest, a_refusal_that_passes_is_answered_with_another_claim) {
    EXPECT_TRUE(tenure_.on_assigned(2, now_, out_));
    EXPECT_EQ(outcome(client_.take(), "EB_OVERLOADED"), Tenure::Claimed::pending);
    EXPECT_EQ(tenure_.stage(), TenureStage::claiming);
    tenure_.on_retry(now_, out_);
    EXPECT_EQ(outcome(client_.take(), ""), Tenure::Claimed::reading);
}

TEST(TenureStage, has_names) {
    EXPECT_EQ(name_of(TenureStage::away), "away");
    EXPECT_EQ(name_of(TenureStage::claiming), "claiming");
    EXPECT_EQ(name_of(TenureStage::reading), "reading");
    EXPECT_EQ(name_of(TenureStage::held), "held");
}

}  // namespace
}  // namespace stormglass::sagas::tests
