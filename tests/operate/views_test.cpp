// topic, group, dead, saga and trace over the files of a bus: what they say is what the broker
// itself knew.
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "bus/inspect.hpp"
#include "scenarios/operate/saga_book.hpp"
#include "tests/operate/sample_bus.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::json;
using tests::Ran;
using tests::SampleBus;

Json parsed(const Ran& ran) {
    EXPECT_EQ(ran.code, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false);
}

bool says(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

/// One run with every kind of trouble: declined orders, dead letters.
class Views : public testing::Test {
  protected:
    static void SetUpTestSuite() { sample = new SampleBus("poisoned-message", 4); }

    static void TearDownTestSuite() {
        delete sample;
        sample = nullptr;
    }

    static SampleBus* sample;
};

SampleBus* Views::sample = nullptr;

TEST_F(Views, of_topics_and_groups_agree_with_the_broker) {
    const Json topics = parsed(sample->stormglass("topic list --json --at file:{}"))["topics"];
    ASSERT_EQ(topics.size(), sample->machine().topics().size());
    for (bus::TopicId id = 0; id < topics.size(); ++id) {
        EXPECT_EQ(topics[id]["name"], sample->machine().topics()[id].name());
        EXPECT_EQ(topics[id]["length"], sample->machine().topics()[id].length());
    }
    const Json groups = parsed(sample->stormglass("group list --json --at file:{}"))["groups"];
    ASSERT_EQ(groups.size(), sample->machine().group_count());
    for (bus::GroupId id = 0; id < groups.size(); ++id) {
        std::map<bus::PositionClass, std::uint64_t> count;
        for (const auto& item : sample->machine().census(sample->machine().group(id))) {
            ++count[item.where];
        }
        EXPECT_EQ(groups[id]["waiting"], count[bus::PositionClass::waiting]);
        EXPECT_EQ(groups[id]["in_flight"], count[bus::PositionClass::in_flight]);
        EXPECT_EQ(groups[id]["retrying"], count[bus::PositionClass::retrying]);
        EXPECT_EQ(groups[id]["parked"], count[bus::PositionClass::parked]);
        EXPECT_EQ(groups[id]["dead"], count[bus::PositionClass::dead]);
    }
    const Ran text = sample->stormglass("topic show checkout.notifications --at file:{}");
    EXPECT_TRUE(says(text.out, "dashboard.news")) << text.out << text.err;
    EXPECT_TRUE(
        says(sample->stormglass("group show dashboard.news --at file:{}").out, "at-least-once"));
}

TEST_F(Views, of_dead_letters_show_every_attempt_and_the_event) {
    const Json letters =
        parsed(sample->stormglass("dead list --json --at file:{}"))["dead_letters"];
    const auto known = bus::dead_letter_infos(sample->machine(), "");
    ASSERT_EQ(letters.size(), known.size());
    ASSERT_FALSE(known.empty()) << "the scenario poisons messages";
    const std::string id = letters[0]["id"];
    const Json shown = parsed(sample->stormglass("dead show " + id + " --json --at file:{}"));
    EXPECT_EQ(shown["dead_letter"]["attempts"], known[0].attempts);
    EXPECT_EQ(shown["dead_letter"]["event"]["specversion"], "1.0");
    EXPECT_EQ(shown["dead_letter"]["event"]["partitionkey"], letters[0]["key"]);
    const Ran text = sample->stormglass("dead show 0x" + id + " --at file:{}");
    EXPECT_TRUE(says(text.out, "gave up on") && says(text.out, "attempt   1 by")) << text.out;
    EXPECT_EQ(sample->stormglass("dead show 00 --at file:{}").code, 64);
    EXPECT_TRUE(says(sample->stormglass("dead list --group nobody --at file:{}").out, "no dead"));
}

TEST_F(Views, of_sagas_count_every_order_and_say_why) {
    const Json sagas = parsed(sample->stormglass("saga list --json --at file:{}"));
    std::uint64_t counted = 0;
    for (const auto& [state, count] : sagas["counts"].items()) {
        counted += count.get<std::uint64_t>();
    }
    EXPECT_EQ(counted, sagas["sagas"].size());
    EXPECT_EQ(counted, 20U);
    std::map<std::string, std::string> one_of;
    for (const Json& saga : sagas["sagas"]) {
        one_of[saga["state"]] = saga["saga"];
    }
    ASSERT_TRUE(one_of.contains("completed"));
    const Ran shown = sample->stormglass("saga show " + one_of["completed"] + " --at file:{}");
    EXPECT_TRUE(says(shown.out, "reserve -> label + charge -> confirm (no return) -> ship"))
        << shown.out;
    EXPECT_TRUE(says(shown.out, "ok, ")) << shown.out;
    const Ran why = sample->stormglass("saga why " + one_of["completed"] + " --at file:{}");
    EXPECT_TRUE(says(why.out, "is completed: all 5 steps hold")) << why.out;
    EXPECT_EQ(std::count(why.out.begin(), why.out.end(), '\n'), 1);
    const Ran some = sample->stormglass("saga list --state completed --limit 1 --at file:{}");
    EXPECT_EQ(some.code, 0) << some.err;
    const Ran wrong = sample->stormglass("saga list --state complete --at file:{}");
    EXPECT_EQ(wrong.code, 64);
    EXPECT_TRUE(says(wrong.err, "did you mean 'completed'")) << wrong.err;
    EXPECT_TRUE(says(sample->stormglass("saga show ordr-1 --at file:{}").err, "did you mean"));
}

TEST_F(Views, of_a_trace_put_causes_before_effects) {
    const Json sagas = parsed(sample->stormglass("saga list --json --at file:{}"))["sagas"];
    const std::string saga = sagas[0]["saga"];
    const std::string trace = sagas[0]["trace"];
    const Json events =
        parsed(sample->stormglass("trace " + trace + " --json --at file:{}"))["events"];
    ASSERT_GT(events.size(), 5U);
    std::map<std::string, std::size_t> place;
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_TRUE(says(events[i]["event"]["traceparent"], trace));
        place[events[i]["event"]["id"]] = i;
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i]["event"].contains("causationid")) {
            const auto cause = place.find(events[i]["event"]["causationid"]);
            EXPECT_TRUE(cause == place.end() || cause->second < i);
        }
    }
    // A key means every trace that has it: here at least the saga's own.
    EXPECT_GE(parsed(sample->stormglass("trace " + saga + " --json --at file:{}"))["events"].size(),
              events.size());
    const std::string id = events[3]["event"]["id"];
    EXPECT_TRUE(parsed(sample->stormglass("trace " + id + " --json --at file:{}"))["events"] ==
                events);
    EXPECT_TRUE(says(sample->stormglass("trace " + saga + " --at file:{}").out, "reserve of"));
    EXPECT_EQ(sample->stormglass("trace nothing-like-it --at file:{}").code, 64);
}

