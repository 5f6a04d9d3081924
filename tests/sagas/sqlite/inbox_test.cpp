// A business with a database of its own: its work and the key of the effect are one transaction, so
// that effects which come again, after any crash, are done once.
#include "sagas/sqlite/inbox.hpp"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sagas/participant.hpp"
#include "tests/sagas/dice.hpp"
#include "tests/sagas/sqlite/scratch.hpp"

namespace stormglass::sagas::tests {
namespace {

using sqlite::Database;
using sqlite::SqliteInbox;
using sqlite::Transaction;

/// What docs/projections.md shows, with a crash that a test can ask for.
// clang-format off
// [business]
class Accounts final : public sagas::Business {
  public:
    Accounts(sqlite::Database& database, sagas::InboxTable& inbox)
        : database_(database), inbox_(inbox) {}

    sagas::Decision decide(const sagas::Command& command) override {
        sagas::Decision decision;
        decision.resource = "till";
        decision.amount = command.direction == sagas::Direction::undo ? -5 : 5;
        return decision;
    }

    void apply(const sagas::EffectRecord& effect) override {
        const std::string key = sagas::idempotency_key(effect.saga, effect.step, effect.direction);
        const auto done = inbox_.find(key);
        if (!done || done->has_value()) {
            return;  // done in an earlier life, or to be done by the next one
        }
        auto transaction = sqlite::Transaction::begin(database_);
        if (transaction && work(effect) && inbox_.record(key, "ok")) {
            static_cast<void>(transaction->commit());
        }
    }

    void reset() override {}  // the database outlives the process, unlike memory
// [end]
    // clang-format on

    bool dies = false;

  private:
    bool work(const EffectRecord& effect) {
        const auto done =
            database_.execute("UPDATE till SET amount = amount + " + std::to_string(effect.amount));
        return done.ok() && !dies;  // the process ends before it commits
    }

    Database& database_;
    InboxTable& inbox_;
};

std::unique_ptr<Database> opened(const std::string& file) {
    auto database = Database::open(file);
    CHECK(database.ok());
    CHECK((*database)->execute("CREATE TABLE IF NOT EXISTS till (amount INTEGER NOT NULL)").ok());
    return std::move(database).value();
}

TEST(SqliteInbox, knows_what_was_recorded_in_a_transaction_that_held) {
    const Scratch scratch;
    const auto database = opened(scratch.file("own.db"));
    const auto inbox = SqliteInbox::open(*database).value().release();
    const std::unique_ptr<SqliteInbox> owner(inbox);
    {
        auto transaction = Transaction::begin(*database);
        ASSERT_TRUE(transaction.ok());
        ASSERT_TRUE(inbox->record("order-1/charge/do", "ok").ok());
    }
    EXPECT_FALSE(inbox->find("order-1/charge/do")->has_value());
    {
        auto transaction = Transaction::begin(*database);
        ASSERT_TRUE(transaction.ok());
        ASSERT_TRUE(inbox->record("order-1/charge/do", "ok").ok());
        ASSERT_TRUE(transaction->commit().ok());
    }
    EXPECT_EQ(inbox->find("order-1/charge/do")->value(), "ok");
    EXPECT_EQ(inbox->record("order-1/charge/do", "ok").error().code, "SQ_FAILED");
    EXPECT_FALSE(inbox->find("order-1/charge/undo")->has_value());
}

RC_GTEST_PROP(SqliteInboxLaw, work_is_done_once_however_often_effects_come, ()) {
    const Scratch scratch;
    const std::string file = scratch.file("own.db");
    CHECK(opened(file)->execute("INSERT INTO till VALUES (0)").ok());
    Dice dice(*rc::gen::arbitrary<std::uint32_t>());
    std::set<std::string> sagas;
    for (int life = 0; life < 4; ++life) {
        const auto database = opened(file);
        const auto inbox = std::move(SqliteInbox::open(*database)).value();
        Accounts accounts(*database, *inbox);
        std::vector<std::string> past(sagas.begin(), sagas.end());  // read again by a new life
        for (std::uint64_t i = dice.below(6); i > 0; --i) {
            past.push_back("order-" + std::to_string(dice.below(8)));
        }
        for (const std::string& saga : past) {
            EffectRecord effect;
            effect.saga = saga;
            effect.step = "charge";
            effect.amount = 5;
            accounts.dies = life < 3 && dice.chance(20);
            accounts.apply(effect);
            sagas.insert(saga);
            if (accounts.dies) {
                break;
            }
        }
    }
    const std::string total = ask(file, "SELECT amount FROM till");
    RC_ASSERT(total == std::to_string(5 * sagas.size()));
}

}  // namespace
}  // namespace stormglass::sagas::tests
