// Projections on SQLite: ordinary tables that others can query, the same rows as in memory for any
// log and any lives, old forms replaced, refusals in words.
#include "sagas/sqlite/store.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sagas/projection.hpp"
#include "tests/sagas/scripted_client.hpp"
#include "tests/sagas/sqlite/scratch.hpp"
#include "tests/sagas/tally.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::sagas::tests {
namespace {

using sqlite::Database;
using sqlite::SqliteStore;

/// A projection on a database of its own; each life opens the file anew.
class Life {
  public:
    Life(const std::string& file, const Fold& fold, const TallyLog& log)
        : log_(log),
          out_(chance_) {
        auto opened = Database::open(file);
        CHECK(opened.ok());
        database_ = std::move(opened).value();
        store_ = std::make_unique<SqliteStore>(*database_, std::string(fold.name()));
        ProjectionConfig config;
        config.topic = "things";
        projection_ = std::make_unique<Projection>(client_, *store_, fold, config);
        projection_->start({}, now_, out_);
        projection_->on_ready(1, now_, out_);
        out_.clear();
    }

    /// Hands on the next `count` events of the log.
    void take(bus::Position count) {
        CHECK(!client_.reads.empty());
        ScriptedClient::ReadCall& call = client_.reads.front();
        const bus::Position end = std::min(log_.size(), call.from + count);
        std::vector<bus::Record> records;
        for (; call.from < end; ++call.from) {
            records.push_back(log_.record(call.from));
        }
        projection_->on_records(call.id, records, false, now_, out_);
        out_.clear();
    }

    void rebuild() {
        CHECK(projection_->rebuild(std::nullopt, now_, out_).ok());
        std::vector<bus::Record> records;
        for (bus::Position position = 0; position < log_.size(); ++position) {
            records.push_back(log_.record(position));
        }
        projection_->on_records(client_.reads.back().id, records, true, now_, out_);
        out_.clear();
    }

    Projection& projection() { return *projection_; }

    Database& database() { return *database_; }

  private:
    const TallyLog& log_;
    stormglass::tests::TestChance chance_;
    Effects out_;
    Moment now_{{1'000}, {1'000}};
    ScriptedClient client_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<SqliteStore> store_;
    std::unique_ptr<Projection> projection_;
};

TallyLog small_log() {
    TallyLog log;
    for (const char* text : {"add a", "add b", "add a", "drop b", "junk", "add c"}) {
        log.append(text);
    }
    return log;
}

TEST(SqliteStore, rows_are_ordinary_tables_beside_their_position) {
    const Scratch scratch;
    const std::string file = scratch.file("read.db");
    const Tally fold;
    const TallyLog log = small_log();
    Life life(file, fold, log);
    life.take(2);
    EXPECT_EQ(ask(file, "SELECT item, count, last FROM items ORDER BY item"),
              "a|1|event-0\nb|1|event-1");
    life.take(100);
    EXPECT_EQ(ask(file, "SELECT item, count, last FROM items ORDER BY item"),
              "a|2|event-2\nc|1|event-5");
    EXPECT_EQ(ask(file, "SELECT * FROM totals ORDER BY total"), "add|4\ndrop|1");
    EXPECT_EQ(ask(file, "SELECT * FROM tally_skipped_events"), "4|TALLY_JUNK|event-4|1");
    EXPECT_EQ(ask(file, "SELECT name, position, tables FROM stormglass_projections"),
              "tally|6|items totals tally_skipped_events");
}

TEST(SqliteStore, another_version_leaves_nothing_of_the_old_tables) {
    const Scratch scratch;
    const std::string file = scratch.file("read.db");
    const TallyLog log = small_log();
    const Tally old;
    Life(file, old, log).take(100);
    const Tally next(2);
    Life life(file, next, log);
    EXPECT_EQ(ask(file, "SELECT position FROM stormglass_projections"), "6");  // still the old ones
    life.take(1);
    EXPECT_EQ(ask(file, "SELECT item, count FROM items"), "a|1");
    EXPECT_EQ(ask(file, "SELECT count(*) FROM tally_skipped_events"), "0");
}

TEST(SqliteStore, two_projections_of_one_name_do_not_mix) {
    const Scratch scratch;
    const std::string file = scratch.file("read.db");
    const Tally fold;
    const TallyLog log = small_log();
    Life one(file, fold, log);
    Life other(file, fold, log);
    one.take(3);
    other.take(4);  // refused: not on top of what it had loaded
    EXPECT_EQ(other.projection().position(), 0U);
    EXPECT_EQ(ask(file, "SELECT position FROM stormglass_projections"), "3");
    Life again(file, fold, log);
    EXPECT_TRUE(same_rows(again.projection().tables(), log.fold(fold, 3)));
}

TEST(SqliteStore, a_table_of_somebody_else_is_not_touched) {
    const Scratch scratch;
    const std::string file = scratch.file("read.db");
    const Tally fold;
    const TallyLog log = small_log();
    {
        auto database = Database::open(file);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE((*database)->execute("CREATE TABLE items (mine INTEGER)").ok());
        ASSERT_TRUE((*database)->execute("INSERT INTO items VALUES (7)").ok());
    }
    Life life(file, fold, log);
    life.take(100);
    EXPECT_EQ(life.projection().position(), 0U);
    EXPECT_EQ(ask(file, "SELECT mine FROM items"), "7");
}

TEST(SqliteStore, refuses_what_is_no_database_in_words) {
    const Scratch scratch;
    const auto nowhere = Database::open(scratch.file("missing/read.db"));
    ASSERT_FALSE(nowhere.ok());
    EXPECT_EQ(nowhere.error().code, "SQ_OPEN");
    EXPECT_NE(nowhere.error().text.find("missing/read.db"), std::string::npos);
    const std::string file = scratch.file("text.db");
    std::ofstream(file) << std::string(4096, 'x');
    const auto text = Database::open(file);
    ASSERT_FALSE(text.ok());
    EXPECT_EQ(text.error().code, "SQ_OPEN");
}

RC_GTEST_PROP(SqliteStoreLaw, rows_equal_those_in_memory_over_any_lives, ()) {
    const Scratch scratch;
    const std::string file = scratch.file("read.db");
    const Tally fold;
    TallyLog log;
    Dice dice(*rc::gen::arbitrary<std::uint32_t>());
    for (int life = 0; life < 4; ++life) {
        for (std::uint64_t i = 1 + dice.below(8); i > 0; --i) {
            log.append_any(dice);
        }
        Life reader(file, fold, log);
        RC_ASSERT(same_rows(reader.projection().tables(),
                            log.fold(fold, reader.projection().position())));
        for (std::uint64_t i = dice.below(4); i > 0; --i) {
            reader.take(dice.below(5));
        }
        if (dice.chance(40)) {
            reader.rebuild();
            RC_ASSERT(reader.projection().position() == log.size());
        }
        RC_ASSERT(same_rows(reader.projection().tables(),
                            log.fold(fold, reader.projection().position())));
    }
}

}  // namespace
}  // namespace stormglass::sagas::tests
