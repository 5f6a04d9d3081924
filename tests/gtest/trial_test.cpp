// Users' scenarios as tests: what passes, what fails and how it is told, what says nothing.
#include "scenarios/gtest/trial.hpp"

#include <cstdlib>

#include <gtest/gtest-spi.h>

#include "tests/gtest/worlds.hpp"

namespace stormglass::trial {
namespace {

using tests::Care;
using tests::Counter;
using tests::Sender;

/// Sets a variable for the time of a test.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        setenv(name, value.c_str(), 1);
    }

    ~Variable() { unsetenv(name_); }

    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

/// What a scenario test would have told GoogleTest.
std::vector<std::string> findings(const Trial& trial, Seeds seeds) {
    testing::TestPartResultArray results;
    {
        testing::ScopedFakeTestPartResultReporter reporter(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
        run_scenario_test(trial, seeds);
    }
    std::vector<std::string> texts;
    for (int i = 0; i < results.size(); ++i) {
        texts.emplace_back(results.GetTestPartResult(i).message());
    }
    return texts;
}

std::string after(const std::string& text, const std::string& lead) {
    const std::size_t at = text.find(lead);
    EXPECT_NE(at, text.npos) << lead << " in\n" << text;
    return at == text.npos
               ? ""
               : text.substr(at + lead.size(),
                             text.find_first_of(" \n", at + lead.size()) - at - lead.size());
}

STORMGLASS_SCENARIO(Scenario, with_a_sound_node_passes, "scenarios/noisy.yaml", seeds(50)) {
    tests::counting(Care::careful)(world);
}

TEST(Trial, tells_each_way_of_failing_once_with_lines_that_repeat_it) {
    const Trial& trial = tests::noisy(Care::careless);
    const auto texts = findings(trial, seeds(60));
    ASSERT_EQ(texts.size(), 1U) << texts.back();
    EXPECT_NE(texts[0].find("never-too-many   noisy   "), std::string::npos) << texts[0];
    EXPECT_NE(texts[0].find("1 fault decision, 1 choice"), std::string::npos) << texts[0];

    const std::string token = after(texts[0], "STORMGLASS_REPLAY=");
    const auto which = trial.from_token(token);
    ASSERT_TRUE(which.ok());
    const Outcome again = trial.run(*which);
    ASSERT_FALSE(again.broken.empty());
    EXPECT_EQ(again.broken.front().check, "never-too-many");
    EXPECT_EQ(trial.token(*which, again), token);
    {
        const Variable replay("STORMGLASS_REPLAY", token);
        EXPECT_EQ(findings(trial, seeds(60)).size(), 1U);
        EXPECT_TRUE(findings(tests::noisy(Care::careful), seeds(60)).empty());
    }
    const Variable seed("STORMGLASS_SEED", after(texts[0], "STORMGLASS_SEED="));
    EXPECT_EQ(findings(trial, seeds(60)).size(), 1U);
}

TEST(Trial, refuses_what_the_environment_asks_in_vain) {
    const Trial& trial = tests::noisy(Care::careful);
    {
        const Variable cut("STORMGLASS_REPLAY", "sg1:AUBnTFZ_SdBDsZvK_JLRuSDKkt");
        EXPECT_NE(findings(trial, seeds(1)).at(0).find("incomplete token"), std::string::npos);
    }
    {
        const Variable other("STORMGLASS_REPLAY", trial.token({1, {}}, trial.run({1, {}})));
        const Trial another(Scenario{.name = "another"}, tests::counting(Care::careful));
        EXPECT_NE(findings(another, seeds(1)).at(0).find("of another scenario than 'another'"),
                  std::string::npos);
    }
    const Variable seed("STORMGLASS_SEED", "seven");
    EXPECT_NE(findings(trial, seeds(1)).at(0).find("STORMGLASS_SEED wants"), std::string::npos);
}

RC_GTEST_PROP(Trial, repeats_every_case_by_its_token, ()) {
    const Trial& trial = tests::noisy(Care::careless);
    const auto which = gen::case_of(*gen::schedule(trial), *gen::workload(trial));
    const Outcome outcome = trial.run(which);
    const auto read = trial.from_token(trial.token(which, outcome));
    RC_ASSERT(read.ok());
    const Outcome again = trial.run(*read);
    RC_ASSERT(again.hash == outcome.hash);
    RC_ASSERT(again.broken.size() == outcome.broken.size());
}

TEST(Trial, of_a_bad_file_says_where_it_is_wrong) {
    const Trial trial(Place{"scenarios/wrong.yaml", STORMGLASS_TEST_DIR, __FILE__},
                      tests::counting(Care::careful));
    const auto texts = findings(trial, seeds(1));
    ASSERT_EQ(texts.size(), 1U);
    for (const char* says : {"scenarios/wrong.yaml:4:",
                             "cannot run without service 'sender'",
                             "probability must be between 0 and 1",
                             "no check 'never-to-many'; did you mean 'never-too-many'?"}) {
        EXPECT_NE(texts[0].find(says), std::string::npos) << says << "\n" << texts[0];
    }
    const Trial missing(Place{"scenarios/none.yaml", "", __FILE__}, [](World&) {});
    EXPECT_NE(findings(missing, seeds(1)).at(0).find("cannot read"), std::string::npos);
}

TEST(Trial, that_showed_nothing_is_inconclusive) {
    sim::Fault never{.kind = sim::FaultKind::loss, .name = "never"};
    never.set("probability", 0);
    Scenario values{.name = "idle", .faults = {never}, .sometimes = {"test.counted-again"}};
    const auto texts = findings(Trial(values, tests::counting(Care::careful)), seeds(3));
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_NE(texts[0].find("no run of 3 reached 'test.counted-again'"), std::string::npos);
    EXPECT_NE(texts[1].find("fault 'loss' took no effect in any of 3 runs"), std::string::npos);
}

TEST(Trial, that_never_settles_says_what_did_not_come_true) {
    sim::Fault all{.kind = sim::FaultKind::loss, .name = "all"};
    Scenario values{.name = "cut", .faults = {all}, .choices = 1};
    const Trial trial(values, [](World& world) {
        world.service<Counter>("counter", Care::careful);
        const auto sender = world.service<Sender>("sender", NodeId{1});
        world.workload([&world](std::uint32_t) { world.request("sender", "x", {}); });
        world.eventually("hell-freezes", [](const State&) { return false; });
    });
    const Outcome outcome = trial.run({1, {}});
    ASSERT_EQ(outcome.broken.size(), 1U);
    EXPECT_EQ(outcome.broken[0].check, "hell-freezes");
    EXPECT_GE(outcome.broken[0].at.ns, 30'000'000'000U);
}

TEST(Trial, of_a_violated_assertion_names_it) {
    class Impossible final : public tests::QuietNode {
      public:
        void start(const Recovered&, Moment, Effects&) override {
            STORMGLASS_UNREACHABLE("test.impossible");
        }
    };

    const Trial trial(Scenario{.name = "broken", .choices = 1},
                      [](World& world) { world.service<Impossible>("node"); });
    const Outcome outcome = trial.run({1, {}});
    ASSERT_EQ(outcome.broken.size(), 1U);
    EXPECT_EQ(outcome.broken[0].check, "test.impossible");
    EXPECT_EQ(outcome.broken[0].node, "node");
}

STORMGLASS_SCENARIO(Scenario,
                    of_parts_on_the_bus_delivers_what_it_accepted,
                    "scenarios/bus.yaml",
                    seeds(30)) {
    world.bus({"orders"});
    const auto shop = world.service<tests::Member>("shop", std::string("orders"));
    const auto desk = world.service<tests::Member>("desk", std::string("orders"));
    world.workload([&world](std::uint32_t number) {
        world.request("shop", "order " + std::to_string(number), {});
    });
    world.eventually("each-accepted-is-delivered", [shop, desk](const State& state) {
        const tests::Member* a = state.get(shop);
        const tests::Member* b = state.get(desk);
        // One group: each event goes to one of the two.
        return a != nullptr && b != nullptr && a->accepted() > 0 &&
               a->received() + b->received() >= a->accepted();
    });
}

}  // namespace
}  // namespace stormglass::trial
