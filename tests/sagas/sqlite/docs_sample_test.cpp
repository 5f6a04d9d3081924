// The code of docs/projections.md, compiled and run; what stands between the marks is what the page
// shows.
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sagas/messages.hpp"
#include "sagas/projection.hpp"
#include "sagas/sqlite/store.hpp"
#include "tests/sagas/scripted_client.hpp"
#include "tests/sagas/sqlite/scratch.hpp"
#include "tests/support/chance.hpp"

namespace stormglass {
namespace {

// clang-format off
// [fold]
class Shelves final : public sagas::Fold {
  public:
    std::string_view name() const override { return "shelves"; }
    std::uint32_t version() const override { return 1; }

    std::vector<sagas::TableShape> tables() const override {
        return {{"shelves", "item", {{"pieces", sagas::CellKind::integer},
                                     {"last_saga", sagas::CellKind::text}}}};
    }

    Result<void> apply(const bus::Record& record, sagas::Tables& tables) const override {
        if (sagas::kind_of(record.event.payload) == sagas::MessageKind::claim) {
            return {};  // none of our business
        }
        const auto effect = sagas::decode_effect_record(record.event.payload);
        if (!effect) {
            return effect.error();  // kept in shelves_skipped_events
        }
        if (effect->effect == sagas::Impact::applied) {
            const sagas::Row* row = tables.find(0, effect->resource);
            const std::int64_t pieces = row == nullptr ? 0 : std::get<std::int64_t>((*row)[0]);
            tables.put(0, effect->resource, {pieces + effect->amount, std::string(effect->saga)});
        }
        return {};
    }
};
// [end]

class Shop final : public sagas::ProjectionObserver {
  public:
// [observer]
void on_read(const sagas::ReadAnswer& answer, Moment, Effects&) override {
    if (!answer.code.empty()) {
        show("try again: " + std::string(answer.code));  // PR_BEHIND: not there yet
    } else if (const sagas::Row* row = answer.tables->find(0, "book")) {
        show(std::to_string(std::get<std::int64_t>((*row)[0])) + " books");
    }
}

void on_live_event(const bus::Record& record, Moment, Effects&) override {
    mail_about(record.event.id);  // never during a rebuild
}
// [end]

    std::string shown;
    int mails = 0;

  private:
    void show(std::string text) { shown = std::move(text); }

    void mail_about(std::string_view) { ++mails; }
};

// clang-format on

/// A record of an effect: so many books, by this saga.
ByteBuffer effect_of(const std::string& saga, std::int64_t amount) {
    sagas::EffectRecord effect;
    effect.saga = saga;
    effect.step = "reserve";
    effect.attempt = 1;
    effect.binding = true;
    effect.amount = amount;
    effect.resource = "book";
    ByteBuffer bytes;
    encode(effect, bytes);
    return bytes;
}

TEST(DocsOfProjections, shelves_follow_the_stock_into_a_table) {
    const sagas::tests::Scratch scratch;
    const std::string file = scratch.file("shop.db");
    sagas::tests::ScriptedClient session;
    tests::TestChance chance;
    Effects out(chance);
    const Moment now{{1'000'000}, {1'000'000}};
    Shop shop;
    // clang-format off
// [assemble]
auto database = sagas::sqlite::Database::open(file);
if (!database) {
    FAIL() << database.error().text;
}
sagas::sqlite::SqliteStore store(**database, "shelves");
Shelves shelves;
sagas::ProjectionConfig config;
config.topic = "stock.effects";
config.staleness_max = seconds(2);  // declared: an alarm beyond it
sagas::Projection projection(session, store, shelves, config, &shop);
// [end]
    // clang-format on
    projection.start({}, now, out);
    projection.on_ready(1, now, out);
    projection.on_records(session.reads.front().id, {}, true, now, out);
    session.reads.clear();
    projection.on_timer({1}, now, out);  // the next look
    const ByteBuffer bytes = effect_of("order-17", -1);
    bus::Record record;
    record.event.id = "event-0";
    record.event.payload = bytes;
    const bus::Position position = 0;
    // clang-format off
// [read]
sagas::ReadRequest request;
request.id = 1;
request.written = position;  // of an event that the reader has published, as its outcome said
projection.read(request, now, out);
// [end]
    // clang-format on
    EXPECT_EQ(shop.shown, "");
    projection.on_records(session.reads.front().id, {&record, 1}, true, now, out);
    EXPECT_EQ(shop.shown, "-1 books");
    EXPECT_EQ(shop.mails, 1);
    EXPECT_EQ(sagas::tests::ask(file, "SELECT pieces, last_saga FROM shelves"), "-1|order-17");
    ASSERT_TRUE(projection.rebuild(std::nullopt, now, out).ok());
    projection.on_records(session.reads.back().id, {&record, 1}, true, now, out);
    EXPECT_EQ(shop.mails, 1);
    EXPECT_EQ(sagas::tests::ask(file, "SELECT pieces, last_saga FROM shelves"), "-1|order-17");
}

std::string text_of(const std::string& file) {
    std::ifstream in(std::string(STORMGLASS_SOURCE_DIR "/").append(file));
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string marked(const std::string& text, const std::string& mark) {
    const std::string open = "// [" + mark + "]\n";
    const std::size_t from = text.find(open) + open.size();
    return text.substr(from, text.find("// [end]", from) - from);
}

TEST(DocsOfProjections, page_shows_what_was_compiled) {
    const std::string page = text_of("docs/projections.md");
    ASSERT_FALSE(page.empty());
    const std::string sample = text_of("tests/sagas/sqlite/docs_sample_test.cpp");
    for (const char* mark : {"fold", "observer", "assemble", "read"}) {
        const std::string code = marked(sample, mark);
        ASSERT_GT(code.size(), 100U) << mark;
        EXPECT_NE(page.find("```cpp\n" + code + "```"), std::string::npos) << mark;
    }
    const std::string business = marked(text_of("tests/sagas/sqlite/inbox_test.cpp"), "business");
    EXPECT_NE(page.find("```cpp\n" + business + "```"), std::string::npos);
}

TEST(DocsOfProjections, page_names_every_refusal) {
    const std::string page = text_of("docs/projections.md");
    std::size_t codes = 0;
    for (const char* file : {"sagas/projection.cpp",
                             "sagas/projection_read.cpp",
                             "sagas/fold.cpp",
                             "sagas/file_store.cpp",
                             "sagas/sqlite/store.cpp",
                             "sagas/sqlite/database.cpp"}) {
        const std::string source = text_of(file);
        for (const char* prefix : {"\"PR_", "\"SQ_"}) {
            for (std::size_t at = source.find(prefix); at != std::string::npos;
                 at = source.find(prefix, at + 1)) {
                const std::string code = source.substr(at + 1, source.find('"', at + 1) - at - 1);
                EXPECT_NE(page.find("`" + code + "`"), std::string::npos) << code;
                ++codes;
            }
        }
    }
    EXPECT_GT(codes, 12U);
}

}  // namespace
}  // namespace stormglass
