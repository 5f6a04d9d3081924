// The checks of projections: silent on a sound read model, each with its word for each way in which
// one can be wrong.
#include <gtest/gtest.h>

#include "tests/scenarios/facts_builder.hpp"
#include "tests/scenarios/projection_builder.hpp"

namespace stormglass::scenarios {
namespace {

using tests::apply;
using tests::digest_at;
using tests::FactsBuilder;
using tests::kEvents;
using tests::kMs;
using tests::show_up_to;
using Kind = ProjectionFact::Kind;

class ProjectionChecks : public testing::Test {
  protected:
    ProjectionChecks() {
        run.completed_saga("order-1").compensated_saga("order-2");
        run.facts().projection = tests::sound_projection();
        run.facts().end_at = 1000 * kMs;
    }

    ProjectionFacts& rows() { return run.facts().projection; }

    /// Takes the notes away, but for that of the first life.
    void forget() { rows().steps.resize(1); }

    std::string observed(std::string_view check) const {
        const CheckResult result = run.result(check);
        return result.violations.empty() ? "" : result.violations.front().observed;
    }

    FactsBuilder run;
};

TEST_F(ProjectionChecks, convergence_wants_the_head_and_its_rows) {
    EXPECT_EQ(run.violations("convergence"), 0U);
    rows().digest = digest_at(4);
    EXPECT_EQ(run.violations("convergence"), 1U);
    rows().position = 4;
    EXPECT_EQ(observed("convergence"), "position 4 of 5");
    rows().alive = false;
    EXPECT_EQ(observed("convergence"), "not running");
}

TEST_F(ProjectionChecks, rebuilt_rows_and_snapshots_are_those_of_their_position) {
    EXPECT_EQ(run.violations("rebuild-equals-incremental"), 0U);
    rows().steps.push_back({Kind::snapshot, 800 * kMs, 3, digest_at(2), 0});
    EXPECT_EQ(run.violations("rebuild-equals-incremental"), 1U);
    rows().steps.push_back({Kind::rebuilt, 900 * kMs, kEvents, digest_at(4), 0});
    EXPECT_EQ(run.violations("rebuild-equals-incremental"), 2U);
    forget();
    EXPECT_FALSE(run.result("rebuild-equals-incremental").consulted);
}

TEST_F(ProjectionChecks, gap_duplicate_and_regression_have_names_of_their_own) {
    const auto after = [this](bus::Position first, bus::Position second) {
        forget();
        apply(rows(), 0);
        apply(rows(), 1);
        if (first != 2) {
            apply(rows(), first);
        } else {
            apply(rows(), 2);
            apply(rows(), second);
        }
        return observed("apply-once-in-order").substr(0, 4);
    };
    EXPECT_EQ(after(2, 3), "");
    EXPECT_EQ(after(3, 0), "gap:");
    EXPECT_EQ(after(1, 0), "dupl");
    EXPECT_EQ(after(2, 0), "regr");
}

TEST_F(ProjectionChecks, a_new_life_goes_on_behind_what_its_rows_hold) {
    forget();
    apply(rows(), 0);
    apply(rows(), 1);
    rows().steps.push_back({Kind::loaded, 500 * kMs, 1, digest_at(1), 0});
    apply(rows(), 1);  // applied before, and not stored
    EXPECT_EQ(run.violations("apply-once-in-order"), 0U);
    rows().steps.push_back({Kind::loaded, 600 * kMs, 1, digest_at(2), 0});
    EXPECT_EQ(observed("apply-once-in-order"), "position 1 with rows of the first 2 events");
    rows().steps.back().digest = 7;
    EXPECT_EQ(observed("apply-once-in-order"), "position 1 with rows of no prefix at all");
}

TEST_F(ProjectionChecks, events_that_are_not_to_be_had_are_no_gap) {
    forget();
    apply(rows(), 0);
    rows().steps.push_back({Kind::missing, 0, 1, 0, 2});
    apply(rows(), 3);
    EXPECT_EQ(run.violations("apply-once-in-order"), 0U);
}

TEST_F(ProjectionChecks, a_read_behind_its_own_write_may_be_refused_but_not_answered) {
    EXPECT_EQ(run.violations("read-your-writes"), 0U);
    rows().reads.push_back({"order-2", 3, 400 * kMs, ReadFact::Answer::refused, 0});
    rows().reads.push_back({"order-2", std::nullopt, 400 * kMs, ReadFact::Answer::absent, 1});
    EXPECT_EQ(run.violations("read-your-writes"), 0U);
    rows().reads.push_back({"order-2", 3, 400 * kMs, ReadFact::Answer::absent, 3});
    EXPECT_EQ(observed("read-your-writes"), "answered from position 3, written at position 3");
}

TEST_F(ProjectionChecks, what_can_be_seen_is_a_prefix_of_the_log) {
    EXPECT_EQ(run.violations("consistent-prefix"), 0U);
    rows().steps.push_back({Kind::stored, 800 * kMs, 3, digest_at(2), 0});
    EXPECT_EQ(run.violations("consistent-prefix"), 0U);  // another check's business
    rows().steps.push_back({Kind::stored, 800 * kMs, 3, 7, 0});
    rows().steps.push_back({Kind::shown, 800 * kMs, 3, 7, 0});
    EXPECT_EQ(run.violations("consistent-prefix"), 2U);
}

TEST_F(ProjectionChecks, staleness_is_judged_outside_of_faults_only) {
    EXPECT_EQ(run.violations("bounded-staleness"), 0U);
    forget();
    show_up_to(rows(), 4, 500 * kMs);
    EXPECT_EQ(run.violations("bounded-staleness"), 0U);  // the fifth is half a second old
    run.facts().end_at = 1501 * kMs;
    EXPECT_EQ(observed("bounded-staleness"), "position 4 after 1001 ms");
    rows().faults.push_back({900 * kMs, 1000 * kMs});
    EXPECT_EQ(run.violations("bounded-staleness"), 0U);
    rows().faults.back() = {1600 * kMs, ~std::uint64_t{0}};
    EXPECT_EQ(run.violations("bounded-staleness"), 1U);
}

TEST_F(ProjectionChecks, every_row_goes_back_to_the_log) {
    EXPECT_EQ(run.violations("no-invention"), 0U);
    rows().orders["order-9"] = "running";
    EXPECT_EQ(observed("no-invention"), "order-9: running");
    rows().orders.erase("order-9");
    rows().open_orders.push_back("order-1");
    EXPECT_EQ(observed("no-invention"), "order-1: open");
    rows().open_orders.clear();
    rows().orders["order-2"] = "completed";
    EXPECT_EQ(observed("no-invention"), "order-2: completed");
    rows().orders["order-2"] = "compensated";
    rows().totals["completed"] = 2;
    EXPECT_EQ(observed("no-invention"), "2 completed");
    rows().position = 4;  // not level: the rows may be of an earlier time, but not of more orders
    EXPECT_EQ(run.violations("no-invention"), 1U);
}

TEST_F(ProjectionChecks, a_rebuild_sends_no_mail) {
    EXPECT_EQ(run.violations("legitimate-replay"), 0U);
    rows().steps.push_back({Kind::mailed, 800 * kMs, 2, 0, 0});
    EXPECT_EQ(run.violations("legitimate-replay"), 1U);
}

}  // namespace
}  // namespace stormglass::scenarios
