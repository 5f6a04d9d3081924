// The trace of a saga: a root, a span for each direction of each step, traces of their own when
// old.
#include "sagas/trace.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/coordinator_bench.hpp"

namespace stormglass::sagas::tests {
namespace {

bus::TraceContext context(std::string_view text) {
    const auto read = bus::parse_trace_parent(text);
    EXPECT_TRUE(read.has_value()) << text;
    return read.value_or(bus::TraceContext{});
}

bus::TraceContext root_of(std::string_view saga) {
    return context(trace_parent_of(saga));
}

/// The span that an event was created under.
bus::TraceContext parent(const std::vector<const OwnedEvent*>& events, std::size_t at = 0) {
    return context(events.at(at)->trace);
}

TEST(SagaTrace, commands_timers_and_facts_stand_under_the_span_of_their_step) {
    CoordinatorBench bench;
    bench.take_charge();
    ASSERT_TRUE(bench.start("order-1").ok());
    const OwnedBatch batch = bench.client.take();
    const bus::TraceContext root = root_of("order-1");
    const bus::TraceContext step = step_span(root, "reserve", Direction::forward);
    EXPECT_EQ(step.trace, root.trace);
    EXPECT_EQ(parent(batch.to("stock.commands")), step);
    EXPECT_EQ(parent(batch.to("saga.replies"), 0), root) << "the deadline is the saga's";
    EXPECT_EQ(parent(batch.to("saga.replies"), 1), step) << "the attempt's is the step's";
    EXPECT_EQ(parent(batch.to("saga.journal"), 0), root) << "started";
    EXPECT_EQ(parent(batch.to("saga.journal"), 1), step) << "command";
}

TEST(SagaTrace, a_retry_keeps_the_step_and_an_undo_has_a_span_of_its_own) {
    CoordinatorBench bench({chain_of_two()});
    bench.take_charge();
    bench.run("s", "chain");
    bench.timeout("s", "a", 1);
    const bus::TraceContext root = root_of("s");
    const OwnedBatch again = bench.accept_and_keep();
    EXPECT_EQ(parent(again.to("p.commands")), step_span(root, "a", Direction::forward));
    bench.reply("s", "a", Outcome::ok, Direction::forward, 2);
    bench.accept_and_keep();
    bench.reply("s", "b", Outcome::failed);
    const OwnedBatch undo = bench.accept_and_keep();
    ASSERT_EQ(undo.to("p.commands").size(), 1U);
    EXPECT_EQ(parent(undo.to("p.commands")), step_span(root, "a", Direction::undo));
    EXPECT_EQ(parent(undo.to("p.commands")).trace, root.trace);
}

TEST(SagaTrace, goes_on_in_the_trace_of_who_asked) {
    constexpr std::string_view kAsked = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";
    CoordinatorBench bench;
    bench.take_charge();
    StartRequest request;
    request.saga = "order-1";
    request.definition = "checkout";
    request.payload = as_bytes("cart");
    request.trace_parent = kAsked;
    ASSERT_TRUE(bench.coordinator.start_saga(request, bench.now, bench.out).ok());
    const OwnedBatch batch = bench.client.take();
    const bus::TraceContext root = parent(batch.to("saga.journal"));
    EXPECT_EQ(root, root_span(context(kAsked), "order-1"));
    EXPECT_EQ(root.trace, context(kAsked).trace);
    EXPECT_NE(root.span, context(kAsked).span);
    EXPECT_EQ(root.flags, context(kAsked).flags);
}

TEST(SagaTrace, of_an_hour_begins_a_trace_for_each_step_also_after_a_takeover) {
    CoordinatorBench first;
    first.take_charge();
    const WallTime started = first.now.wall;
    first.run("order-1");
    for (OwnedEvent& event : first.journal) {
        event.time = bus::format_time(started);
    }
    const bus::TraceContext root = root_of("order-1");
    const bus::TraceContext own = detached_step_span(root, "charge", Direction::forward);
    EXPECT_NE(own.trace, root.trace);

    first.now.wall = started + kTraceAgeMax;
    first.reply("order-1", "reserve", Outcome::ok);
    EXPECT_EQ(parent(first.client.take().to("payment.commands")), own);

    CoordinatorBench second;
    second.now.wall = started + kTraceAgeMax;
    second.take_charge(2, first.journal);
    second.accept(second.client.take());  // the timers anew
    second.reply("order-1", "reserve", Outcome::ok);
    EXPECT_EQ(parent(second.client.take().to("payment.commands")), own);

    CoordinatorBench early;
    early.now.wall = started + seconds(1);
    early.take_charge(2, first.journal);
    early.accept(early.client.take());
    early.reply("order-1", "reserve", Outcome::ok);
    EXPECT_EQ(parent(early.client.take().to("payment.commands")),
              step_span(root, "charge", Direction::forward));
}

TEST(SagaTrace, a_journal_with_a_broken_trace_falls_back_to_the_one_of_the_id) {
    CoordinatorBench first;
    first.take_charge();
    JournalEvent fact;
    fact.saga = "order-1";
    fact.epoch = 1;
    fact.definition = "checkout";
    fact.definition_hash = checkout().hash;
    fact.trace_parent = "broken";
    OwnedEvent started;
    started.topic = "saga.journal";
    started.key = "order-1";
    encode(fact, started.payload);
    CoordinatorBench second;
    second.take_charge(2, {started});
    const OwnedBatch batch = second.client.take();
    EXPECT_EQ(parent(batch.to("stock.commands")),
              step_span(root_of("order-1"), "reserve", Direction::forward));
}

}  // namespace
}  // namespace stormglass::sagas::tests
