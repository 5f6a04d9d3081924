// Disk: a model property over random operations and crashes, and the small print: names, sizes,
// torn writes, order and latency.
#include "sim/disk.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/support/chance.hpp"

namespace stormglass::tests {
namespace {

using sim::CrashOutcome;
using sim::CrashPlan;
using sim::Disk;
using sim::DiskOptions;
using sim::LossMode;
using sim::TornMode;

/// Drives a disk by effects, one at a time, each answered before the next unless `leave` is used.
class DiskDriver {
  public:
    explicit DiskDriver(DiskOptions options = {}) : disk(options, 7) {}

    StorageStatus create(std::string_view file, std::uint64_t size = 0) {
        effects_.create({}, file, size);
        return finish();
    }

    StorageStatus append(std::string_view file, std::string_view text) {
        effects_.append({}, file, as_bytes(text));
        return finish();
    }

    StorageStatus write_at(std::string_view file, std::uint64_t offset, std::string_view text) {
        effects_.write_at({}, file, offset, as_bytes(text));
        return finish();
    }

    StorageStatus sync(std::string_view file) {
        effects_.sync({}, file);
        return finish();
    }

    StorageStatus truncate(std::string_view file, std::uint64_t size) {
        effects_.truncate({}, file, size);
        return finish();
    }

    StorageStatus rename(std::string_view from, std::string_view to) {
        effects_.rename({}, from, to);
        return finish();
    }

    StorageStatus remove(std::string_view file) {
        effects_.remove({}, file);
        return finish();
    }

    std::string read(std::string_view file, std::uint64_t offset, std::uint64_t length) {
        effects_.read({}, file, offset, length);
        finish();
        return last_;
    }

    Disk::Ticket leave_append(std::string_view file, std::string_view text) {
        effects_.append({}, file, as_bytes(text));
        return submit();
    }

    Disk::Ticket submit() {
        const Disk::Ticket ticket = disk.submit(effects_.sealed()[0], effects_, now);
        effects_.clear();
        return ticket;
    }

    std::string content(std::string_view file) const {
        return std::string(as_text(disk.bytes_of(file)));
    }

    std::set<std::string> names() {
        std::set<std::string> found;
        for (const RecoveredFile& file : disk.files()) {
            found.emplace(file.name);
        }
        return found;
    }

    Disk disk;
    MonotonicTime now;

  private:
    StorageStatus finish() {
        const Disk::Ticket ticket = submit();
        now = ticket.done_at;
        const Disk::Answer answer = disk.complete(ticket.request);
        last_ = std::string(as_text(answer.result.bytes));
        return answer.result.status;
    }

    TestChance chance_;
    Effects effects_{chance_};
    std::string last_;
};

CrashPlan losing(LossMode mode, std::uint64_t draw = 1) {
    return {mode, TornMode::none, 512, draw};
}

LossMode any_mode(std::uint32_t word) {
    return std::array{LossMode::all, LossMode::prefix, LossMode::subset}[word % 3];
}

/// What a file may hold after a crash: per byte, the values that were written since the last sync
/// and the one that was synced.
struct ByteModel {
    std::map<std::uint64_t, std::set<char>> possible;
    std::map<std::uint64_t, char> synced;

    void write(std::uint64_t offset, std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            possible[offset + i].insert(text[i]);
            current[offset + i] = text[i];
        }
    }

    void sync() {
        synced = current;
        possible.clear();
    }

    bool allows(std::uint64_t at, char value) const {
        const auto stable = synced.find(at);
        if (value == (stable == synced.end() ? '\0' : stable->second)) {
            return true;
        }
        const auto found = possible.find(at);
        return found != possible.end() && found->second.contains(value);
    }

    void crashed(const std::string& content) {
        current.clear();
        for (std::size_t i = 0; i < content.size(); ++i) {
            current[i] = content[i];
        }
        sync();
    }

