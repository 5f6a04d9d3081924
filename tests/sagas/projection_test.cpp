// A projection step by step: batches, tokens, lag, rebuilds, events that cannot be read, stores
// that fail.
#include "sagas/projection.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/projection_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

using Answers = MemoryStore::Answers;
using Behind = ReadRequest::Behind;

void append(ProjectionBench& bench, int count) {
    for (int i = 0; i < count; ++i) {
        bench.log.append("add a");
    }
}

TEST(Projection, follows_a_topic_and_goes_on_where_it_stopped) {
    ProjectionBench bench;
    append(bench, 3);
    bench.start();
    bench.give();
    EXPECT_EQ(bench.store.position(), 3U);
    bench.crash();
    append(bench, 2);
    bench.start();
    ASSERT_EQ(bench.client.reads.size(), 1U);
    EXPECT_EQ(bench.client.reads.front().from, 3U);
    bench.give();
    EXPECT_TRUE(bench.is_fold_of(*bench.store.tables(), 5));
}

TEST(Projection, looks_at_the_head_again_every_poll) {
    ProjectionBench bench;
    bench.start();
    bench.give();
    EXPECT_TRUE(bench.client.reads.empty());
    bench.pass(bench.config.poll - nanoseconds(1));
    EXPECT_TRUE(bench.client.reads.empty());
    bench.pass(nanoseconds(1));
    EXPECT_EQ(bench.client.reads.size(), 1U);
}

TEST(Projection, stores_a_batch_when_it_is_full_or_has_waited) {
    ProjectionBench bench;
    bench.config.batch_events_max = 4;
    bench.config.batch_delay = milliseconds(50);
    append(bench, 3);
    bench.start();
    bench.give();
    EXPECT_EQ(bench.store.position(), 0U);
    bench.pass(milliseconds(50));
    EXPECT_EQ(bench.store.position(), 3U);
    append(bench, 4);
    bench.pass(milliseconds(50));
    bench.give();
    EXPECT_EQ(bench.store.position(), 7U);
}

TEST(Projection, a_read_waits_for_what_its_reader_has_written) {
    ProjectionBench bench(Answers::when_asked);
    append(bench, 2);
    bench.start();
    const auto waits = bench.read(1);
    EXPECT_EQ(bench.answers.count(waits), 0U);
    bench.give();
    EXPECT_EQ(bench.answers.count(waits), 0U);  // applied, not stored
    bench.answer_store();
    ASSERT_EQ(bench.answers.count(waits), 1U);
    EXPECT_EQ(bench.answers[waits].position, 2U);
}

TEST(Projection, a_read_that_is_early_is_refused_at_once_or_in_the_end) {
    ProjectionBench bench;
    append(bench, 2);
    bench.start();
    bench.give();
    EXPECT_EQ(bench.answers[bench.read(5, Behind::refuse)].code, "PR_BEHIND");
    const auto waits = bench.read(5);
    bench.pass(bench.config.read_patience);
    EXPECT_EQ(bench.answers[waits].code, "PR_BEHIND");
    EXPECT_EQ(bench.answers[bench.read(1)].code, "");
}

TEST(Projection, too_many_reads_that_wait_are_refused) {
    ProjectionBench bench;
    bench.config.reads_max = 2;
    bench.start();
    bench.read(7);
    bench.read(7);
    EXPECT_EQ(bench.answers[bench.read(7)].code, "PR_BUSY");
}

TEST(Projection, keeps_what_it_cannot_read_and_goes_on) {
    ProjectionBench bench;
    bench.log.append("add a");
    bench.log.append("junk");
    bench.log.append("add a");
    bench.start();
    bench.give();
    const Tables& stored = *bench.store.tables();
    EXPECT_EQ(std::get<std::int64_t>((*stored.find(Tally::kItems, "a"))[0]), 2);
    const Row* skipped = stored.find(stored.shapes().size() - 1, "1");
    ASSERT_NE(skipped, nullptr);
    EXPECT_EQ(std::get<std::string>((*skipped)[0]), "TALLY_JUNK");
    EXPECT_EQ(std::get<std::string>((*skipped)[1]), "event-1");
}

TEST(Projection, tells_of_events_that_the_bus_hands_on_to_nobody) {
    ProjectionBench bench;
    append(bench, 4);
    bench.start();
    const bus::Record late = bench.log.record(3);
    bench.projection->on_records(
        bench.client.reads.front().id, {&late, 1}, true, bench.now, bench.out);
    const Row* skipped = bench.store.tables()->find(2, "0");
    ASSERT_NE(skipped, nullptr);
    EXPECT_EQ(std::get<std::int64_t>((*skipped)[2]), 3);
    EXPECT_EQ(bench.projection->position(), 4U);
}

