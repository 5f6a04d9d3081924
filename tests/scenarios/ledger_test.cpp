// The ledger keeps what lasted, tells what a crash took back, and counts a repeated note once.
#include "scenarios/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include "bus/notes.hpp"

namespace stormglass::scenarios {
namespace {

namespace notes = bus::notes;

constexpr NodeId kBroker{1};

void store(Ledger& ledger, std::uint64_t index, std::uint64_t position) {
    const std::array fields = {NoteField("index", index),
                               NoteField("topic", std::string_view("orders")),
                               NoteField("position", position),
                               NoteField("source", std::string_view("shop")),
                               NoteField("epoch", 1),
                               NoteField("sequence", position + 1),
                               NoteField("digest", 7),
                               NoteField("key", std::string_view("k")),
                               NoteField("event", std::string_view("bytes"))};
    ledger.on_note(kBroker, 1, {index}, Note{notes::kStored, fields});
}

void recover(Ledger& ledger, std::uint64_t entries) {
    const std::array fields = {NoteField("entries", entries), NoteField("cut", 0)};
    ledger.on_note(kBroker, 2, {100}, Note{notes::kRecovered, fields});
}

class LedgerTest : public testing::Test {
  protected:
    void crash_and_restart() {
        ledger.on_crash(kBroker, 1, {50});
        ledger.on_start(kBroker, 2, {60});
    }

    Ledger ledger;
};

TEST_F(LedgerTest, keeps_events_in_journal_order) {
    store(ledger, 1, 0);
    store(ledger, 2, 1);
    ASSERT_EQ(ledger.stored().size(), 2U);
    EXPECT_EQ(ledger.stored()[1].position, 1U);
    EXPECT_EQ(ledger.names()[ledger.stored()[0].topic], "orders");
    EXPECT_EQ(ledger.text(ledger.stored()[0].event), "bytes");
}

TEST_F(LedgerTest, counts_what_a_recovery_repeats_once) {
    store(ledger, 1, 0);
    store(ledger, 2, 1);
    crash_and_restart();
    store(ledger, 2, 1);
    store(ledger, 3, 2);  // lasted, but its life died before it could tell
    recover(ledger, 3);
    EXPECT_EQ(ledger.stored().size(), 3U);
    EXPECT_TRUE(ledger.vanished().empty());
}

TEST_F(LedgerTest, moves_what_did_not_last_to_the_vanished) {
    store(ledger, 1, 0);
    store(ledger, 2, 1);
    crash_and_restart();
    recover(ledger, 1);
    ASSERT_EQ(ledger.vanished().size(), 1U);
    EXPECT_EQ(ledger.vanished()[0].position, 1U);
    EXPECT_EQ(ledger.recoveries().back().vanished, 1U);
    store(ledger, 2, 1);  // the index is free again
    EXPECT_EQ(ledger.stored().size(), 2U);
}

TEST_F(LedgerTest, has_a_digest_without_times) {
    Ledger later;
    store(ledger, 1, 0);
    const std::array fields = {NoteField("position", 3)};
    ledger.on_note(kBroker, 1, {5}, Note{notes::kDeliver, fields});
    store(later, 1, 0);
    later.on_note(kBroker, 1, {99}, Note{notes::kDeliver, fields});
    EXPECT_EQ(ledger.digest(), later.digest());
    store(later, 2, 1);
    EXPECT_NE(ledger.digest(), later.digest());
}

}  // namespace
}  // namespace stormglass::scenarios
