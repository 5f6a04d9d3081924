// Every check stays silent on a sound run and reports the one thing that is wrong with a bad one.
#include <set>

#include <gtest/gtest.h>

#include "scenarios/checks/check.hpp"
#include "tests/scenarios/facts_builder.hpp"
#include "tests/scenarios/projection_builder.hpp"
#include "tests/scenarios/trace_builder.hpp"

namespace stormglass::scenarios {
namespace {

using tests::FactsBuilder;
using Kind = DecisionFact::Kind;

GroupFacts group_of(std::vector<Standing> standing) {
    GroupFacts group;
    group.name = "stock";
    group.topic = "stock.commands";
    group.length = standing.size();
    group.letters.assign(standing.size(), 0);
    group.keys.assign(standing.size(), "k");
    group.standing = std::move(standing);
    return group;
}

FactsBuilder sound_run() {
    FactsBuilder run;
    run.completed_saga("order-1").compensated_saga("order-2");
    run.facts().acked.push_back({"orders", 1, 1, "t", 0, 0, true});
    run.facts().stored.push_back({"orders", 1, 1, "t", 0, "k", 0});
    run.facts().groups.push_back(group_of({Standing::settled, Standing::settled}));
    run.facts().projection = tests::sound_projection();
    AttackFacts& attack = run.facts().attack;
    attack.present = attack.compared = true;
    attack.injected = attack.alarms = 3;
    attack.altered = 1;
    run.facts().trace = tests::sound_traces();
    run.facts().waits_ended = 1;
    return run;
}

TEST(Checks, are_silent_and_consulted_on_a_sound_run) {
    FactsBuilder run = sound_run();
    run.takeover(2).as(2).completed_saga("order-3");
    for (const CheckRow& row : check_rows()) {
        const CheckResult result = run.result(row.slug);
        EXPECT_TRUE(result.consulted) << row.slug;
        EXPECT_TRUE(result.violations.empty())
            << row.slug << ": " << result.violations.front().sentence;
    }
}

TEST(Checks, are_not_consulted_by_an_empty_run) {
    FactsBuilder run;
    for (const CheckRow& row : check_rows()) {
        const CheckResult result = run.result(row.slug);
        EXPECT_FALSE(result.consulted) << row.slug;
        EXPECT_TRUE(result.violations.empty()) << row.slug;
    }
}

TEST(Checks, have_unique_slugs_and_name_a_defect_each) {
    std::set<std::string_view> slugs;
    for (const CheckRow& row : check_rows()) {
        EXPECT_TRUE(slugs.insert(row.slug).second) << row.slug;
        // A control needs none: its scenarios are what it must catch.
        EXPECT_EQ(row.defect.empty(), row.slug == "bus-available") << row.slug;
        EXPECT_FALSE(row.rule.empty()) << row.slug;
    }
}

TEST(StepOnce, reports_a_step_that_took_effect_twice_or_never) {
    FactsBuilder run;
    run.completed_saga("order-1").effect(1, Direction::forward);
    EXPECT_EQ(run.violations("step-once"), 1U);
    EXPECT_EQ(run.violations("exactly-once-effect"), 1U);

    FactsBuilder lacking;
    lacking.saga("order-1").done(0).done(1).done(2).finished("completed");
    EXPECT_EQ(lacking.violations("step-once"), 1U);
}

TEST(CompensationOnce, reports_an_undo_that_is_missing_or_doubled) {
    FactsBuilder missing;
    missing.saga("s").done(0).done(1).undone(1).finished("compensated");
    EXPECT_EQ(missing.violations("compensation-once"), 1U);
    EXPECT_GE(missing.violations("outcome-equals-ledger"), 1U);

    FactsBuilder doubled;
    doubled.compensated_saga("s").effect(0, Direction::undo);
    EXPECT_EQ(doubled.violations("compensation-once"), 1U);
    EXPECT_EQ(doubled.violations("exactly-once-effect"), 1U);
}

TEST(NoStepAfterUndo, allows_a_branch_in_flight_and_reports_a_late_step) {
    FactsBuilder in_flight;
    in_flight.saga("s")
        .done(0)
        .effect(1, Direction::undo, EffectOutcome::noop)
        .effect(2, Direction::forward)
        .undone(2)
        .undone(0);
    EXPECT_EQ(in_flight.violations("no-step-after-undo"), 0U);

    FactsBuilder cancelled;
    cancelled.saga("s")
        .done(0)
        .effect(1, Direction::cancel, EffectOutcome::refused)
        .effect(1, Direction::forward)
        .undone(1);
    EXPECT_EQ(cancelled.violations("no-step-after-undo"), 1U);

    FactsBuilder late;
    late.saga("s").done(0).undone(0).effect(1, Direction::forward);
    EXPECT_EQ(late.violations("no-step-after-undo"), 1U);
}

TEST(ReverseOrder, reports_an_undo_that_overtook_what_was_built_on_it) {
    FactsBuilder run;
    run.saga("s").done(0).done(1).undone(0).undone(1);
    EXPECT_EQ(run.violations("reverse-order"), 1U);
}

TEST(OutcomeEqualsLedger, reports_an_outcome_that_the_effects_do_not_bear_out) {
    FactsBuilder standing;
    standing.saga("s").done(0).finished("compensated");
    EXPECT_GE(standing.violations("outcome-equals-ledger"), 1U);

    FactsBuilder off_by_two;
    off_by_two.saga("s").done(0, 5).undone(0, -3).finished("compensated");
    EXPECT_EQ(off_by_two.violations("outcome-equals-ledger"), 1U);
}

TEST(ParallelJoin, reports_a_step_before_its_predecessors_and_an_effect_after_the_end) {
    FactsBuilder early;
    early.saga("s").done(0).done(1).command(3);
    EXPECT_EQ(early.violations("parallel-join"), 1U);  // c has not succeeded

    FactsBuilder late;
    late.completed_saga("s").effect(2, Direction::undo);
    EXPECT_EQ(late.violations("parallel-join"), 1U);
}

TEST(Termination, reports_a_saga_without_an_end_or_with_two) {
    FactsBuilder open;
    open.saga("s").done(0);
    EXPECT_EQ(open.violations("termination"), 1U);

    FactsBuilder twice;
    twice.completed_saga("s").finished("completed");
    EXPECT_EQ(twice.violations("termination"), 1U);

    FactsBuilder unknown;
    unknown.completed_saga("s").facts().started_requests = 2;
    EXPECT_EQ(unknown.violations("termination"), 1U);
}

TEST(DecisionDurable, reports_a_command_without_a_decision_and_a_changed_mind) {
    FactsBuilder unannounced;
    unannounced.saga("s").facts().sagas.back().commands.push_back(
        {1, 1, 0, Direction::forward, 1, 1});
    EXPECT_EQ(unannounced.violations("decision-durable"), 1U);

    FactsBuilder changed;
    changed.saga("s")
        .decision(Kind::decided, 0, Direction::forward, "commit")
        .decision(Kind::decided, 0, Direction::forward, "abort");
    EXPECT_EQ(changed.violations("decision-durable"), 1U);

    FactsBuilder lost;
    lost.completed_saga("s").facts().decisions_lost.push_back("s");
    EXPECT_EQ(lost.violations("decision-durable"), 1U);
}

TEST(SingleCoordinator, reports_what_an_old_owner_wrote_after_the_takeover) {
    FactsBuilder run;
    run.saga("s").done(0).takeover(2).as(1).command(1);
    EXPECT_EQ(run.violations("single-coordinator"), 2U);  // the decision and its command
}

TEST(LostWrite, reports_an_acknowledged_event_that_is_gone) {
    FactsBuilder run = sound_run();
    run.facts().acked.front().in_journal = false;
    EXPECT_EQ(run.violations("lost-write"), 1U);
}

TEST(OrderPerKey, reports_swapped_events_of_a_source_and_an_overtaking_delivery) {
    FactsBuilder swapped = sound_run();
    swapped.facts().stored = {{"o", 1, 2, "t", 0, "k", 0}, {"o", 1, 1, "t", 1, "k", 0}};
    EXPECT_EQ(swapped.violations("order-per-key"), 1U);
    swapped.facts().stored.front().delayed = true;  // a timer that came due late
    EXPECT_EQ(swapped.violations("order-per-key"), 0U);

    FactsBuilder overtaken = sound_run();
    GroupFacts& group = overtaken.facts().groups.front();
    group.ordered = true;
    group.handovers = {{HandoverFact::Kind::received, 1, 0, 1, "k", ""},
                       {HandoverFact::Kind::received, 2, 1, 1, "k", ""}};
    EXPECT_EQ(overtaken.violations("order-per-key"), 1U);
    group.handovers.insert(group.handovers.begin() + 1,
                           {HandoverFact::Kind::settled, 1, 0, 1, "k", "ack"});
    EXPECT_EQ(overtaken.violations("order-per-key"), 0U);
}

TEST(DeadLetterConservation, reports_every_way_of_being_in_no_class_or_in_two) {
    const auto violations = [](Standing standing, std::uint32_t letters) {
        FactsBuilder run;
        run.facts().groups.push_back(group_of({standing}));
        run.facts().groups.front().letters[0] = letters;
        return run.violations("dead-letter-conservation");
    };
    EXPECT_EQ(violations(Standing::settled, 0), 0U);
    EXPECT_EQ(violations(Standing::parked, 0), 0U);
    EXPECT_EQ(violations(Standing::dead, 1), 0U);
    EXPECT_EQ(violations(Standing::dead, 2), 1U);
    EXPECT_EQ(violations(Standing::dead, 0), 1U);
    EXPECT_EQ(violations(Standing::settled, 1), 1U);
    EXPECT_EQ(violations(Standing::in_flight, 0), 1U);
    EXPECT_EQ(violations(Standing::retrying, 0), 1U);
    EXPECT_EQ(violations(Standing::waiting, 0), 1U);
    EXPECT_EQ(violations(Standing::nowhere, 0), 1U);
}

TEST(AttackChecks, report_a_changed_state_a_foreign_event_and_a_missing_or_false_alarm) {
    FactsBuilder changed = sound_run();
    changed.facts().attack.domain_digest_without = 7;
    EXPECT_EQ(changed.violations("replay-rejected"), 1U);

    FactsBuilder foreign = sound_run();
    foreign.facts().attack.foreign_events = 1;
    EXPECT_EQ(foreign.violations("binding"), 1U);

    FactsBuilder silent = sound_run();
    silent.facts().attack.alarms = 2;
    EXPECT_EQ(silent.violations("detection"), 1U);

    FactsBuilder nervous = sound_run();
    nervous.facts().attack.own_alarms = 1;
    EXPECT_EQ(nervous.violations("detection"), 1U);
}

TEST(BusAvailable, reports_the_longest_wait_of_those_that_are_too_long) {
    FactsBuilder run;
    run.facts().waits_ended = 3;
    run.facts().waits = {{"orders", 0, 4'000'000'000}};
    EXPECT_TRUE(run.result("bus-available").consulted);
    EXPECT_EQ(run.violations("bus-available"), 0U);
    run.facts().waits.push_back({"payments", 1'000'000'000, 44'100'000'000});
    run.facts().waits.push_back({"shipping", 2'000'000'000, 9'000'000'000});
    const CheckResult result = run.result("bus-available");
    ASSERT_EQ(result.violations.size(), 1U);
    EXPECT_EQ(result.violations[0].sentence, "'payments' waited 43 seconds for the only broker.");
    EXPECT_EQ(result.violations[0].observed, "2 events were late, the latest by 43100 ms");
}

TEST(AttackChecks, know_bytes_that_were_changed_on_their_own_link) {
    FactsBuilder noticed = sound_run();
    AttackFacts& attack = noticed.facts().attack;
    attack.injected += 2;
    attack.altered += 2;
    attack.tampered = attack.own_alarms = attack.own_refusals = 2;
    EXPECT_EQ(noticed.violations("detection"), 0U);
    attack.own_alarms = 3;  // one of them about honest bytes
    EXPECT_EQ(noticed.violations("detection"), 1U);
    attack.own_alarms = attack.own_refusals = 0;
    EXPECT_EQ(noticed.violations("detection"), 1U);
}

}  // namespace
}  // namespace stormglass::scenarios
