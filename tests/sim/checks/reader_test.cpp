// The readers: every format means the same, whatever the pieces; what is wrong is refused with line
// and reason; mutated bytes never do worse than being refused.
#include "sim/checks/formats/reader.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/checks/formats/syntax.hpp"
#include "tests/sim/checks/recorded.hpp"

namespace stormglass::tests {
namespace {

using namespace sim::checks;
using sim::OpFunction;
using sim::OpType;

std::string own(const std::string& text) {
    const auto read = read_history(text);
    return read ? write_history(*read) : "refused: " + read.error().text;
}

std::string refusal(std::string_view text, std::optional<Format> format = std::nullopt) {
    const auto read = read_history(text, format);
    if (!read) {
        return std::string(read.error().code) + " " + read.error().text;
    }
    const auto paired = pair_operations(*read);
    return paired ? "accepted" : std::string(paired.error().code) + " " + paired.error().text;
}

TEST(HistoryReader, reads_one_history_in_five_formats_alike) {
    const std::string expected =
        "{\"index\":0,\"time\":0,\"process\":1,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[1,2]}\n"
        "{\"index\":1,\"time\":0,\"process\":\"faults\",\"type\":\"info\",\"f\":\"fault\","
        "\"value\":"
        "\"split\"}\n"
        "{\"index\":2,\"time\":0,\"process\":1,\"type\":\"ok\",\"f\":\"cas\",\"value\":[1,2]}\n";
    EXPECT_EQ(own(expected), expected);
    EXPECT_EQ(own("INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]\n"
                  "INFO  jepsen.util - :nemesis :info :start \"split\"\n\n"
                  "INFO  jepsen.util - 1 :ok :cas [1 2]"),
              expected);
    EXPECT_EQ(own("; a comment\n{:process 1, :type :invoke :f :cas :value [1 2]}\n"
                  "{:process :nemesis :type :info :f :start :value \"split\"}\r\n"
                  "{:process 1 :type :ok :f :cas :value [1 2]}\n"),
              expected);
    EXPECT_EQ(own("({:process 1, :type :invoke :f :cas\n ; within ]\n :value [1 2]}\n"
                  "{:process :nemesis :type :info :f :start :value \"split\"},\n"
                  "{:process 1 :type :ok :f :cas :value [1 2]})\n"),
              expected);
    EXPECT_EQ(
        own("[{\"process\":1,\"type\":\"invoke\",\"f\":\"cas\",\"value\":[1,2]},\n"
            "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"start\",\"value\":\"split\"} ,"
            "{\"process\":1,\"type\":\"ok\",\"f\":\"cas\",\"value\":[1,2]}]\n"),
        expected);
}

TEST(HistoryReader, numbers_who_is_not_named_and_infers_transactions) {
    EXPECT_EQ(own("{:type :invoke :value [[:append 1 2]]}\n{:type :ok :value [[:append 1 2]]}\n"
                  "{:type :invoke :value [[:r 1 nil]]}\n{:type :ok :value [[:r 1 [2]]]}\n"),
              "{\"index\":0,\"time\":0,\"process\":0,\"type\":\"invoke\",\"f\":\"txn\",\"value\":"
              "[[\"append\",1,2]]}\n"
              "{\"index\":1,\"time\":0,\"process\":0,\"type\":\"ok\",\"f\":\"txn\",\"value\":"
              "[[\"append\",1,2]]}\n"
              "{\"index\":2,\"time\":0,\"process\":1,\"type\":\"invoke\",\"f\":\"txn\",\"value\":"
              "[[\"r\",1,null]]}\n"
              "{\"index\":3,\"time\":0,\"process\":1,\"type\":\"ok\",\"f\":\"txn\",\"value\":"
              "[[\"r\",1,[2]]]}\n");
}

struct Refused {
    const char* what;
    std::string text;
    const char* expected;
};

std::vector<Refused> damaged_histories() {
    const std::string deep(100, '[');
    const std::string head =
        "{\"index\":0,\"time\":5,\"process\":0,\"type\":\"invoke\",\"f\":\"add\",";
    return {
        {"foreign",
         "<html>",
         "HI_FORMAT line 1: no known format of histories begins with '<html>'"},
        {"binary",
         std::string("\x7f"
                     "ELF\0\1",
                     6),
         "HI_FORMAT line 1: no known format"},
        {"cut off in its first bytes", "[", "HI_FORMAT line 1: the file ends"},
        {"index of 10^9",
         "{\"index\":1000000000,\"time\":0,\"process\":0,\"type\":\"invoke\",\"f\":\"add\","
         "\"value\":1}",
         "HI_FIELD line 1: 'index' is 1000000000 where 0 is due"},
        {"deep nesting", head + "\"value\":" + deep, "HI_SYNTAX line 1: lists nest deeper than 64"},
        {"cut off", head + "\"val", "HI_SYNTAX line 1: ends inside a string"},
        {"no value", head + "\"node\":1}", "HI_FIELD line 1: field 'value' is missing"},
        {"key twice", head + "\"value\":1,\"time\":6}", "HI_SYNTAX line 1: a key stands twice"},
        {"unknown field",
         head + "\"value\":1,\"valeu\":2}",
         "HI_FIELD line 1: unknown field \"valeu\""},
        {"two on a line", head + "\"value\":1} {}", "HI_SYNTAX line 1: unexpected '{}' after"},
        {"time goes back",
         head + "\"value\":1}\n{\"index\":1,\"time\":4,\"process\":0,\"type\":\"ok\",\"f\":\"add\","
                "\"value\":1}",
         "HI_FIELD line 2: 'time' goes back from 5 to 4"},
        {"not UTF-8", head + "\"value\":\"\xff\"}", "HI_SYNTAX line 1: a string that is not UTF-8"},
        {"half a pair", head + "\"value\":\"\\ud800\"}", "HI_SYNTAX line 1: half a surrogate pair"},
        {"number", head + "\"value\":01}", "HI_SYNTAX line 1: no number: '01'"}};
}

std::vector<Refused> foreign_and_contradictory_histories() {
    return {
        {"function", "{:process 0 :type :invoke :f :explode}", "HI_FIELD line 1: unknown function"},
        {"type", "{:process 0 :type :maybe :f :add}", "HI_FIELD line 1: 'type' is invoke, ok"},
        {"process", "{:process :bob :type :ok :f :add}", "HI_FIELD line 1: 'process' is a whole"},
        {"tag", "{:process #inst \"2024\" :type :ok}", "HI_SYNTAX line 1: a tagged element '#inst"},
        {"line in a list",
         "[{:process 0\n:type :ok\n:f :add :value \"a}]",
         "HI_TRUNCATED line 3: the"},
        {"open list",
         "[{:process 0 :type :invoke :f :add}",
         "HI_TRUNCATED line 1: the history ends"},
        {"after the list",
         "[{\"process\":0,\"type\":\"invoke\",\"f\":\"add\"}]\n[",
         "HI_SYNTAX line 2:"},
        {"commas",
         "[{\"process\":0,\"type\":\"invoke\",\"f\":\"add\"},]",
         "HI_SYNTAX line 1: a comma"},
        {"no commas",
         "[{\"f\":\"add\",\"type\":\"ok\",\"process\":1}{}]",
         "HI_SYNTAX line 1: a comma is"},
        {"log",
         "INFO  jepsen.util - 1 :invoke :read\n",
         "HI_FIELD line 1: process, type, function"},
        {"log head", "INFO  jepsen.util - 1 :ok :read 1\nWARN", "HI_FIELD line 2: 'INFO  jepsen"},
        {"mixed",
         "{:process 0 :type :invoke :f :add}\n{\"process\":1}",
         "HI_FIELD line 2: 'type' is"},
        {"index missing",
         "{:index 0 :process 0 :type :invoke :f :add}\n{:process 0 :type :ok :f :add}",
         "HI_FIELD line 2: field 'index' is missing"},
        {"two at a time",
         "{:process 0 :type :invoke :f :add}\n{:process 0 :type :invoke :f :add}",
         "HI_PAIRING line 2: process 0 begins an operation while that of line 1 is under way"},
        {"never began",
         "{:process 7 :type :ok :f :add}",
         "HI_PAIRING line 1: process 7 completes an"},
        {"another one",
         "{:process 0 :type :invoke :f :add}\n{:process 0 :type :ok :f :read}",
         "HI_PAIRING line 2: process 0 completes 'read', but began 'add' at line 1"},
        {"another value",
         "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 2}",
         "HI_PAIRING line 2: completes with 2 what began with 1 at line 1"},
        {"after info",
         "{:process 0 :type :invoke :f :add}\n{:process 0 :type :info :f :add}\n"
         "{:process 0 :type :invoke :f :add}",
         "HI_PAIRING line 3: process 0 goes on although its last operation ended in doubt"}};
}

TEST(HistoryReader, refuses_what_is_wrong_with_line_and_reason) {
    std::vector<Refused> rows = damaged_histories();
    for (Refused& row : foreign_and_contradictory_histories()) {
        rows.push_back(std::move(row));
    }
    for (const Refused& row : rows) {
        EXPECT_EQ(refusal(row.text).substr(0, std::string(row.expected).size()), row.expected)
            << row.what;
    }
}

TEST(HistoryReader, keeps_at_most_one_bounded_element_of_an_endless_line) {
    for (const Format format : {Format::ndjson, Format::json, Format::edn, Format::edn_lines}) {
        HistoryReader reader(format, {.element_bytes = 4096});
        ASSERT_TRUE(
            reader.feed(format == Format::json || format == Format::edn ? "[{\"a\":\"" : "{"));
        const std::string piece(1000, 'x');
        std::size_t fed = 0;
        Result<void> taken;
        while ((taken = reader.feed(piece)).ok()) {
            ASSERT_LT(fed += piece.size(), 5000U);
        }
        EXPECT_EQ(taken.error().code, "HI_LIMIT");
        EXPECT_NE(taken.error().text.find("line 1: an element of more than 4096 bytes"),
                  std::string::npos);
    }
}

TEST(HistoryReader, stops_at_its_limit_of_entries) {
    HistoryReader reader(Format::edn_lines, {.entries = 2});
    const std::string line = "{:process :nemesis :type :info :f :x}\n";
    const Result<void> fed = reader.feed(line + line + line);
    ASSERT_FALSE(fed.ok());
    EXPECT_EQ(fed.error().text, "line 3: the history is larger than the limit");
}

TEST(HistoryReader, says_what_it_passed_over) {
    const auto read = read_history(
        "{:process 0 :type :invoke :f :add :error [1 {:a 2}] :op-index 1}\n"
        "{:process 0 :type :ok :f :add :op-index 1}\n");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->notes,
              (std::vector<std::string>{"ignored field \"error\" (1 times)",
                                        "ignored field \"op-index\" (2 times)"}));
}

TEST(HistoryReader, keeps_numbers_beyond_its_integers_as_they_were_written) {
    const std::string line =
        "{\"index\":0,\"time\":0,\"process\":0,\"type\":\"invoke\",\"f\":\"add\",\"value\":"
        "[1.50,-2e9,99999999999999999999,1152921504606846975,-1152921504606846975]}\n";
    EXPECT_EQ(own(line), line);
}

/// Values of any shape, as JSON.
rc::Gen<std::string> json_value(int depth) {
    const auto atoms = rc::gen::oneOf(
        rc::gen::element<std::string>(
            "null", "true", "false", "0", "-7", "2.5", "\"\"", "\"a \\\"b\""),
        rc::gen::map(rc::gen::inRange(-1000, 1000), [](int n) { return std::to_string(n); }));
    if (depth == 0) {
        return atoms;
    }
    const auto list = rc::gen::map(
        rc::gen::resize(4, rc::gen::container<std::vector<std::string>>(json_value(depth - 1))),
        [](const std::vector<std::string>& items) {
            std::string out = "[";
            for (const std::string& item : items) {
                out += (out.size() > 1 ? "," : "") + item;
            }
            return out + "]";
        });
    return rc::gen::oneOf(atoms, list);
}

std::string any_history() {
    const auto values = *rc::gen::container<std::vector<std::string>>(json_value(3)).as("values");
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        text += "{\"index\":" + std::to_string(i) + ",\"time\":" + std::to_string(i * 10) +
                ",\"process\":" + std::to_string(*rc::gen::inRange(0, 5)) +
                ",\"type\":\"ok\",\"f\":\"txn\",\"value\":" + values[i];
        text += *rc::gen::element<std::string>("", ",\"node\":3", ",\"group\":\"g\",\"epoch\":4");
        text += "}\n";
    }
    return text;
}

