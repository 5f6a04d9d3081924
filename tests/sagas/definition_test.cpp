// What a definition is refused for, and that what is accepted is a sound graph.
#include "sagas/definition.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sagas/graph.hpp"
#include "tests/sagas/sample_sagas.hpp"

namespace stormglass::sagas::tests {
namespace {

StepOptions undoable(std::vector<std::string> after = {}) {
    return {.command = "p.do.v1", .compensate = "p.undo.v1", .after = std::move(after)};
}

StepOptions tuned(void (*change)(StepOptions&)) {
    StepOptions options = undoable();
    change(options);
    return options;
}

struct Refusal {
    const char* name;
    DefinitionBuilder builder;
    std::string_view code;
    std::vector<std::string> says;  // parts of the text: the steps, and what to do
};

DefinitionBuilder many_steps(int count) {
    auto builder = define("many", 1);
    for (int i = 0; i < count; ++i) {
        builder.step("s" + std::to_string(i), undoable());
    }
    return builder;
}

std::vector<Refusal> refused_names() {
    return {
        {"no_steps", define("x", 1), "SD_NO_STEPS", {"\"x\"", "add .step"}},
        {"bad_saga_name", define("two words", 1).step("a", undoable()), "SD_NAME", {"printable"}},
        {"version_zero", define("x", 0).step("a", undoable()), "SD_NAME", {"from 1"}},
        {"slash_in_step", define("x", 1).step("a/b", undoable()), "SD_NAME", {"\"a/b\"", "'/'"}},
        {"no_command",
         define("x", 1).step("a", {.compensate = "x.u.v1"}),
         "SD_NAME",
         {"\"a\"", ".command"}},
        {"no_version",
         define("x", 1).step("a", {.command = "stock.reserve", .compensate = "stock.free.v1"}),
         "SD_NAME",
         {"\"a\"", ".command", "name.name.vN"}},
        {"bad_compensate",
         define("x", 1).step("a", {.command = "stock.reserve.v1", .compensate = "free"}),
         "SD_NAME",
         {"\"a\"", ".compensate \"free\"", "name.name.vN"}},
        {"bad_topic",
         define("x", 1).step("a", tuned([](auto& o) { o.topic = "two words"; })),
         "SD_NAME",
         {"\"a\"", ".topic", "blanks"}},
        {"too_many", many_steps(65), "SD_TOO_MANY_STEPS", {"65", "\"s0\"", "\"s64\"", "split"}},
        {"duplicate",
         define("x", 1).step("a", undoable()).step("a", undoable()),
         "SD_DUPLICATE_STEP",
         {"\"a\"", "rename"}},
        {"unknown_after",
         define("x", 1).step("a", undoable({"ghost"})),
         "SD_UNKNOWN_AFTER",
         {"\"a\"", "\"ghost\"", "correct"}},
    };
}

std::vector<Refusal> refused_shapes() {
    return {
        {"self_cycle", define("x", 1).step("a", undoable({"a"})), "SD_CYCLE", {"\"a\"", "itself"}},
        {"cycle",
         define("x", 1).step("a", undoable({"b"})).step("b", undoable({"a"})).step("c", undoable()),
         "SD_CYCLE",
         {"\"a\", \"b\"", "circle", "remove"}},
        {"unreachable",
         define("x", 1)
             .step("a", undoable({"b"}))
             .step("b", undoable({"a"}))
             .step("late", undoable({"mid"}))
             .step("mid", undoable({"b"})),
         "SD_CYCLE",
         {"can never start", "\"late\", \"mid\"", "break"}},
        {"two_pivots",
         define("x", 1)
             .pivot("p", {.command = "x.c.v1"})
             .pivot("q", {.command = "x.c.v1", .after = {"p"}}),
         "SD_TWO_PIVOTS",
         {"\"p\", \"q\"", "make the others steps"}},
        {"not_retriable_after_pivot",
         define("x", 1).pivot("p", {.command = "x.c.v1"}).step("a", undoable({"p"})),
         "SD_NOT_RETRIABLE",
         {"\"a\"", "\"p\"", ".retriable = true"}},
        {"beside_pivot",
         define("x", 1).step("a", undoable()).pivot("p", {.command = "x.c.v1"}),
         "SD_BESIDE_PIVOT",
         {"\"a\"", "\"p\"", ".after"}},
        {"retriable_before_pivot",
         define("x", 1)
             .step("a", {.command = "x.c.v1", .retriable = true})
             .pivot("p", {.command = "x.c.v1", .after = {"a"}}),
         "SD_RETRIABLE_TOO_EARLY",
         {"\"a\"", "\"p\"", ".compensate"}},
        {"retriable_without_pivot",
         define("x", 1).step("a", {.command = "x.c.v1", .retriable = true}),
         "SD_RETRIABLE_TOO_EARLY",
         {"\"a\"", "no pivot", "add a .pivot"}},
        {"no_compensation",
         define("x", 1).step("a", {.command = "x.c.v1"}),
         "SD_NO_COMPENSATION",
         {"\"a\"", ".compensate"}},
        {"useless_compensation",
         define("x", 1).pivot("p", {.command = "x.c.v1", .compensate = "x.u.v1"}),
         "SD_USELESS_COMPENSATION",
         {"pivot \"p\"", "remove"}},
    };
}

std::vector<Refusal> refused_limits() {
    return {
        {"deadline_short",
         define("x", 1).step("a", undoable()).step("b", undoable({"a"})).deadline(seconds(20)),
         "SD_DEADLINE_SHORT",
         {"20 s", "\"a\" -> \"b\"", "31200 ms", "raise the deadline"}},
        {"deadline_zero",
         define("x", 1).step("a", undoable()).deadline({}),
         "SD_LIMIT",
         {"deadline", "positive"}},
        {"timeout_zero",
         define("x", 1).step("a", tuned([](auto& o) { o.timeout = {}; })),
         "SD_LIMIT",
         {"\"a\"", ".timeout"}},
        {"attempts_zero",
         define("x", 1).step("a", tuned([](auto& o) { o.attempts = 0; })),
         "SD_LIMIT",
         {"\"a\"", ".attempts"}},
        {"backoff_negative",
         define("x", 1).step("a", tuned([](auto& o) { o.backoff = {-1}; })),
         "SD_LIMIT",
         {"\"a\"", ".backoff"}},
        {"undo_attempts_zero",
         define("x", 1).step("a", undoable()).undo_attempts(0),
         "SD_LIMIT",
         {"undo_attempts"}},
    };
}

class DefinitionRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(DefinitionRefusal, names_the_steps_and_what_to_do) {
    const auto definition = GetParam().builder.build();
    ASSERT_FALSE(definition.ok());
    EXPECT_EQ(definition.error().code, GetParam().code);
    for (const std::string& part : GetParam().says) {
        EXPECT_NE(definition.error().text.find(part), std::string::npos)
            << "missing: " << part << "\nin: " << definition.error().text;
    }
}

INSTANTIATE_TEST_SUITE_P(Names,
                         DefinitionRefusal,
                         testing::ValuesIn(refused_names()),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(Shapes,
                         DefinitionRefusal,
                         testing::ValuesIn(refused_shapes()),
                         [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(Limits,
                         DefinitionRefusal,
                         testing::ValuesIn(refused_limits()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Definition, names_every_problem_of_a_stage_at_once) {
    const auto definition =
        define("x", 1).step("a", {.command = "x.c.v1"}).step("b", {.command = "x.c.v1"}).build();
    ASSERT_FALSE(definition.ok());
    EXPECT_NE(definition.error().text.find("\"a\""), std::string::npos);
    EXPECT_NE(definition.error().text.find("\"b\""), std::string::npos);
}

TEST(Definition, of_the_checkout_is_plain_data) {
    const Definition saga = checkout();
    EXPECT_EQ(saga.name, "checkout");
    EXPECT_EQ(saga.version, 3U);
    ASSERT_EQ(saga.steps.size(), 5U);
    ASSERT_TRUE(saga.pivot.has_value());
    EXPECT_EQ(saga.step(*saga.pivot).name, "confirm");
    const StepId reserve = *saga.find("reserve");
    const StepId ship = *saga.find("ship");
    EXPECT_EQ(saga.step(reserve).topic, "stock.commands");
    EXPECT_EQ(saga.step(reserve).followers.size(), 4);
    EXPECT_EQ(saga.step(ship).ancestors.size(), 4);
    EXPECT_EQ(saga.step(ship).kind, StepKind::retriable);
    EXPECT_EQ(saga.compensatable().size(), 3);
    EXPECT_FALSE(saga.find("nothing").has_value());
}

TEST(Definition, sixty_four_steps_are_accepted) {
    const Definition saga = built(many_steps(64));
    EXPECT_EQ(saga.all().size(), 64);
    EXPECT_EQ(saga.compensatable(), saga.all());
}

TEST(Definition, hash_moves_with_every_part) {
    const std::uint64_t hash = checkout().hash;
    EXPECT_EQ(hash, checkout().hash);
    EXPECT_NE(hash, built(checkout_builder().deadline(minutes(16))).hash);
    EXPECT_NE(hash, built(checkout_builder().undo_attempts(26)).hash);
    const auto one = [](StepOptions options) {
        return built(define("one", 1).step("a", std::move(options))).hash;
    };
    const std::uint64_t base = one(undoable());
    EXPECT_NE(base, one(tuned([](auto& o) { o.command = "p.other.v1"; })));
    EXPECT_NE(base, one(tuned([](auto& o) { o.compensate = "p.other.v1"; })));
    EXPECT_NE(base, one(tuned([](auto& o) { o.topic = "elsewhere"; })));
    EXPECT_NE(base, one(tuned([](auto& o) { o.timeout = seconds(4); })));
    EXPECT_NE(base, one(tuned([](auto& o) { o.attempts = 4; })));
    EXPECT_NE(base, one(tuned([](auto& o) { o.backoff = seconds(1); })));
}

TEST(Step, backoff_doubles_up_to_its_cap) {
    const Definition saga = checkout();
    const Step& step = saga.steps.front();
    EXPECT_EQ(step.delay_before(1), Duration{});
    EXPECT_EQ(step.delay_before(2), milliseconds(200));
    EXPECT_EQ(step.delay_before(3), milliseconds(400));
    EXPECT_EQ(step.delay_before(1000), kBackoffMax);
}

/// Depth-first, by hand: whether following `after` from any step comes back to it.
bool naive_acyclic(const std::vector<StepSet>& after) {
    std::vector<StepSet> reach = after;
    for (std::size_t round = 0; round < after.size(); ++round) {
        for (auto& set : reach) {
            for (const StepId step : set) {
                set = set | after[step.value];
            }
        }
    }
    for (std::size_t step = 0; step < after.size(); ++step) {
        if (reach[step].contains({static_cast<std::uint8_t>(step)})) {
            return false;
        }
    }
    return true;
}

std::vector<StepSet> random_edges(std::uint64_t seed) {
    Dice dice(seed);
    std::vector<StepSet> after(1 + dice.below(10));
    const auto density = static_cast<std::uint32_t>(5 + dice.below(20));
    for (auto& set : after) {
        for (std::size_t other = 0; other < after.size(); ++other) {
            if (dice.chance(density)) {
                set.insert({static_cast<std::uint8_t>(other)});
            }
        }
    }
    return after;
}

RC_GTEST_PROP(Graph, is_accepted_exactly_when_acyclic, (std::uint64_t seed)) {
    const auto after = random_edges(seed);
    const GraphFacts facts = examine_graph(after);
    RC_ASSERT(facts.cycles.empty() == naive_acyclic(after));
    RC_ASSERT(facts.order.empty() != facts.cycles.empty());
}

RC_GTEST_PROP(Graph, order_puts_every_step_behind_its_predecessors, (std::uint64_t seed)) {
    auto after = random_edges(seed);
    for (std::size_t step = 0; step < after.size(); ++step) {
        // Only edges to smaller numbers: no cycle is possible.
        after[step] = after[step] & StepSet((std::uint64_t{1} << step) - 1);
    }
    const GraphFacts facts = examine_graph(after);
    StepSet placed;
    for (const StepId step : facts.order) {
        RC_ASSERT(placed.contains_all(after[step.value]));
        placed.insert(step);
    }
    RC_ASSERT(placed.size() == static_cast<int>(after.size()));
}

RC_GTEST_PROP(Graph, unreachable_steps_wait_for_a_cycle_and_are_in_none, (std::uint64_t seed)) {
    const auto after = random_edges(seed);
    const GraphFacts facts = examine_graph(after);
    StepSet knots;
    for (const StepSet cycle : facts.cycles) {
        RC_ASSERT((knots & cycle).empty());
        knots = knots | cycle;
    }
    RC_ASSERT((knots & facts.unreachable).empty());
    for (const StepId step : facts.unreachable) {
        RC_ASSERT(!(after[step.value] & (knots | facts.unreachable)).empty());
    }
}

RC_GTEST_PROP(Definition, random_legal_ones_split_cleanly_at_the_pivot, (std::uint64_t seed)) {
    Dice dice(seed);
    const Definition saga = random_saga(dice);
    for (const StepId id : saga.all()) {
        const Step& step = saga.step(id);
        RC_ASSERT(step.ancestors.contains_all(step.after));
        RC_ASSERT((step.kind == StepKind::compensatable) == saga.compensatable().contains(id));
        for (const StepId before : step.ancestors) {
            RC_ASSERT(saga.step(before).followers.contains(id));
        }
    }
}

}  // namespace
}  // namespace stormglass::sagas::tests