struct BadUrl {
    const char* url;
    int code;
    const char* says;
};

TEST_F(Views, name_what_is_wrong_with_a_url) {
    for (const BadUrl& row :
         {BadUrl{"flie:data", 64, "did you mean 'file'?"},
          BadUrl{"strormglass://x:1", 64, "did you mean 'stormglass'?"},
          BadUrl{"{}", 64, "did you mean 'file:"},
          BadUrl{"localhost:7070", 64, "did you mean 'stormglass://localhost:7070'?"},
          BadUrl{"file:", 64, "names no folder"},
          BadUrl{"file:{}/nowhere", 66, "cannot read"},
          BadUrl{"file:/", 65, "holds no journal"},
          BadUrl{"stormglass://host", 64, "the port is missing"},
          BadUrl{"stormglass://host:x", 64, "a port is a number"},
          BadUrl{"stormglass://host:65536", 64, "a port is a number"},
          BadUrl{"stormglass://::1:80", 64, "stands in brackets"}}) {
        const Ran ran = sample->stormglass("topic list --at '" + std::string(row.url) + "'");
        EXPECT_EQ(ran.code, row.code) << row.url << ": " << ran.err;
        EXPECT_TRUE(says(ran.err, row.says)) << row.url << ": " << ran.err;
    }
    EXPECT_TRUE(says(sample->stormglass("topic list").err, "STORMGLASS_AT"));
}

}  // namespace
}  // namespace stormglass::scenarios
