// The code of docs/sagas.md, compiled and run; what stands between the marks is what the page
// shows.
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sagas/coordinator.hpp"
#include "sagas/definition.hpp"
#include "sagas/participant.hpp"

namespace stormglass {
namespace {

// clang-format off
// [participant]
class Stock final : public sagas::Business {
  public:
    sagas::Decision decide(const sagas::Command& command) override {
        sagas::Decision decision;
        decision.resource = "book";  // decisions about one resource wait for each other
        if (command.direction == sagas::Direction::undo) {
            decision.amount = 1;
        } else if (books_ == 0) {
            decision.kind = sagas::Decision::Kind::failed;
            decision.text = "sold out";
        } else {
            decision.amount = -1;
        }
        return decision;
    }

    void apply(const sagas::EffectRecord& effect) override { books_ += effect.amount; }

    void reset() override { books_ = 10; }

  private:
    std::int64_t books_ = 10;
};
// [end]
// clang-format on

TEST(DocsOfSagas, definition_is_accepted) {
    // clang-format off
// [define]
const Result<sagas::Definition> checkout =
    sagas::define("checkout", 3)  // name, version
        .step("reserve", {.command = "stock.reserve.v1", .compensate = "stock.release.v1"})
        .step("charge",
              {.command = "payment.charge.v1",
               .compensate = "payment.refund.v1",
               .after = {"reserve"},
               .timeout = seconds(3),
               .attempts = 4})
        .step("label",
              {.command = "shipping.label.v1",
               .compensate = "shipping.void.v1",
               .after = {"reserve"}})
        .pivot("confirm", {.command = "order.confirm.v1", .after = {"charge", "label"}})
        .step("ship",
              {.command = "shipping.dispatch.v1", .retriable = true, .after = {"confirm"}})
        .deadline(minutes(15))
        .build();
// [end]
    // clang-format on
    ASSERT_TRUE(checkout.ok()) << checkout.error().text;
    EXPECT_EQ(checkout->step(*checkout->find("reserve")).topic, "stock.commands");
    EXPECT_EQ(checkout->step(*checkout->find("charge")).attempts, 4U);
}

TEST(DocsOfSagas, participant_sells_ten_books_and_takes_one_back) {
    Stock stock;
    sagas::Command command;
    sagas::EffectRecord effect;
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(stock.decide(command).kind, sagas::Decision::Kind::ok);
        effect.amount = stock.decide(command).amount;
        stock.apply(effect);
    }
    EXPECT_EQ(stock.decide(command).kind, sagas::Decision::Kind::failed);
    command.direction = sagas::Direction::undo;
    effect.amount = stock.decide(command).amount;
    stock.apply(effect);
    command.direction = sagas::Direction::forward;
    EXPECT_EQ(stock.decide(command).kind, sagas::Decision::Kind::ok);
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

TEST(DocsOfSagas, page_shows_what_was_compiled) {
    const std::string page = text_of("docs/sagas.md");
    const std::string test = text_of("tests/sagas/docs_sample_test.cpp");
    ASSERT_FALSE(page.empty());
    for (const char* mark : {"define", "participant"}) {
        const std::string code = marked(test, mark);
        ASSERT_GT(code.size(), 200U) << mark;
        EXPECT_NE(page.find("```cpp\n" + code + "```"), std::string::npos) << mark;
    }
}

TEST(DocsOfSagas, page_names_every_refusal) {
    const std::string page = text_of("docs/sagas.md");
    const std::string checks = text_of("sagas/definition_check.cpp");
    std::size_t codes = 0;
    for (std::size_t at = checks.find("\"SD_"); at != std::string::npos;
         at = checks.find("\"SD_", at + 1)) {
        const std::string code = checks.substr(at + 1, checks.find('"', at + 1) - at - 1);
        EXPECT_NE(page.find("`" + code + "`"), std::string::npos) << code;
        ++codes;
    }
    EXPECT_GT(codes, 14U);
}

}  // namespace
}  // namespace stormglass
