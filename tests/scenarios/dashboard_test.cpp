// The dashboard of the checkout world: the same fold over the log of a simulated run fills SQL
// tables with the rows that the run's own read model had, and people can ask them.
#include "scenarios/worlds/dashboard.hpp"

#include <gtest/gtest.h>

#include "runtime/crypto/ed25519.hpp"
#include "sagas/sqlite/store.hpp"
#include "scenarios/runs/run.hpp"
#include "scenarios/worlds/checkout.hpp"
#include "scenarios/worlds/checkout_saga.hpp"
#include "tests/sagas/scripted_client.hpp"
#include "tests/sagas/sqlite/scratch.hpp"
#include "tests/scenarios/shipped_plan.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::scenarios {
namespace {

using sagas::tests::ask;

/// The journal of a finished run, with views that live as long as the run.
std::vector<bus::Record> journal_of(const CheckoutWorld& world) {
    std::vector<bus::Record> records;
    for (const Stored& stored : world.ledger().stored()) {
        if (world.ledger().names()[stored.topic] == topics::kJournal) {
            const auto event = bus::decode_event(as_bytes(world.ledger().text(stored.event)));
            EXPECT_TRUE(event.ok());
            records.push_back({stored.position, event.value()});
        }
    }
    return records;
}

/// Follows the journal into a database, in pieces.
void fill(const std::string& file, const CheckoutFold& fold, std::span<const bus::Record> journal) {
    auto database = sagas::sqlite::Database::open(file);
    ASSERT_TRUE(database.ok());
    sagas::sqlite::SqliteStore store(**database, std::string(fold.name()));
    sagas::tests::ScriptedClient client;
    stormglass::tests::TestChance chance;
    Effects out(chance);
    const Moment now{{1'000}, {1'000}};
    sagas::ProjectionConfig config;
    config.topic = std::string(topics::kJournal);
    sagas::Projection projection(client, store, fold, config);
    projection.start({}, now, out);
    projection.on_ready(1, now, out);
    while (!journal.empty()) {
        const auto piece = journal.first(std::min<std::size_t>(journal.size(), 7));
        journal = journal.subspan(piece.size());
        projection.on_records(client.reads.front().id, piece, journal.empty(), now, out);
        out.clear();
    }
}

TEST(Dashboard, holds_in_sql_what_it_held_in_the_simulated_run) {
    ASSERT_TRUE(crypto::initialise().ok());
    for (const char* scenario : {"calm", "poisoned-message", "projection-crash"}) {
        const Plan plan = tests::shipped_plan(scenario);
        RunOptions options;
        options.seed = 11;
        CheckoutWorld world(plan, options);
        ASSERT_TRUE(world.run()) << scenario;
        const sagas::tests::Scratch scratch;
        const std::string file = scratch.file("dashboard.db");
        const auto journal = journal_of(world);
        fill(file, world.fold(), journal);

        const sagas::Tables& rows = world.projection()->tables();
        for (const auto& [id, row] : rows.rows(CheckoutFold::kOrders)) {
            std::string expected = std::get<std::string>(row[0]);
            for (std::size_t column = 1; column < row.size(); ++column) {
                expected += "|" + std::to_string(std::get<std::int64_t>(row[column]));
            }
            std::string question = "SELECT state, cents, item, updated FROM orders WHERE id = '";
            question += id;
            question += "'";
            EXPECT_EQ(ask(file, question), expected) << scenario << " " << id;
        }
        EXPECT_EQ(ask(file, "SELECT count(*) FROM orders"),
                  std::to_string(rows.rows(CheckoutFold::kOrders).size()));
        EXPECT_EQ(ask(file, "SELECT count(*) FROM open_orders"), "0");
        EXPECT_EQ(ask(file, "SELECT position FROM stormglass_projections"),
                  std::to_string(journal.size()));
        // What a person would ask, and both tables agree.
        EXPECT_EQ(ask(file, "SELECT count(*), sum(cents) FROM orders WHERE state = 'completed'"),
                  ask(file, "SELECT orders, cents FROM totals WHERE state = 'completed'"));
        const std::string skipped = ask(file, "SELECT count(*) FROM checkout_skipped_events");
        EXPECT_EQ(skipped != "0", std::string_view(scenario) == "poisoned-message") << skipped;
    }
}

TEST(Dashboard, reads_requests_and_refuses_what_it_does_not_know) {
    ASSERT_TRUE(crypto::initialise().ok());
    const Plan plan = tests::shipped_plan("calm");
    CheckoutWorld world(plan, {});
    ASSERT_TRUE(world.run());
    const NodeId dashboard = world.world().find("dashboard");
    const auto answer = [&](std::string_view request) {
        std::string text;
        world.world().request(dashboard, as_bytes(request), [&text](const sim::Reply& reply) {
            text = as_text(reply.body);
        });
        world.world().run_for(seconds(2));
        return text;
    };
    EXPECT_EQ(answer("show order-1").substr(0, 14), "order order-1 ");
    EXPECT_EQ(answer("show nobody 3").substr(0, 16), "no-order nobody ");
    EXPECT_EQ(answer("show order-1 100000"), "refused PR_BEHIND");
    EXPECT_EQ(answer("show order-1 x"), "refused not-a-position");
    EXPECT_EQ(answer("dance"), "refused unknown-request");
    EXPECT_EQ(answer("rebuild nonsense"), "refused PR_SNAPSHOT");
    const std::string snapshot = answer("snapshot");
    EXPECT_EQ(answer("rebuild " + snapshot), "rebuilding");
    EXPECT_EQ(answer("rebuild"), "rebuilding");
}

}  // namespace
}  // namespace stormglass::scenarios
