// The replica of one, and the reader of what it wrote.
#include "bus/replica.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "bus/log_reader.hpp"
#include "tests/support/chance.hpp"
#include "tests/support/tiny_disk.hpp"

namespace stormglass::bus {
namespace {

using tests::TestChance;
using tests::TinyDisk;

struct Seen {
    Index index = 0;
    Term term = 0;
    std::string body;
    Location at;
    Replayed replayed = Replayed::no;
};

// A replica on a disk, and everything that it reported.
class Hosted final : public ReplicaListener {
  public:
    Hosted(TinyDisk& disk, Durability durability, const Rules& rules = sound_rules())
        : disk_(disk),
          replica(options(durability), durability, rules, *this) {
        replica.start(disk.recovered(), {}, out_);
        submit();
    }

    static JournalOptions options(Durability durability) {
        JournalOptions made;
        made.segment_bytes = 4 << 10;
        made.timing =
            durability == Durability::synced ? WriteTiming::after_sync : WriteTiming::at_once;
        return made;
    }

    void on_committed(const Committed& entry, Moment, Effects&) override {
        seen.push_back({entry.index,
                        entry.term,
                        std::string(as_text(entry.body)),
                        entry.body_at,
                        entry.replayed});
    }

    void on_serving(const RecoveryStats&, Moment, Effects&) override { serving = true; }

    void on_halted(const Error& why, Moment, Effects&) override { halted = why.code; }

    void propose(std::string_view body) {
        replica.propose(entry::Kind::batch, as_bytes(body), Urgency::urgent);
        flush();
    }

    void flush() {
        replica.flush(Journal::Take::what_is_urgent, out_);
        submit();
    }

    void complete_one() {
        const TinyDisk::Answer answer = disk_.complete_one();
        replica.on_storage(answer.token, answer.result, {}, out_);
        flush();
    }

    void settle() {
        flush();
        while (!disk_.idle()) {
            complete_one();
        }
    }

    std::vector<Seen> seen;
    bool serving = false;
    std::string_view halted;

  private:
    void submit() {
        for (const Effect& effect : out_.sealed()) {
            disk_.submit(out_, effect);
        }
        out_.clear();
    }

    TinyDisk& disk_;
    TestChance chance_;
    Effects out_{chance_};

  public:
    SoloReplica replica;
};

TEST(SoloReplica, commits_in_order_and_only_what_is_durable) {
    TinyDisk disk;
    Hosted host(disk, Durability::synced);
    host.settle();
    ASSERT_TRUE(host.serving);
    host.propose("one");
    host.propose("two");
    host.complete_one();  // the write
    EXPECT_TRUE(host.seen.empty());
    host.settle();
    ASSERT_EQ(host.seen.size(), 2U);
    EXPECT_EQ(host.seen[0].body, "one");
    EXPECT_EQ(host.seen[1].index, 2U);
}

TEST(SoloReplica, commits_when_written_where_that_is_enough) {
    TinyDisk disk;
    Hosted host(disk, Durability::written);
    host.settle();
    host.propose("one");
    host.complete_one();
    EXPECT_EQ(host.seen.size(), 1U);
}

TEST(SoloReplica, hands_everything_over_again_under_a_new_term) {
    TinyDisk disk;
    {
        Hosted host(disk, Durability::synced);
        host.settle();
        for (int n = 0; n < 40; ++n) {
            host.propose("entry " + std::string(300, 'x') + std::to_string(n));
            host.settle();
        }
    }
    disk.crash_power(TinyDisk::Tear::lose_all, 1);
    Hosted host(disk, Durability::synced);
    host.settle();
    ASSERT_TRUE(host.serving);
    ASSERT_EQ(host.seen.size(), 40U);
    EXPECT_EQ(host.seen[0].replayed, Replayed::surely);
    EXPECT_EQ(host.seen[38].replayed, Replayed::surely);
    EXPECT_EQ(host.seen[39].replayed, Replayed::perhaps);  // nothing after it bears witness
    host.propose("next");
    host.settle();
    EXPECT_EQ(host.seen.back().replayed, Replayed::no);
    EXPECT_GT(host.seen.back().term, host.seen[39].term);
    EXPECT_EQ(host.replica.held_bytes(), 0U);
}

TEST(SoloReplica, halts_and_serves_no_more_when_the_disk_fails) {
    TinyDisk disk;
    Hosted host(disk, Durability::synced);
    host.settle();
    disk.fail_next(EffectKind::write_at, StorageStatus::out_of_space);
    host.propose("one");
    host.settle();
    EXPECT_EQ(host.halted, "journal.write-failed");
    EXPECT_FALSE(host.replica.serving());
    EXPECT_TRUE(host.seen.empty());
}

// Whatever the size of the cache, any entry's bytes are found again, in memory or on disk.
RC_GTEST_PROP(LogReader, finds_every_entry_again, ()) {
    TinyDisk disk;
    Hosted host(disk, Durability::synced);
    host.settle();
    const auto cache = *rc::gen::inRange<std::size_t>(1, 6'000);
    LogReader reader(cache, 100);
    TestChance chance;
    Effects out(chance);
    const auto count = *rc::gen::inRange<std::size_t>(1, 60);
    for (std::size_t n = 0; n < count; ++n) {
        host.propose(
            std::string(*rc::gen::inRange<std::size_t>(1, 700), static_cast<char>('a' + n % 26)));
        host.settle();
        reader.add(host.seen.back().at, as_bytes(host.seen.back().body));
        const Seen& wanted = host.seen[*rc::gen::inRange<std::size_t>(0, host.seen.size())];
        auto found = reader.find(wanted.at);
        if (!found.has_value()) {
            reader.want(wanted.at, out);
            for (const Effect& effect : out.sealed()) {
                disk.submit(out, effect);
            }
            out.clear();
            const TinyDisk::Answer answer = disk.complete_one();
            RC_ASSERT(reader.on_storage(answer.token, answer.result));
            found = reader.find(wanted.at);
        }
        RC_ASSERT(found.has_value());
        RC_ASSERT(as_text(found->bytes) == wanted.body);
    }
}

TEST(LogReader, reports_a_file_that_ends_too_early) {
    LogReader reader(10, 100);
    TestChance chance;
    Effects out(chance);
    reader.want({1, 500, 20}, out);
    StorageResult result;
    result.bytes = as_bytes("short");
    EXPECT_FALSE(reader.on_storage({100}, result));
}

}  // namespace
}  // namespace stormglass::bus
