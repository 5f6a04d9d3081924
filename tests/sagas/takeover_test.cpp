// How a coordinator comes into charge and goes out of it, and what it knows then.
#include <gtest/gtest.h>

#include "tests/sagas/coordinator_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

using Words = std::vector<std::string>;

TEST(Takeover, raises_the_fence_before_it_reads_and_reads_before_it_acts) {
    CoordinatorBench bench;
    bench.ready();
    ASSERT_TRUE(bench.start("order-1").ok());
    bench.assigned(CoordinatorBench::kGroup, 4);
    const OwnedBatch claim = bench.client.take();
    ASSERT_EQ(claim.conditions.size(), 1U);
    EXPECT_EQ(claim.conditions[0].kind, bus::Condition::Kind::fence);
    EXPECT_EQ(claim.conditions[0].value, 4U);
    EXPECT_EQ(decode_claim(claim.events[0].payload)->generation, 4U);
    EXPECT_TRUE(bench.client.reads.empty());
    bench.accept(claim);
    ASSERT_EQ(bench.client.reads.size(), 1U);
    EXPECT_EQ(bench.client.reads[0].topic, "saga.journal");
    EXPECT_EQ(bench.client.reads[0].from, 0U);
    EXPECT_FALSE(bench.coordinator.in_charge());
    EXPECT_TRUE(bench.client.batches.empty());
    bench.records({claim.events[0]});
    EXPECT_TRUE(bench.coordinator.in_charge());
    EXPECT_EQ(bench.client.batches.size(), 1U);  // the start that waited
}

TEST(Takeover, a_claim_that_comes_too_late_ends_the_tenure) {
    CoordinatorBench bench;
    bench.ready();
    bench.assigned(CoordinatorBench::kGroup, 4);
    bench.refuse(bench.client.take(), "EB_FENCED");
    EXPECT_FALSE(bench.coordinator.in_charge());
    EXPECT_EQ(bench.count("saga.fenced"), 1U);
    bench.assigned(CoordinatorBench::kGroup, 4);  // told again: still over
    EXPECT_TRUE(bench.client.batches.empty());
    bench.assigned(CoordinatorBench::kGroup, 6);
    EXPECT_EQ(bench.client.batches.size(), 1U);
}

TEST(Takeover, a_claim_is_tried_again_when_the_client_is_full_or_its_epoch_ended) {
    CoordinatorBench bench;
    bench.ready();
    bench.client.full = true;
    bench.assigned(CoordinatorBench::kGroup, 1);
    EXPECT_TRUE(bench.timers.contains(Tenure::kRetryTimer.value));
    bench.client.full = false;
    bench.fire(Tenure::kRetryTimer);
    bench.refuse(bench.client.take(), "EV_EPOCH_STALE");
    bench.fire(Tenure::kRetryTimer);
    bench.accept(bench.client.take());
    EXPECT_EQ(bench.client.reads.size(), 1U);
    bench.fire(Tenure::kRetryTimer);  // stale: nothing is claimed twice
    EXPECT_TRUE(bench.client.batches.empty());
}

TEST(Takeover, rebuilds_every_saga_from_the_journal_alone) {
    CoordinatorBench first;
    first.take_charge();
    first.run("order-1");
    first.reply("order-1", "reserve", Outcome::ok);
    first.accept_and_keep();
    first.reply("order-1", "label", Outcome::ok);
    first.accept_and_keep();

    CoordinatorBench second;
    second.take_charge(2, first.journal);
    const Instance* before = first.coordinator.find("order-1");
    const Instance* after = second.coordinator.find("order-1");
    ASSERT_NE(after, nullptr);
    EXPECT_EQ(after->facts, before->facts);
    EXPECT_EQ(after->state, before->state);
    EXPECT_EQ(after->trace_parent, before->trace_parent);
    EXPECT_EQ(describe(*after, checkout()), describe(*before, checkout()));
    EXPECT_EQ(second.count("saga.took-over"), 1U);
    EXPECT_EQ(second.count("saga.rebuilt"), 1U);
}

TEST(Takeover, arms_anew_the_timers_of_what_is_awaited) {
    CoordinatorBench first;
    first.take_charge();
    first.run("order-1");
    first.reply("order-1", "reserve", Outcome::ok);
    first.accept_and_keep();

    CoordinatorBench second;
    second.take_charge(2, first.journal);
    const OwnedBatch batch = second.client.take();
    EXPECT_TRUE(batch.settlements.empty());
    EXPECT_TRUE(batch.to("saga.journal").empty());
    const auto timers = batch.to("saga.replies");
    ASSERT_EQ(timers.size(), 3U);  // charge, label, the deadline
    EXPECT_EQ(decode_timer(timers[0]->payload)->step, "charge");
    EXPECT_EQ(timers[0]->delay, seconds(5));
    EXPECT_EQ(decode_timer(timers[2]->payload)->kind, Timer::Kind::deadline);
    // Lost for a passing reason: tried again, since nobody else would.
    second.refuse(batch, "EV_EPOCH_STALE");
    EXPECT_TRUE(second.client.batches.empty() || second.client.batches.size() == 1U);
    second.fire({2});
    EXPECT_EQ(second.client.take().to("saga.replies").size(), 3U);
}

