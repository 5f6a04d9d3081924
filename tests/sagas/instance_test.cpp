// One saga by hand: inputs and the facts they make due.
#include "sagas/instance.hpp"

#include <gtest/gtest.h>

#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

/// A saga on a table: takes inputs, applies what is due, and says it in words.
class Table {
  public:
    explicit Table(Definition definition) : definition_(std::move(definition)) {
        JournalEvent started;
        started.saga = "s1";
        started.definition_hash = definition_.hash;
        started.trace_parent = "trace";
        instance_ = begin(definition_, started);
    }

    /// What is due now, applied; "do reserve 1, finished completed".
    std::string advance() {
        std::vector<JournalEvent> due;
        next(instance_, definition_, sound_rules(), due);
        std::string said;
        for (const JournalEvent& fact : due) {
            EXPECT_TRUE(apply(instance_, definition_, fact).ok());
            said += (said.empty() ? "" : ", ") + in_words(fact);
        }
        std::vector<JournalEvent> rest;
        next(instance_, definition_, sound_rules(), rest);
        EXPECT_TRUE(rest.empty()) << "more is due: " << in_words(rest.front());
        return said;
    }

    std::string reply(std::string_view step, Outcome outcome, std::uint32_t attempt = 1) {
        return take(fact_of(
            instance_, definition_, Reply{"s1", step, Direction::forward, attempt, outcome, {}}));
    }

    std::string undone(std::string_view step, Outcome outcome, std::uint32_t attempt = 1) {
        return take(fact_of(
            instance_, definition_, Reply{"s1", step, Direction::undo, attempt, outcome, {}}));
    }

    std::string cancelled(std::string_view step, Outcome outcome, std::uint32_t attempt = 1) {
        return take(fact_of(
            instance_, definition_, Reply{"s1", step, Direction::cancel, attempt, outcome, {}}));
    }

    std::string timeout(std::string_view step,
                        std::uint32_t attempt,
                        Direction direction = Direction::forward) {
        return take(fact_of(
            instance_, definition_, Timer{Timer::Kind::attempt, "s1", step, direction, attempt}));
    }

    std::string deadline() {
        return take(fact_of(
            instance_, definition_, Timer{Timer::Kind::deadline, "s1", "", Direction::forward, 0}));
    }

    const Instance& instance() const { return instance_; }

    const Definition& definition() const { return definition_; }

    std::string why() const { return describe(instance_, definition_); }

  private:
    std::string take(const std::optional<JournalEvent>& fact) {
        if (!fact.has_value()) {
            return "ignored";
        }
        EXPECT_TRUE(apply(instance_, definition_, *fact).ok());
        return advance();
    }

    std::string in_words(const JournalEvent& fact) const {
        switch (fact.kind) {
            case JournalEvent::Kind::command:
                return std::string(name_of(fact.direction)) + " " +
                       definition_.step(fact.step).name + " " + std::to_string(fact.attempt);
            case JournalEvent::Kind::decided:
                return std::string(name_of(fact.course));
            case JournalEvent::Kind::finished:
                return std::string(name_of(fact.state));
            case JournalEvent::Kind::started:
            case JournalEvent::Kind::reply:
            case JournalEvent::Kind::timeout:
            case JournalEvent::Kind::deadline:
                return std::string(name_of(fact.kind));
        }
        CHECK(false);
    }

    Definition definition_;
    Instance instance_;
};

TEST(Instance, runs_branches_side_by_side_and_joins_them) {
    Table table(checkout());
    EXPECT_EQ(table.advance(), "do reserve 1");
    const std::string branches = table.reply("reserve", Outcome::ok);
    EXPECT_NE(branches.find("do charge 1"), std::string::npos);
    EXPECT_NE(branches.find("do label 1"), std::string::npos);
    EXPECT_EQ(table.reply("label", Outcome::ok), "");
    EXPECT_EQ(table.reply("label", Outcome::ok), "ignored");  // a repeat is no second branch
    EXPECT_EQ(table.reply("charge", Outcome::ok), "do confirm 1");
    EXPECT_EQ(table.reply("confirm", Outcome::ok), "commit, do ship 1");
    EXPECT_EQ(table.reply("ship", Outcome::ok), "completed");
    EXPECT_EQ(table.instance().course, Course::commit);
}

TEST(Instance, failure_undoes_what_was_or_may_have_been_applied_in_reverse) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    // label is in flight: what became of it must be known before anything is undone.
    EXPECT_EQ(table.reply("charge", Outcome::failed), "abort, cancel label 1");
    EXPECT_EQ(table.reply("label", Outcome::ok), "ignored");
    EXPECT_EQ(table.cancelled("label", Outcome::ok), "undo label 1");
    EXPECT_EQ(table.cancelled("label", Outcome::ok), "ignored");
    EXPECT_EQ(table.undone("label", Outcome::ok), "undo reserve 1");
    EXPECT_EQ(table.undone("reserve", Outcome::ok), "compensated");
}

