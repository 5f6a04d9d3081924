// Spans from the bytes of events alone, as a live log is read: events, sagas, steps, and attempts
// that only what they published tells of.
#include <gtest/gtest.h>

#include "bus/trace_spans.hpp"
#include "sagas/messages.hpp"
#include "sagas/trace.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {
namespace {

/// A log that is written event by event; texts live in the events.
class LogWriter {
  public:
    struct Told {
        std::string id, source, audience, type, trace_parent, trace_state, cause;
        ByteBuffer payload;
    };

    bus::TraceContext add(const std::string& topic,
                          const bus::TraceContext& parent,
                          const std::string& cause,
                          const std::string& type = "orders.placed.v1",
                          ByteBuffer payload = {}) {
        const auto number = events_.size() + 1;
        const bus::TraceContext self = bus::event_context(parent, "urn:shop", 1, number);
        Told told;
        told.id = "e-" + std::to_string(number);
        told.source = "urn:shop";
        told.audience = "bus/" + topic;
        told.type = type;
        told.trace_parent = bus::view_of(bus::write_trace_parent(self));
        if (parent.span != 0) {
            bus::write_trace_state(parent.span, {}, told.trace_state);
        }
        told.cause = cause;
        told.payload = std::move(payload);
        events_.push_back(std::move(told));
        return self;
    }

    std::vector<SpanFact> spans(Infer infer) const {
        std::vector<LoggedEvent> log;
        for (std::size_t i = 0; i < events_.size(); ++i) {
            LoggedEvent logged;
            logged.sent = 100 * (i + 1);
            logged.stored = logged.sent + 1;
            logged.position = i;
            const Told& told = events_[i];
            logged.event.id = told.id;
            logged.event.source = told.source;
            logged.event.audience = told.audience;
            logged.event.type = told.type;
            logged.event.trace_parent = told.trace_parent;
            logged.event.trace_state = told.trace_state;
            logged.event.causation_id = told.cause;
            logged.event.payload = told.payload;
            log.push_back(logged);
        }
        return spans_of_log(log, infer);
    }

  private:
    std::vector<Told> events_;
};

constexpr bus::TraceContext kFresh{{7, 8}, 0, 1};

TEST(LogSpans, an_event_stands_under_what_it_was_created_under) {
    LogWriter log;
    const bus::TraceContext root = log.add("orders", kFresh, "");
    const bus::TraceContext attempt = bus::attempt_context(root, "stock", 1);
    const bus::TraceContext reply = log.add("replies", attempt, "e-1");
    const auto spans = log.spans(Infer::attempts);
    ASSERT_EQ(spans.size(), 3U);
    EXPECT_EQ(spans[0].self, root);
    EXPECT_EQ(spans[0].parent, 0U);
    EXPECT_EQ(spans[1].self, reply);
    EXPECT_EQ(spans[1].parent, attempt.span);
    EXPECT_EQ(spans[2].kind, SpanKind::process) << "told by what it published";
    EXPECT_TRUE(spans[2].inferred);
    EXPECT_EQ(spans[2].self.span, attempt.span);
    EXPECT_EQ(spans[2].parent, root.span);
    EXPECT_EQ(spans[2].name, "process orders");
    ASSERT_EQ(spans[2].links.size(), 1U);
    EXPECT_EQ(spans[2].links[0], root);
    EXPECT_EQ(log.spans(Infer::no).size(), 2U);
}

class SagaLog : public testing::Test {
  protected:
    void start() {
        sagas::JournalEvent fact;
        fact.saga = "order-1";
        fact.definition = "checkout";
        fact.trace_parent = root_text;
        journal(fact, root);
    }

    void journal(const sagas::JournalEvent& fact, const bus::TraceContext& under) {
        ByteBuffer bytes;
        encode(fact, bytes);
        log.add("saga.journal", under, "order-1", std::string(sagas::kJournalType), bytes);
    }

    void command(sagas::Direction direction, const bus::TraceContext& under) {
        sagas::Command command;
        command.saga = "order-1";
        command.definition = "checkout";
        command.step = "charge";
        command.direction = direction;
        command.attempt = 1;
        ByteBuffer bytes;
        encode(command, bytes);
        log.add("payments", under, "order-1", "payments.charge.v1", bytes);
    }

    std::string root_text = sagas::trace_parent_of("order-1");
    bus::TraceContext root = *bus::parse_trace_parent(root_text);
    LogWriter log;
};

TEST_F(SagaLog, has_a_root_with_steps_below_and_an_undo_that_names_what_it_undoes) {
    using sagas::Direction;
    const auto done = sagas::step_span(root, "charge", Direction::forward);
    const auto undone = sagas::step_span(root, "charge", Direction::undo);
    start();
    command(Direction::forward, done);
    command(Direction::undo, undone);
    sagas::JournalEvent end;
    end.kind = sagas::JournalEvent::Kind::finished;
    end.saga = "order-1";
    end.state = sagas::SagaState::compensated;
    journal(end, root);
    const auto spans = log.spans(Infer::attempts);
    ASSERT_EQ(spans.size(), 4U + 1 + 2);
    const SpanFact& saga = spans[4];
    EXPECT_EQ(saga.kind, SpanKind::saga);
    EXPECT_EQ(saga.self, root);
    EXPECT_EQ(saga.name, "saga checkout");
    EXPECT_EQ(saga.outcome, "compensated");
    EXPECT_EQ(saga.start, 100U);
    EXPECT_EQ(saga.end, 400U);
    for (const SpanFact& step : {spans[5], spans[6]}) {
        EXPECT_EQ(step.parent, root.span);
        if (step.self == undone) {
            EXPECT_EQ(step.name, "undo charge");
            EXPECT_EQ(step.links, std::vector{done});
        } else {
            EXPECT_EQ(step.self, done);
            EXPECT_TRUE(step.links.empty());
        }
    }
}

TEST_F(SagaLog, links_a_step_that_has_a_trace_of_its_own) {
    const auto own = sagas::detached_step_span(root, "charge", sagas::Direction::forward);
    start();
    command(sagas::Direction::forward, own);
    const auto spans = log.spans(Infer::attempts);
    ASSERT_EQ(spans.size(), 4U);
    EXPECT_EQ(spans[3].self, own);
    EXPECT_EQ(spans[3].parent, 0U);
    EXPECT_EQ(spans[3].links, std::vector{root});
}

}  // namespace
}  // namespace stormglass::scenarios