    std::map<std::uint64_t, char> current;
};

RC_GTEST_PROP(Disk, keeps_what_was_synced_and_invents_nothing_under_crashes, ()) {
    DiskDriver driver;
    ByteModel model;
    RC_ASSERT(driver.create("f") == StorageStatus::ok);
    RC_ASSERT(driver.sync("f") == StorageStatus::ok);
    const auto words =
        *rc::gen::container<std::vector<std::uint32_t>>(40, rc::gen::arbitrary<std::uint32_t>());
    for (const std::uint32_t word : words) {
        const std::string text(1 + (word >> 4) % 1500, static_cast<char>('a' + (word >> 20) % 26));
        const std::uint64_t offset = (word >> 8) % 3000;
        if (word % 8 < 5) {
            driver.write_at("f", offset, text);
            model.write(offset, text);
        } else if (word % 8 < 7) {
            driver.sync("f");
            model.sync();
        } else {
            CrashPlan plan = losing(any_mode(word >> 3), word);
            plan.torn = (word & 64) != 0 ? TornMode::subset : TornMode::front;
            driver.disk.crash(plan);
            const std::string content = driver.content("f");
            RC_ASSERT(content.size() >= model.synced.size());
            for (std::size_t i = 0; i < content.size(); ++i) {
                RC_ASSERT(model.allows(i, content[i]));
            }
            for (const auto& [at, value] : model.synced) {
                RC_ASSERT(at < content.size());
                RC_ASSERT((model.possible.contains(at) || content[at] == value));
            }
            model.crashed(content);
        }
    }
}

TEST(Disk, keeps_written_data_when_only_the_process_crashes) {
    DiskDriver driver;
    driver.create("f");
    driver.append("f", "written");
    driver.disk.crash({});
    EXPECT_EQ(driver.content("f"), "written");
    EXPECT_TRUE(driver.disk.has_unsynced());
}

TEST(Disk, loses_all_that_is_unsynced_its_creation_included) {
    DiskDriver driver;
    driver.create("old");
    driver.append("old", "safe");
    driver.sync("old");
    driver.append("old", " lost");
    driver.create("new");
    driver.append("new", "lost");
    const CrashOutcome outcome = driver.disk.crash(losing(LossMode::all));
    EXPECT_EQ(driver.content("old"), "safe");
    EXPECT_EQ(driver.names(), (std::set<std::string>{"old"}));
    EXPECT_EQ(outcome.writes_lost, 2U);
    EXPECT_EQ(outcome.names_lost, 1U);
}

TEST(Disk, keeps_a_prefix_of_the_unsynced_writes_and_for_some_draws_each_length) {
    std::set<std::string> seen;
    for (std::uint64_t draw = 0; draw < 64; ++draw) {
        DiskDriver driver;
        driver.create("f");
        driver.sync("f");
        for (const std::string_view piece : {"1", "2", "3"}) {
            driver.append("f", piece);
        }
        driver.disk.crash(losing(LossMode::prefix, draw));
        seen.insert(driver.content("f"));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"", "1", "12", "123"}));
}

TEST(Disk, keeps_later_writes_and_loses_earlier_ones_as_a_subset) {
    std::set<std::string> seen;
    for (std::uint64_t draw = 0; draw < 64; ++draw) {
        DiskDriver driver;
        driver.create("f");
        driver.append("f", "..");
        driver.sync("f");
        driver.write_at("f", 0, "1");
        driver.write_at("f", 1, "2");
        driver.disk.crash(losing(LossMode::subset, draw));
        seen.insert(driver.content("f"));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"..", "1.", ".2", "12"}));
}

TEST(Disk, undoes_an_unsynced_truncation_and_rename) {
    DiskDriver driver;
    driver.create("a");
    driver.append("a", "content");
    driver.sync("a");
    driver.truncate("a", 3);
    driver.rename("a", "b");
    EXPECT_EQ(driver.content("b"), "con");
    driver.disk.crash(losing(LossMode::all));
    EXPECT_EQ(driver.names(), (std::set<std::string>{"a"}));
    EXPECT_EQ(driver.content("a"), "content");
}

TEST(Disk, keeps_a_rename_and_what_it_replaced_away_once_synced) {
    DiskDriver driver;
    for (const std::string_view file : {"new", "live"}) {
        driver.create(file);
        driver.append(file, file);
        driver.sync(file);
    }
    driver.rename("new", "live");
    driver.sync("live");
    driver.disk.crash(losing(LossMode::all));
    EXPECT_EQ(driver.names(), (std::set<std::string>{"live"}));
    EXPECT_EQ(driver.content("live"), "new");
}

TEST(Disk, brings_a_removed_file_back_until_a_later_sync) {
    DiskDriver driver;
    for (const std::string_view file : {"a", "b"}) {
        driver.create(file);
        driver.append(file, "x");
        driver.sync(file);
    }
    driver.remove("a");
    driver.disk.crash(losing(LossMode::all));
    EXPECT_EQ(driver.names(), (std::set<std::string>{"a", "b"}));
    driver.remove("a");
    driver.sync("b");
    driver.disk.crash(losing(LossMode::all));
    EXPECT_EQ(driver.names(), (std::set<std::string>{"b"}));
}