RC_GTEST_PROP(HistoryReader, gives_back_what_was_written_in_pieces_of_any_size, ()) {
    const std::string text = any_history();
    HistoryReader reader;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto size = *rc::gen::inRange<std::size_t>(1, 40);
        RC_ASSERT(reader.feed(rest.substr(0, size)).ok());
        rest.remove_prefix(std::min(size, rest.size()));
    }
    const auto read = reader.finish();
    RC_ASSERT(read.ok());
    RC_ASSERT(write_history(*read) == text);
}

RC_GTEST_PROP(HistoryReader, survives_any_change_of_any_history, ()) {
    std::string text = *rc::gen::element<std::string>(
        "[{\"process\":1,\"type\":\"ok\",\"f\":\"cas\",\"value\":{\"a\":[1,2.5e3,\"\\u00e9\"]}}]",
        "({:process 1 :type :ok, :f :cas :value #{1 -2 \"x\\n\"}}) ; end",
        "INFO  jepsen.util - 1\t:ok\t:cas\t[1 nil]\nINFO  jepsen.util - 2 :info :cas :timed-out\n",
        any_history());
    for (int left = *rc::gen::inRange(1, 6); left > 0 && !text.empty(); --left) {
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
        const char c =
            *rc::gen::oneOf(rc::gen::element('[', ']', '{', '}', '"', '\\', ',', ':', '\n'),
                            rc::gen::arbitrary<char>());
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                text[at] = c;
                break;
            case 1:
                text.insert(at, 1, c);
                break;
            case 2:
                text.erase(at, 3);
                break;
            default:
                text.resize(at);
        }
    }
    const auto read = read_history(text);
    if (read.ok()) {
        static_cast<void>(pair_operations(*read));
        const std::string once = write_history(*read);
        const auto again = read_history(once, Format::ndjson);
        RC_ASSERT(again.ok());
        RC_ASSERT(write_history(*again) == once);
    } else {
        RC_ASSERT(read.error().text.find("line ") != std::string::npos);
    }
}

