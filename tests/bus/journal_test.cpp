// The journal on a disk that crashes: at every point between storage requests, with every way of
// losing, keeping and tearing what was not synced.
#include "bus/journal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/support/journal_life.hpp"

namespace stormglass::bus {
namespace {

using tests::Bodies;
using tests::body_of;
using tests::Life;
using tests::small_segments;
using tests::TestChance;
using tests::TinyDisk;

// A scripted life: what to append, when to flush, how many answers to take in between.
struct Script {
    std::uint64_t seed = 0;
    WriteTiming timing = WriteTiming::after_sync;
    std::size_t appends = 0;
    std::uint64_t stop_after = ~std::uint64_t{0};  // storage requests executed, then it dies

    std::size_t size_of(std::size_t n) const {
        const std::uint64_t draw = chain64(seed, 1000 + n);
        return static_cast<std::size_t>(draw % 4 == 0 ? draw % 3000 : draw % 300);
    }
};

struct Died {
    Bodies appended;
    Index synced = 0;
    bool finished = false;
};

Died run(const Script& script, TinyDisk& disk) {
    Died died;
    Life life(disk, small_segments(script.timing), script.seed);
    const auto may_go_on = [&] { return disk.completed() < script.stop_after; };
    const auto note = [&] { died.synced = life.journal().progress().synced; };
    while (life.journal().state() == Journal::State::recovering && may_go_on()) {
        life.complete_one();
    }
    if (life.journal().state() != Journal::State::ready) {
        return died;
    }
    for (std::size_t n = 0; n < script.appends; ++n) {
        died.appended.push_back(body_of(chain64(script.seed, n), script.size_of(n)));
        life.journal().append(7, died.appended.back(), Urgency::urgent);
        if (chain64(script.seed, 2000 + n) % 3 != 0) {
            life.flush();
        }
        for (std::uint64_t take = chain64(script.seed, 3000 + n) % 4; take > 0; --take) {
            if (disk.idle() || !may_go_on()) {
                break;
            }
            life.complete_one();
            note();
            life.flush();
        }
        if (!may_go_on()) {
            return died;
        }
    }
    life.flush();
    while (!disk.idle() && may_go_on()) {
        life.complete_one();
        note();
        life.flush();
    }
    died.finished = disk.idle();
    return died;
}

// What must hold after any crash: everything synced is there, nothing is there that was not
// appended, in order; and the journal goes on from there.
void expect_sound_recovery(TinyDisk disk, const Died& died) {
    Bodies expected;
    {
        Life life(disk, small_segments());
        life.settle();
        RC_ASSERT(life.journal().state() == Journal::State::ready);
        expected = life.recovered();
        RC_ASSERT(expected.size() >= died.synced);
        RC_ASSERT(expected.size() <= died.appended.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            RC_ASSERT(expected[i] == died.appended[i]);
        }
        // As long as the first lost one: what stood behind that one must not come back.
        const std::size_t lost = expected.size();
        const std::size_t size = lost < died.appended.size() ? died.appended[lost].size() : 1;
        for (std::uint64_t n = 0; n < 3; ++n) {
            expected.push_back(body_of(n, n == 0 ? size : 700 * n));
            life.journal().append(7, expected.back(), Urgency::urgent);
            life.settle();
            TinyDisk short_lived = disk;
            short_lived.crash_power(TinyDisk::Tear::lose_all, 1);
            Life next(short_lived, small_segments());
            next.settle();
            RC_ASSERT(next.recovered() == expected);
        }
        RC_ASSERT(life.journal().progress().synced == expected.size());
    }
    disk.crash_power(TinyDisk::Tear::lose_all, 1);
    Life again(disk, small_segments());
    again.settle();
    RC_ASSERT(again.recovered() == expected);
}

RC_GTEST_PROP(Journal, is_recovered_after_every_crash_point_and_tear, ()) {
    Script script;
    script.seed = *rc::gen::arbitrary<std::uint64_t>();
    script.timing = *rc::gen::element(WriteTiming::after_sync, WriteTiming::at_once);
    script.appends = *rc::gen::inRange<std::size_t>(1, 14);
    bool finished = false;
    for (std::uint64_t stop = 0; !finished; ++stop) {
        script.stop_after = stop;
        TinyDisk disk;
        const Died died = run(script, disk);
        finished = died.finished;
        TinyDisk alive = disk;
        alive.crash_process();
        expect_sound_recovery(alive, died);
        for (std::uint64_t n = 0; n < 5; ++n) {
            TinyDisk torn = disk;
            torn.crash_power(n == 0   ? TinyDisk::Tear::lose_all
                             : n == 1 ? TinyDisk::Tear::prefix
                                      : TinyDisk::Tear::sectors,
                             chain64(script.seed, stop * 8 + n));
            expect_sound_recovery(torn, died);
        }
    }
}

RC_GTEST_PROP(Journal, survives_crashes_during_recovery, ()) {
    Script script;
    script.seed = *rc::gen::arbitrary<std::uint64_t>();
    script.appends = *rc::gen::inRange<std::size_t>(2, 14);
    script.stop_after = *rc::gen::inRange<std::uint64_t>(4, 24);
    TinyDisk disk;
    const Died died = run(script, disk);
    disk.crash_power(TinyDisk::Tear::sectors, script.seed);
    for (std::uint64_t steps = 0; steps < 8; ++steps) {
        TinyDisk second = disk;
        {
            Life life(second, small_segments());
            for (std::uint64_t n = 0; n < steps && !second.idle(); ++n) {
                life.complete_one();
                life.flush();
            }
        }
        second.crash_power(TinyDisk::Tear::sectors, chain64(script.seed, steps));
        expect_sound_recovery(second, died);
    }
}

// A journal of `count` entries, one sync each, and the files they stand in.
TinyDisk written_one_by_one(std::size_t count, std::size_t size) {
    TinyDisk disk;
    Life life(disk, small_segments());
    life.settle();
    for (std::size_t n = 0; n < count; ++n) {
        life.journal().append(7, body_of(n, size), Urgency::urgent);
        life.settle();
    }
    CHECK(life.journal().progress().synced == count);
    return disk;
}

RC_GTEST_PROP(Journal, refuses_any_flipped_bit_before_the_last_witness, ()) {
    constexpr std::size_t kCount = 10;
    constexpr std::size_t kSize = 200;
    TinyDisk disk = written_one_by_one(kCount, kSize);
    // Entries but the last two: entry n says that entry n - 1 was synced.
    const std::size_t end = kSegmentHeaderBytes + (kCount - 2) * record_bytes(kSize);
    const auto at = *rc::gen::inRange<std::size_t>(0, end);
    const auto bit = *rc::gen::inRange(0, 8);
    disk.bytes(segment_name(1))[at] ^= static_cast<std::byte>(1 << bit);
    const bool in_padding = at >= 40 && at < kSegmentHeaderBytes;
    Life life(disk, small_segments());
    life.settle();
    if (in_padding) {
        RC_ASSERT(life.recovered().size() == kCount);
        return;
    }
    RC_ASSERT(life.journal().state() == Journal::State::halted);
    RC_ASSERT(life.journal().failure().code == "journal.corrupt");
    RC_ASSERT(life.journal().failure().text.find(segment_name(1)) != std::string::npos);
}

TEST(Journal, refuses_a_missing_segment) {
    for (const std::uint64_t missing : {1, 2}) {
        TinyDisk disk = written_one_by_one(60, 300);
        ASSERT_TRUE(disk.holds(segment_name(3)));
        disk.bytes(segment_name(missing)).assign(8 << 10, std::byte{0});
        Life life(disk, small_segments());
        life.settle();
        ASSERT_EQ(life.journal().state(), Journal::State::halted);
        EXPECT_EQ(life.journal().failure().code, "journal.corrupt");
    }
}

TEST(Journal, cuts_a_torn_tail_and_clears_it) {
    TinyDisk disk = written_one_by_one(5, 100);
    const std::size_t tail = kSegmentHeaderBytes + 5 * record_bytes(100);
    ByteBuffer& bytes = disk.bytes(segment_name(1));
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(tail), 1000, std::byte{0x5a});
    Life life(disk, small_segments());
    life.settle();
    ASSERT_EQ(life.journal().state(), Journal::State::ready);
    EXPECT_EQ(life.recovered().size(), 5U);
    EXPECT_EQ(life.journal().recovery().cut, 1000U);
    EXPECT_TRUE(all_zero(Bytes(disk.bytes(segment_name(1))).subspan(tail)));
}

TEST(Journal, halts_after_a_failed_write_or_sync) {
    for (const EffectKind kind : {EffectKind::write_at, EffectKind::sync}) {
        TinyDisk disk;
        Life life(disk, small_segments());
        life.settle();
        life.journal().append(7, body_of(1, 100), Urgency::urgent);
        disk.fail_next(kind, StorageStatus::io_error);
        life.settle();
        ASSERT_EQ(life.journal().state(), Journal::State::halted);
        EXPECT_EQ(life.journal().failure().code, "journal.write-failed");
        EXPECT_EQ(life.journal().progress().synced, 0U);
    }
}

TEST(Journal, one_sync_takes_all_that_waits) {
    TinyDisk disk;
    Life life(disk, small_segments());
    life.settle();
    const std::uint64_t before = disk.syncs().at(segment_name(1));
    life.journal().append(7, body_of(1, 100), Urgency::urgent);
    life.flush();
    for (std::uint64_t n = 2; n <= 20; ++n) {
        life.journal().append(7, body_of(n, 100), Urgency::urgent);
        life.flush();
    }
    life.settle();
    EXPECT_EQ(life.journal().progress().synced, 20U);
    EXPECT_EQ(disk.syncs().at(segment_name(1)) - before, 2U);
}

// Entries that count when written: nothing waits for a sync, and no sync is asked for at each.
TEST(Journal, written_at_once_syncs_in_the_background) {
    TinyDisk disk;
    Life life(disk, small_segments(WriteTiming::at_once));
    life.settle();
    const auto write_some = [&](std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t n = from; n <= to; ++n) {
            life.journal().append(7, body_of(n, 100), Urgency::urgent);
            for (int steps = 0; steps < 10; ++steps) {
                life.flush(Journal::Take::what_is_urgent);
                if (!disk.idle()) {
                    life.complete_one();
                }
            }
            EXPECT_EQ(life.journal().progress().written, n);
        }
    };
    write_some(1, 20);
    EXPECT_EQ(life.journal().progress().synced, 0U);
    life.settle();  // as when the background's time has come
    EXPECT_EQ(life.journal().progress().synced, 20U);
    const std::uint64_t syncs = disk.syncs().at(segment_name(1));
    write_some(21, 80);  // into the next segment, which begins only when this one is safe
    EXPECT_EQ(disk.syncs().at(segment_name(1)), syncs + 1);
    EXPECT_GT(life.journal().progress().synced, 50U);
    EXPECT_LT(life.journal().progress().synced, 80U);
}