TEST(Projection, a_store_that_fails_is_asked_again_and_nothing_is_lost) {
    ProjectionBench bench;
    append(bench, 3);
    bench.store.fail_with("DISK_FULL");
    bench.start();
    bench.give();
    EXPECT_EQ(bench.store.position(), 0U);
    EXPECT_EQ(bench.count("projection.store-failed"), 1U);
    bench.store.fail_with("");
    bench.pass(bench.config.store_retry);
    bench.give();
    EXPECT_TRUE(bench.is_fold_of(*bench.store.tables(), 3));
}

TEST(Projection, says_when_it_is_further_behind_than_declared) {
    ProjectionBench bench;
    bench.config.staleness_max = seconds(1);
    bench.start();
    bench.give();
    bench.pass(milliseconds(999));
    EXPECT_TRUE(bench.lag_alarms.empty());  // a read is under way and nobody answers it
    bench.pass(milliseconds(2));
    EXPECT_EQ(bench.lag_alarms, std::vector{true});
    EXPECT_GE(bench.projection->lag(bench.now).time, seconds(1));
    bench.give();
    bench.pass(bench.config.poll);
    bench.give();
    EXPECT_EQ(bench.lag_alarms, (std::vector{true, false}));
    EXPECT_LT(bench.projection->lag(bench.now).time, seconds(1));
}

TEST(Projection, counts_the_events_that_it_knows_of_and_has_not_stored) {
    ProjectionBench bench(Answers::when_asked);
    append(bench, 5);
    bench.start();
    bench.give();
    EXPECT_EQ(bench.projection->lag(bench.now).events, 5U);
    bench.answer_store();
    EXPECT_EQ(bench.projection->lag(bench.now).events, 0U);
}

TEST(Projection, reads_go_on_during_a_rebuild_that_replaces_all_at_once) {
    ProjectionBench bench;
    append(bench, 4);
    bench.start();
    bench.give();
    ASSERT_TRUE(bench.rebuild().ok());
    EXPECT_EQ(bench.rebuild().error().code, "PR_BUSY");
    bench.give(2);
    EXPECT_TRUE(bench.projection->rebuilding());
    EXPECT_EQ(bench.answers[bench.read(3)].position, 4U);
    bench.crash();  // the old rows are still there
    bench.start();
    EXPECT_FALSE(bench.projection->rebuilding());
    EXPECT_TRUE(bench.is_fold_of(bench.projection->tables(), 4));
}

TEST(Projection, a_rebuild_causes_no_effects_outside) {
    ProjectionBench bench;
    append(bench, 2);
    bench.start();
    bench.give();
    EXPECT_TRUE(bench.live_events.empty());  // they were there before this read model was
    append(bench, 2);
    bench.pass(bench.config.poll);
    bench.give();
    EXPECT_EQ(bench.live_events, (std::vector<std::string>{"event-2", "event-3"}));
    ASSERT_TRUE(bench.rebuild().ok());
    bench.settle();
    EXPECT_EQ(bench.count("projection.rebuilt"), 1U);
    EXPECT_EQ(bench.live_events.size(), 2U);
    bench.log.append("add b");
    bench.settle();
    EXPECT_EQ(bench.live_events.size(), 3U);
}

TEST(Projection, another_version_of_the_fold_builds_everything_anew) {
    ProjectionBench bench;
    append(bench, 3);
    bench.start();
    bench.give();
    bench.crash();
    const Tally next(2);
    bench.fold = &next;
    bench.start();
    EXPECT_EQ(bench.client.reads.front().from, 0U);
    const auto read = bench.read();
    EXPECT_EQ(bench.answers.count(read), 0U);  // half-built rows are shown to nobody
    bench.give();
    EXPECT_EQ(bench.answers[read].position, 3U);
    EXPECT_TRUE(bench.live_events.empty());
    bench.crash();
    bench.start();
    EXPECT_EQ(bench.client.reads.front().from, 3U);
}

TEST(Projection, refuses_a_snapshot_that_is_not_one_of_its_own) {
    ProjectionBench bench;
    append(bench, 3);
    bench.start();
    bench.give();
    ByteBuffer bytes = bench.snapshot().value();
    bytes.back() ^= std::byte{1};
    EXPECT_EQ(bench.rebuild(bytes).error().code, "PR_SNAPSHOT");
    bytes.back() ^= std::byte{1};
    const Tally next(2);
    ProjectionBench other;
    other.fold = &next;
    other.start();
    other.give();
    EXPECT_EQ(other.rebuild(bytes).error().code, "PR_SNAPSHOT");
    ProjectionBench empty;
    empty.start();
    empty.give();
    EXPECT_EQ(empty.rebuild(bytes).error().code, "PR_SNAPSHOT");  // ahead of its rows
    EXPECT_TRUE(bench.rebuild(bytes).ok());
}

}  // namespace
}  // namespace stormglass::sagas::tests
