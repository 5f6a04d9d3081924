// An assembly routes by part: answers come back to the part that asked, inputs go to the first
// part that takes them.
#include "runtime/component.hpp"

#include <gtest/gtest.h>

#include "tests/support/chance.hpp"

namespace stormglass {
namespace {

struct Echo final : Component {
    explicit Echo(std::string_view wanted) : prefix(wanted) {}

    void start(const Recovered&, Moment now, Effects& out) override {
        out.set_timer({1}, now.monotonic);
        out.read({2}, "file", 0, 10);
    }

    Handled on_message(NodeId, Bytes frame, Moment, Effects&) override {
        if (!as_text(frame).starts_with(prefix)) {
            return Handled::no;
        }
        ++messages;
        return Handled::yes;
    }

    void on_timer(TimerId timer, Moment, Effects&) override { timers += timer.value; }

    void on_storage(StorageToken token, const StorageResult&, Moment, Effects&) override {
        tokens += token.value;
    }

    void poke(Effects& out) {
        const auto scope = enter(out);
        out.set_timer({9}, {0});
    }

    std::string_view prefix;
    int messages = 0;
    std::uint64_t timers = 0;
    std::uint64_t tokens = 0;
};

class AssemblyTest : public testing::Test {
  protected:
    AssemblyTest() {
        first = &node.add(std::make_unique<Echo>("a"));
        second = &node.add(std::make_unique<Echo>("b"));
    }

    tests::TestChance chance;
    Effects out{chance};
    Assembly node;
    Echo* first = nullptr;
    Echo* second = nullptr;
};

TEST_F(AssemblyTest, returns_timers_and_storage_answers_to_the_part_that_asked) {
    node.start({}, {}, out);
    const auto effects = out.sealed();
    ASSERT_EQ(effects.size(), 4U);
    const Effect& timer_of_second = effects[2];
    const Effect& read_of_second = effects[3];
    tests::TestChance other;
    Effects next(other);
    node.on_timer(timer_of_second.timer, {}, next);
    node.on_storage(read_of_second.token, {}, {}, next);
    EXPECT_EQ(first->timers + first->tokens, 0U);
    EXPECT_EQ(second->timers, 1U);
    EXPECT_EQ(second->tokens, 2U);
}

TEST_F(AssemblyTest, offers_a_frame_until_a_part_takes_it) {
    node.on_message({1}, as_bytes("b-frame"), {}, out);
    EXPECT_EQ(first->messages, 0);
    EXPECT_EQ(second->messages, 1);
    EXPECT_TRUE(out.empty());
}

TEST_F(AssemblyTest, notes_a_frame_that_nobody_takes) {
    node.on_message({4}, as_bytes("zzz"), {}, out);
    const auto effects = out.sealed();
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(out.note_of(effects[0]).number("from"), 4U);
}

TEST_F(AssemblyTest, a_part_called_by_a_sibling_keeps_its_own_timers) {
    const Effects::Scope scope(out, first->part());
    second->poke(out);
    out.set_timer({3}, {0});
    const auto effects = out.sealed();
    EXPECT_EQ(effects[0].timer.value >> 56, second->part());
    EXPECT_EQ(effects[1].timer.value >> 56, first->part());
}

}  // namespace
}  // namespace stormglass