TEST(Disk, tears_one_write_at_a_sector_from_the_front) {
    std::set<std::size_t> sizes;
    for (std::uint64_t draw = 0; draw < 64; ++draw) {
        DiskDriver driver;
        driver.create("f");
        driver.sync("f");
        driver.append("f", std::string(2000, 'x'));
        const CrashOutcome outcome = driver.disk.crash({LossMode::all, TornMode::front, 512, draw});
        EXPECT_EQ(outcome.writes_torn, 1U);
        sizes.insert(driver.content("f").size());
    }
    EXPECT_EQ(sizes, (std::set<std::size_t>{512, 1024, 1536}));
}

TEST(Disk, tears_only_the_last_write_when_nothing_else_is_lost) {
    DiskDriver driver;
    driver.create("f");
    driver.append("f", std::string(700, 'a'));
    driver.append("f", std::string(700, 'b'));
    driver.disk.crash({LossMode::none, TornMode::front, 512, 3});
    const std::string content = driver.content("f");
    EXPECT_EQ(content.substr(0, 700), std::string(700, 'a'));
    EXPECT_LT(content.size(), 1400U);
    EXPECT_GT(content.size(), 700U);
}

TEST(Disk, cannot_tear_a_write_within_one_sector) {
    DiskDriver driver;
    driver.create("f");
    driver.append("f", "small");
    EXPECT_EQ(driver.disk.crash({LossMode::none, TornMode::subset, 512, 3}).writes_torn, 0U);
    EXPECT_EQ(driver.content("f"), "small");
}

TEST(Disk, has_done_a_drawn_prefix_of_what_was_unanswered_at_a_crash) {
    std::set<std::string> seen;
    for (std::uint64_t draw = 0; draw < 64; ++draw) {
        DiskDriver driver;
        driver.create("f");
        driver.leave_append("f", "1");
        driver.leave_append("f", "2");
        CrashPlan plan;
        plan.draw = draw;
        driver.disk.crash(plan);
        EXPECT_EQ(driver.disk.under_way(), 0U);
        seen.insert(driver.content("f"));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"", "1", "12"}));
}

TEST(Disk, completes_one_file_in_order_and_lets_files_overtake_each_other) {
    DiskDriver driver;
    driver.create("a");
    driver.create("b");
    driver.now = {1'000'000};
    const auto first = driver.leave_append("a", "1");
    const auto second = driver.leave_append("a", "2");
    const auto other = driver.leave_append("b", "3");
    EXPECT_EQ(first.done_at, (MonotonicTime{1'020'000}));
    EXPECT_EQ(second.done_at, (MonotonicTime{1'040'000}));
    EXPECT_EQ(other.done_at, (MonotonicTime{1'020'000}));
}

TEST(Disk, reads_zeros_in_preallocated_space_and_less_at_the_end) {
    DiskDriver driver;
    driver.create("f", 100);
    driver.write_at("f", 10, "ab");
    EXPECT_EQ(driver.read("f", 9, 4), std::string("\0ab\0", 4));
    EXPECT_EQ(driver.read("f", 98, 50), std::string(2, '\0'));
    EXPECT_EQ(driver.read("f", 200, 50), "");
    EXPECT_EQ(driver.disk.size_of("f"), 100U);
}

TEST(Disk, answers_errors_and_changes_nothing) {
    DiskDriver driver({.capacity = 100});
    EXPECT_EQ(driver.create("f", 60), StorageStatus::ok);
    EXPECT_EQ(driver.create("f"), StorageStatus::already_exists);
    EXPECT_EQ(driver.create("g", 50), StorageStatus::out_of_space);
    EXPECT_EQ(driver.append("missing", "x"), StorageStatus::not_found);
    EXPECT_EQ(driver.rename("missing", "f"), StorageStatus::not_found);
    EXPECT_EQ(driver.append("f", std::string(41, 'x')), StorageStatus::out_of_space);
    EXPECT_EQ(driver.disk.size_of("f"), 60U);
    EXPECT_EQ(driver.append("f", std::string(40, 'x')), StorageStatus::ok);
    EXPECT_EQ(driver.write_at("f", ~0ULL, "x"), StorageStatus::out_of_space);
    EXPECT_EQ(driver.truncate("f", 10), StorageStatus::ok);
    EXPECT_EQ(driver.append("f", std::string(90, 'x')), StorageStatus::ok);
    EXPECT_EQ(driver.remove("f"), StorageStatus::ok);
    EXPECT_EQ(driver.create("g", 100), StorageStatus::ok);
}

}  // namespace
}  // namespace stormglass::tests