TEST(Instance, a_cancelled_step_that_never_was_is_not_undone) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    table.reply("label", Outcome::failed);
    EXPECT_EQ(table.undone("reserve", Outcome::ok), "ignored");  // not before charge is known
    EXPECT_EQ(table.cancelled("charge", Outcome::refused), "undo reserve 1");
    EXPECT_EQ(table.undone("reserve", Outcome::ok), "compensated");
}

TEST(Instance, nothing_is_undone_while_a_cancel_is_without_answer) {
    Table table(chain_of_two());
    table.advance();
    table.reply("a", Outcome::ok);
    EXPECT_EQ(table.deadline(), "abort, cancel b 1");
    EXPECT_EQ(table.cancelled("b", Outcome::failed), "cancel b 2");  // no answer at all: again
    EXPECT_NE(table.why().find("waiting for b (saga.cancel.v1, attempt 2 of 2)"),
              std::string::npos);
    EXPECT_EQ(table.timeout("b", 2, Direction::cancel), "needs-operator");
    EXPECT_NE(table.why().find("b could not be taken back"), std::string::npos);
}

TEST(Instance, a_refused_step_is_a_failed_one) {
    Table table(checkout());
    table.advance();
    EXPECT_EQ(table.reply("reserve", Outcome::refused), "abort, compensated");
}

TEST(Instance, independent_steps_are_undone_side_by_side) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    table.reply("label", Outcome::ok);
    table.reply("charge", Outcome::ok);
    const std::string undo = table.reply("confirm", Outcome::failed);
    EXPECT_NE(undo.find("undo charge 1"), std::string::npos);
    EXPECT_NE(undo.find("undo label 1"), std::string::npos);
    EXPECT_EQ(undo.find("undo reserve"), std::string::npos);
}

TEST(Instance, a_step_is_tried_again_and_then_given_up_and_undone) {
    Table table(chain_of_two());
    table.advance();
    table.reply("a", Outcome::ok);
    EXPECT_EQ(table.timeout("b", 1), "do b 2");
    EXPECT_EQ(table.timeout("b", 1), "ignored");
    EXPECT_EQ(table.timeout("b", 2), "abort, cancel b 1");  // its outcome is unknown
    EXPECT_EQ(table.cancelled("b", Outcome::ok), "undo b 1");
    EXPECT_EQ(table.undone("b", Outcome::ok), "undo a 1");
    EXPECT_EQ(table.undone("a", Outcome::ok), "compensated");
    EXPECT_NE(table.why().find("b gave no answer in 2 attempts"), std::string::npos);
}

TEST(Instance, reply_to_an_earlier_attempt_counts) {
    Table table(chain_of_two());
    table.advance();
    EXPECT_EQ(table.timeout("a", 1), "do a 2");
    EXPECT_EQ(table.reply("a", Outcome::ok, 1), "do b 1");
    EXPECT_EQ(table.reply("a", Outcome::ok, 2), "ignored");
}

TEST(Instance, reply_that_was_never_asked_for_changes_nothing) {
    Table table(chain_of_two());
    table.advance();
    EXPECT_EQ(table.reply("a", Outcome::ok, 2), "ignored");   // no such attempt yet
    EXPECT_EQ(table.reply("b", Outcome::ok), "ignored");      // not commanded
    EXPECT_EQ(table.undone("a", Outcome::ok), "ignored");     // not being undone
    EXPECT_EQ(table.reply("other", Outcome::ok), "ignored");  // no such step
    EXPECT_EQ(fact_of(table.instance(),
                      table.definition(),
                      Reply{"s2", "a", Direction::forward, 1, Outcome::ok, {}}),
              std::nullopt);  // another saga
}

TEST(Instance, without_pivot_commits_when_all_steps_hold) {
    Table table(chain_of_two());
    table.advance();
    table.reply("a", Outcome::ok);
    EXPECT_EQ(table.reply("b", Outcome::ok), "commit, completed");
    EXPECT_EQ(table.deadline(), "ignored");
}

TEST(Instance, deadline_turns_back_before_the_pivot_only) {
    Table early(checkout());
    early.advance();
    EXPECT_EQ(early.deadline(), "abort, cancel reserve 1");
    EXPECT_NE(early.why().find("deadline"), std::string::npos);
    Table late(checkout());
    late.advance();
    late.reply("reserve", Outcome::ok);
    late.reply("charge", Outcome::ok);
    EXPECT_EQ(late.reply("label", Outcome::ok), "do confirm 1");
    EXPECT_EQ(late.deadline(), "ignored");
}

TEST(Instance, a_sent_pivot_is_repeated_until_it_answers) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    table.reply("charge", Outcome::ok);
    table.reply("label", Outcome::ok);
    for (std::uint32_t attempt = 1; attempt <= 50; ++attempt) {
        EXPECT_EQ(table.timeout("confirm", attempt), "do confirm " + std::to_string(attempt + 1));
    }
    EXPECT_NE(table.why().find("past its point of no return"), std::string::npos);
    EXPECT_EQ(table.reply("confirm", Outcome::ok, 20), "commit, do ship 1");
}

