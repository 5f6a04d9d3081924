// Traces: every attempt to handle an event has a span of its own in the event's trace, and so has
// its dead letter. Read off the notes of sessions and broker (white-box).
#include <set>

#include "bus/trace_spans.hpp"
#include "tests/contract/contract.hpp"

namespace stormglass::bus {
namespace {

TraceContext context_in(const std::map<std::string, std::string>& texts, const char* field) {
    const auto context = parse_trace_parent(texts.at(field));
    EXPECT_TRUE(context.has_value()) << texts.at(field);
    return context.value_or(TraceContext{});
}

/// An event that is refused until it is dead, after `attempts_max` attempts.
void let_one_die(BusWorld& world, std::uint32_t attempts_max) {
    world.options.limits.attempts_max = attempts_max;
    world.begin();
    world.apps[1].handler =
        [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
            app.settle(delivery, Verdict::nack, now, out);
        };
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    ASSERT_TRUE(world.run_until([&] { return !world.notes("bus.dead-trace").empty(); }));
}

TEST(Traces, a_redelivery_has_another_span_in_the_same_trace) {
    BusWorld world(2);
    let_one_die(world, 3);
    const auto received = world.notes("bus.received");
    ASSERT_EQ(received.size(), 3U);
    std::set<std::uint64_t> spans;
    for (const auto& note : received) {
        const TraceContext created = context_in(note.texts, "created");
        const TraceContext attempt = context_in(note.texts, "trace");
        EXPECT_EQ(attempt.trace, created.trace);
        EXPECT_EQ(attempt.flags, created.flags);
        EXPECT_TRUE(spans.insert(attempt.span).second);
        EXPECT_NE(attempt.span, created.span);
    }
}

TEST(Traces, a_dead_letter_stays_in_the_trace_of_its_event) {
    BusWorld world(2);
    let_one_die(world, 2);
    const auto told = world.notes("bus.dead-trace")[0].texts;
    const TraceContext letter = context_in(told, "trace");
    const TraceContext created = context_in(told, "created");
    EXPECT_EQ(letter.trace, created.trace);
    EXPECT_NE(letter.span, created.span);
    EXPECT_EQ(letter, letter_context(created, "g"));
}

TEST(Traces, what_a_handler_publishes_stands_under_its_attempt) {
    BusWorld world(2);
    world.begin();
    world.apps[1].handler =
        [](TestApp& app, const SeenDelivery& delivery, Moment now, Effects& out) {
            Batch batch;
            batch.settlements.push_back(delivery.answer(Verdict::ack));
            batch.publications.push_back(BusWorld::publication("replies", "k", "answer"));
            batch.publications[0].trace_parent = delivery.trace_parent;
            EXPECT_TRUE(app.client->publish(batch, Durability::synced, now, out).ok());
        };
    world.subscribe(1, group_on("orders", "g"));
    world.publish_one(0, "orders", "k", "a");
    const auto stored = [&] { return world.notes("bus.stored"); };
    ASSERT_TRUE(world.run_until([&] { return stored().size() == 2; }));
    const std::string bytes = stored()[1].texts.at("event");
    const auto reply = decode_event(as_bytes(bytes));
    ASSERT_TRUE(reply.ok());
    const auto received = world.notes("bus.received");
    ASSERT_EQ(received.size(), 1U);
    const TraceContext span = context_in(received[0].texts, "trace");
    EXPECT_EQ(parse_trace_parent(reply->trace_parent)->trace, span.trace);
    EXPECT_EQ(parent_of(reply->trace_state), span.span);
}

}  // namespace
}  // namespace stormglass::bus