TEST(Journal, written_at_once_bounds_what_is_unsynced) {
    TinyDisk disk;
    JournalOptions options;
    options.timing = WriteTiming::at_once;
    Life life(disk, options);
    life.settle();
    constexpr std::size_t kBody = 1 << 20;
    for (std::uint64_t n = 1; n <= 20; ++n) {
        life.journal().append(7, body_of(n, kBody), Urgency::urgent);
        life.flush(Journal::Take::what_is_urgent);
        while (!disk.idle()) {
            life.complete_one();
        }
        EXPECT_LE((n - life.journal().progress().synced) * kBody, 8U << 20);
    }
    EXPECT_GE(life.journal().progress().synced, 12U);
    EXPECT_LT(life.journal().progress().synced, 20U);
}

TEST(Journal, lazy_entries_wait_for_urgent_ones) {
    TinyDisk disk;
    Life life(disk, small_segments());
    life.settle();
    life.journal().append(7, body_of(1, 10), Urgency::lazy);
    life.flush(Journal::Take::what_is_urgent);
    EXPECT_TRUE(disk.idle());
    life.journal().append(7, body_of(2, 10), Urgency::urgent);
    life.flush(Journal::Take::what_is_urgent);
    life.settle();
    EXPECT_EQ(life.journal().progress().synced, 2U);
}

TEST(JournalScan, reads_a_whole_journal_from_memory) {
    TinyDisk disk = written_one_by_one(40, 500);

    struct Counting final : ScanListener {
        void on_scanned(const ScannedRecord& record) override {
            ++count;
            EXPECT_EQ(record.header.index, count);
        }

        Index count = 0;
    } counting;

    std::vector<SegmentBytes> segments;
    for (std::uint64_t n = 1; disk.holds(segment_name(n)); ++n) {
        segments.push_back({n, disk.bytes(segment_name(n))});
    }
    const Result<ScanEnd> end = scan_journal(segments, counting);
    ASSERT_TRUE(end.ok());
    EXPECT_EQ(counting.count, 40U);
    EXPECT_EQ(end->last_index, 40U);
    EXPECT_TRUE(end->garbage.empty());
    segments.erase(segments.begin());
    EXPECT_FALSE(scan_journal(segments, counting).ok());
}

}  // namespace
}  // namespace stormglass::bus