TEST(HistoryReader, reads_every_recorded_file_in_its_format) {
    const auto rows = known_verdicts();
    SKIP_WITHOUT_HISTORIES(rows);
    for (const KnownVerdict& row : rows) {
        const std::string text = slurp(kHistories + row.file);
        HistoryReader reader;
        ASSERT_TRUE(reader.feed(text).ok()) << row.file;
        EXPECT_EQ(name_of(*reader.format()), row.format) << row.file;
        const auto read = reader.finish();
        ASSERT_TRUE(read.ok()) << row.file << " " << read.error().text;
        const auto operations = pair_operations(*read);
        ASSERT_TRUE(operations.ok()) << row.file << " " << operations.error().text;
        EXPECT_EQ(operations->size(), row.invocations) << row.file;
        std::size_t not_failed = 0;
        for (const Operation& operation : *operations) {
            not_failed += outcome_of(*read, operation) == OpType::fail ? 0U : 1U;
        }
        EXPECT_EQ(not_failed, row.not_failed) << row.file;
    }
}

TEST(HistoryReader, takes_the_history_of_a_run) {
    sim::History history;
    sim::OpEntry entry;
    entry.time = {7};
    entry.value = sim::OpValue::json("[1,[null,2]]");
    history.append(entry);
    const auto read = read_history(history);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->pool.printed(read->value(0)), "[1,[null,2]]");
    EXPECT_EQ(read->time(0), 7U);
}

}  // namespace
}  // namespace stormglass::tests
