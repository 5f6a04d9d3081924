// The buffer keeps what was asked, in order, and lends it out without copies.
#include "runtime/effects.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/chance.hpp"

namespace stormglass {
namespace {

TEST(Effects, keep_their_order_and_their_bytes) {
    tests::TestChance chance;
    Effects out(chance);
    out.write_at({7}, "journal-1", 512, as_bytes("record"));
    out.sync({8}, "journal-1");
    out.send({3}, as_bytes("frame"), 99);
    out.set_timer({4}, {1000});

    const auto effects = out.sealed();
    ASSERT_EQ(effects.size(), 4U);
    EXPECT_EQ(effects[0].kind, EffectKind::write_at);
    EXPECT_EQ(out.file_of(effects[0]), "journal-1");
    EXPECT_EQ(effects[0].offset, 512U);
    EXPECT_EQ(as_text(out.bytes_of(effects[0])), "record");
    EXPECT_EQ(effects[1].kind, EffectKind::sync);
    EXPECT_EQ(effects[1].token, StorageToken{8});
    EXPECT_EQ(effects[2].to, NodeId{3});
    EXPECT_EQ(effects[2].about, 99U);
    EXPECT_EQ(as_text(out.bytes_of(effects[2])), "frame");
    EXPECT_EQ(effects[3].at, MonotonicTime{1000});
}

TEST(Effects, rename_carries_both_names) {
    tests::TestChance chance;
    Effects out(chance);
    out.rename({1}, "new.tmp", "manifest");
    const auto effects = out.sealed();
    EXPECT_EQ(out.file_of(effects[0]), "new.tmp");
    EXPECT_EQ(out.new_file_of(effects[0]), "manifest");
}

TEST(Effects, notes_hold_numbers_and_texts) {
    tests::TestChance chance;
    Effects out(chance);
    {
        std::string gone = "orders";  // a note keeps its own copy
        out.note("bus.stored", {{"topic", gone}, {"position", 17}});
    }
    out.send({1}, as_bytes(std::string(4096, 'x')));  // makes the arena move
    const auto effects = out.sealed();
    const Note note = out.note_of(effects[0]);
    EXPECT_EQ(note.kind, Site("bus.stored"));
    EXPECT_EQ(note.text("topic"), "orders");
    EXPECT_EQ(note.number("position"), 17U);
    EXPECT_EQ(note.number("absent", 5), 5U);
    EXPECT_EQ(note.text("absent"), "");
}

TEST(Effects, scope_marks_timers_and_tokens_and_ends) {
    tests::TestChance chance;
    Effects out(chance);
    {
        const Effects::Scope scope(out, 2);
        out.set_timer({5}, {1});
    }
    out.set_timer({5}, {1});
    const auto effects = out.sealed();
    EXPECT_EQ(effects[0].timer.value, (2ULL << 56) | 5);
    EXPECT_EQ(effects[1].timer.value, 5U);
}

TEST(Effects, cover_registers_its_mark_before_it_is_reached) {
    const auto marks = cover_marks();
    EXPECT_TRUE(std::binary_search(marks.begin(), marks.end(), "tests.never-reached"));
    tests::TestChance chance;
    Effects out(chance);
    if (out.maybe("tests.never")) {
        COVER(out, "tests.never-reached");
    }
    EXPECT_TRUE(out.empty());
}

RC_GTEST_PROP(Effects, lend_back_every_payload, (const std::vector<std::string>& payloads)) {
    tests::TestChance chance;
    Effects out(chance);
    for (const auto& payload : payloads) {
        out.append({1}, "file", as_bytes(payload));
        out.note("n", {{"text", std::string_view(payload)}});
    }
    const auto effects = out.sealed();
    RC_ASSERT(effects.size() == 2 * payloads.size());
    for (std::size_t i = 0; i < payloads.size(); ++i) {
        RC_ASSERT(as_text(out.bytes_of(effects[2 * i])) == payloads[i]);
        RC_ASSERT(out.note_of(effects[2 * i + 1]).text("text") == payloads[i]);
    }
}

}  // namespace
}  // namespace stormglass