TEST(Takeover, goes_on_where_the_journal_ends_with_the_payload_it_holds) {
    CoordinatorBench first;
    first.take_charge();
    first.run("order-1");
    CoordinatorBench second;
    second.take_charge(2, first.journal);
    second.accept(second.client.take());
    second.reply("order-1", "reserve", Outcome::ok);
    const OwnedBatch batch = second.client.take();
    const auto command = decode_command(batch.to("payment.commands")[0]->payload);
    EXPECT_EQ(as_text(command->body), "cart");
    EXPECT_EQ(command->epoch, 2U);
}

TEST(Takeover, ended_sagas_stay_ended) {
    CoordinatorBench first({chain_of_two()});
    first.take_charge();
    first.run("s", "chain");
    first.reply("s", "a", Outcome::failed);
    first.accept_and_keep();
    CoordinatorBench second({chain_of_two()});
    second.take_charge(2, first.journal);
    EXPECT_EQ(second.coordinator.live(), 0U);
    EXPECT_TRUE(second.client.batches.empty());
    ASSERT_TRUE(second.start("s", "chain").ok());
    EXPECT_EQ(second.seen.starts, (Words{"s already"}));
}

TEST(Takeover, deliveries_during_the_reading_are_held_and_then_answered) {
    CoordinatorBench first;
    first.take_charge();
    first.run("order-1");
    CoordinatorBench second;
    second.ready();
    second.assigned(CoordinatorBench::kGroup, 2);
    second.reply("order-1", "reserve", Outcome::ok);  // while claiming
    const OwnedBatch claim = second.client.take();
    second.accept(claim);
    second.reply("ghost", "reserve", Outcome::ok);  // while reading
    EXPECT_TRUE(second.client.batches.empty());
    second.records(first.journal);
    second.accept(second.client.take());  // timers armed anew
    std::size_t settled = 0;
    for (const OwnedBatch& batch : second.client.batches) {
        settled += batch.settlements.size();
    }
    EXPECT_EQ(settled, 2U);
}

TEST(Takeover, a_delivery_that_overtakes_the_assignment_counts_as_one) {
    CoordinatorBench bench;
    bench.ready();
    OwnedEvent event;
    event.topic = "saga.replies";
    event.key = "order-1";
    event.payload = bytes_of(Reply{"order-1", "reserve", Direction::forward, 1, Outcome::ok, {}});
    bench.deliver(CoordinatorBench::kGroup, event, 0, 3);
    EXPECT_EQ(bench.client.batches.size(), 1U);  // the claim
    EXPECT_EQ(bench.coordinator.generation(), 3U);
    bench.deliver(CoordinatorBench::kGroup, event, 1, 2);  // of an older tenure: not answered
    EXPECT_EQ(bench.client.batches.size(), 1U);
    bench.deliver("another-group", event, 1, 9);
    EXPECT_EQ(bench.coordinator.generation(), 3U);
}

TEST(Takeover, malformed_input_before_being_in_charge_is_left_to_come_again) {
    CoordinatorBench bench;
    bench.ready();
    bench.assigned(CoordinatorBench::kGroup, 1);
    const OwnedBatch claim = bench.client.take();
    bench.deliver_input("x", ByteBuffer(3));
    bench.accept(claim);
    bench.records({});
    EXPECT_TRUE(bench.client.batches.empty());
}

TEST(Takeover, fenced_it_stops_forgets_and_keeps_what_was_asked_for) {
    CoordinatorBench bench;
    bench.take_charge(1);
    bench.run("order-1");
    ASSERT_TRUE(bench.start("order-2").ok());
    const OwnedBatch start = bench.client.take();
    bench.reply("order-1", "reserve", Outcome::ok);
    bench.refuse(bench.client.take(), "EB_FENCED");
    EXPECT_FALSE(bench.coordinator.in_charge());
    EXPECT_EQ(bench.coordinator.find("order-1"), nullptr);
    EXPECT_EQ(bench.coordinator.live(), 0U);
    EXPECT_EQ(bench.count("saga.fenced"), 1U);
    bench.refuse(start, "EB_FENCED");  // of a tenure that is over: nothing more happens
    bench.reply("order-1", "reserve", Outcome::ok);
    EXPECT_TRUE(bench.client.batches.empty());
    bench.take_charge(5, bench.journal);
    bench.accept(bench.client.take());  // order-1's timers
    const OwnedBatch again = bench.client.take();
    EXPECT_EQ(again.conditions[1].key, "order-2");
    EXPECT_EQ(again.conditions[0].value, 5U);
}