TEST(Instance, behind_the_pivot_failures_are_repeated) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    table.reply("charge", Outcome::ok);
    table.reply("label", Outcome::ok);
    table.reply("confirm", Outcome::ok);
    EXPECT_EQ(table.reply("ship", Outcome::failed), "do ship 2");
    EXPECT_EQ(table.reply("ship", Outcome::failed, 1), "ignored");  // told twice
    EXPECT_EQ(table.timeout("ship", 2), "do ship 3");
    EXPECT_EQ(table.reply("ship", Outcome::ok, 3), "completed");
}

TEST(Instance, an_undo_that_does_not_hold_ends_with_an_operator_never_silently) {
    Table table(chain_of_two());
    table.advance();
    table.reply("a", Outcome::ok);
    EXPECT_EQ(table.reply("b", Outcome::failed), "abort, undo a 1");
    EXPECT_EQ(table.undone("a", Outcome::failed), "undo a 2");
    EXPECT_EQ(table.timeout("a", 2, Direction::undo), "needs-operator");
    EXPECT_NE(table.why().find("a could not be taken back in 2 attempts"), std::string::npos);
    EXPECT_EQ(table.undone("a", Outcome::ok, 2), "ignored");  // the end is the end
}

TEST(Instance, other_branches_are_undone_before_an_operator_is_asked) {
    Table table(built(define("fork", 1)
                          .step("a", {.command = "x.c.v1", .compensate = "x.u.v1"})
                          .step("b", {.command = "x.c.v1", .compensate = "x.u.v1"})
                          .undo_attempts(1)));
    table.advance();
    table.reply("a", Outcome::ok);
    EXPECT_EQ(table.deadline(), "abort, cancel b 1");
    EXPECT_NE(table.cancelled("b", Outcome::ok).find("undo a 1"), std::string::npos);
    EXPECT_EQ(table.timeout("a", 1, Direction::undo), "");
    EXPECT_EQ(table.undone("b", Outcome::ok), "needs-operator");
}

TEST(Instance, a_given_up_undo_may_still_hold_while_others_go_on) {
    Table table(built(define("fork", 1)
                          .step("a", {.command = "x.c.v1", .compensate = "x.u.v1"})
                          .step("b", {.command = "x.c.v1", .compensate = "x.u.v1"})
                          .undo_attempts(1)));
    table.advance();
    table.deadline();
    table.cancelled("a", Outcome::ok);
    table.cancelled("b", Outcome::ok);
    EXPECT_EQ(table.timeout("a", 1, Direction::undo), "");
    EXPECT_EQ(table.undone("a", Outcome::ok), "");
    EXPECT_EQ(table.undone("b", Outcome::ok), "compensated");
}

TEST(Instance, facts_that_cannot_follow_are_refused_and_change_nothing) {
    Table table(checkout());
    table.advance();
    Instance instance = table.instance();
    JournalEvent fact;
    fact.saga = "s1";
    using Kind = JournalEvent::Kind;
    for (const Kind kind : {Kind::started, Kind::decided, Kind::finished, Kind::command}) {
        fact.kind = kind;
        fact.attempt = 1;
        fact.state = SagaState::completed;
        const auto applied = apply(instance, table.definition(), fact);
        ASSERT_FALSE(applied.ok()) << name_of(kind);
        EXPECT_EQ(applied.error().code, "SJ_ORDER");
        EXPECT_EQ(instance.facts, table.instance().facts);
    }
    fact.kind = Kind::reply;
    fact.step = {63};  // beyond the definition
    EXPECT_FALSE(apply(instance, table.definition(), fact).ok());
    fact.saga = "s2";
    EXPECT_EQ(apply(instance, table.definition(), fact).error().code, "SJ_FOREIGN");
}

TEST(Describe, says_in_one_sentence_what_is_awaited) {
    Table table(checkout());
    table.advance();
    table.reply("reserve", Outcome::ok);
    table.reply("label", Outcome::ok);
    table.timeout("charge", 1);
    EXPECT_EQ(table.why(),
              "saga s1 of checkout is running: waiting for charge (payment.charge.v1, attempt 2 "
              "of 3)");
    table.reply("charge", Outcome::failed);
    EXPECT_EQ(table.why(),
              "saga s1 of checkout is compensating because charge failed: waiting for label "
              "(shipping.void.v1, attempt 1 of 25)");
    table.undone("label", Outcome::ok);
    table.undone("reserve", Outcome::ok);
    EXPECT_EQ(table.why(),
              "saga s1 of checkout is compensated because charge failed: all that was or may have "
              "been applied is undone");
}

}  // namespace
}  // namespace stormglass::sagas::tests