TEST(Takeover, revoked_it_stops_and_an_older_revocation_does_nothing) {
    CoordinatorBench bench;
    bench.take_charge(3);
    bench.run("order-1");
    bench.revoked(CoordinatorBench::kGroup, 2);
    bench.revoked("another-group", 3);
    EXPECT_TRUE(bench.coordinator.in_charge());
    bench.revoked(CoordinatorBench::kGroup, 3);
    EXPECT_FALSE(bench.coordinator.in_charge());
    EXPECT_EQ(bench.coordinator.find("order-1"), nullptr);
}

TEST(Takeover, a_revoked_generation_may_be_confirmed_again_and_is_claimed_anew) {
    CoordinatorBench bench;
    bench.take_charge(3);
    bench.run("order-1");
    bench.revoked(CoordinatorBench::kGroup, 3);
    bench.assigned(CoordinatorBench::kGroup, 3);
    EXPECT_FALSE(bench.coordinator.in_charge());
    bench.accept(bench.client.take());
    bench.records(bench.journal);
    EXPECT_TRUE(bench.coordinator.in_charge());
    EXPECT_NE(bench.coordinator.find("order-1"), nullptr);
}

TEST(Takeover, a_newer_assignment_starts_the_reading_over) {
    CoordinatorBench bench;
    bench.ready();
    bench.assigned(CoordinatorBench::kGroup, 1);
    bench.accept(bench.client.take());
    const auto old_read = bench.client.reads.back();
    bench.assigned(CoordinatorBench::kGroup, 2);
    bench.accept(bench.client.take());
    bench.coordinator.on_records(old_read.id, {}, true, bench.now, bench.out);
    EXPECT_FALSE(bench.coordinator.in_charge());
    bench.records({});
    EXPECT_TRUE(bench.coordinator.in_charge());
    EXPECT_EQ(bench.coordinator.generation(), 2U);
}

OwnedEvent journal_record(std::string key, ByteBuffer payload) {
    OwnedEvent event;
    event.id = "j";
    event.topic = "saga.journal";
    event.key = std::move(key);
    event.payload = std::move(payload);
    return event;
}

TEST(Takeover, what_does_not_fit_in_the_journal_is_said_and_skipped) {
    CoordinatorBench first;
    first.take_charge();
    first.run("order-1");
    std::vector<OwnedEvent> journal = first.journal;
    const OwnedEvent started = journal.front();
    journal.push_back(started);                                     // twice
    journal.push_back(journal_record("order-1", ByteBuffer(5)));    // no message
    journal.push_back(journal_record("order-9", started.payload));  // under another key
    JournalEvent fact;
    fact.kind = JournalEvent::Kind::deadline;
    fact.saga = "ghost";
    journal.push_back(journal_record("ghost", bytes_of(fact)));  // never began
    fact.saga = "order-1";
    fact.kind = JournalEvent::Kind::decided;
    journal.push_back(journal_record("order-1", bytes_of(fact)));  // cannot follow
    fact.kind = JournalEvent::Kind::started;
    fact.saga = "order-2";
    fact.definition = "checkout";
    fact.definition_hash = 1;
    fact.trace_parent = "t";
    journal.push_back(journal_record("order-2", bytes_of(fact)));  // of a version not listed

    CoordinatorBench second;
    second.take_charge(2, journal);
    EXPECT_TRUE(second.coordinator.in_charge());
    EXPECT_EQ(second.count("saga.journal-damaged"), 6U);
    ASSERT_NE(second.coordinator.find("order-1"), nullptr);
    EXPECT_EQ(second.coordinator.find("order-1")->facts, 2U);
    EXPECT_EQ(second.coordinator.find("order-2"), nullptr);
}

TEST(Takeover, running_sagas_keep_their_version_and_new_ones_take_the_newest) {
    const Definition older = built(
        define("chain", 1)
            .step("a", {.command = "p.a.v1", .compensate = "p.ua.v1", .topic = "old.commands"}));
    const Definition newer = built(
        define("chain", 2)
            .step("a", {.command = "p.a.v2", .compensate = "p.ua.v2", .topic = "new.commands"}));
    CoordinatorBench first({older});
    first.take_charge();
    first.run("s1", "chain");
    CoordinatorBench second({older, newer});
    second.take_charge(2, first.journal);
    second.accept(second.client.take());
    second.timeout("s1", "a", 1);
    EXPECT_EQ(second.client.take().to("old.commands").size(), 1U);
    ASSERT_TRUE(second.start("s2", "chain").ok());
    EXPECT_EQ(second.client.take().to("new.commands").size(), 1U);
}

}  // namespace
}  // namespace stormglass::sagas::tests
